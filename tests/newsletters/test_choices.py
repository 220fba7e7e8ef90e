"""How often, a pause, and the end of all letters: by the link in a letter, and signed in."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client

from accounts.models import AuditEntry, User
from newsletters.actions import (
    choose_letters,
    pause_letters,
    resume_letters,
    set_preference,
    unsubscribe_from_all,
)
from newsletters.models import (
    Audience,
    Cadence,
    Delivery,
    Newsletter,
    Preference,
    Suppression,
    Variant,
    Wishes,
    address_digest,
)
from newsletters.queries import audience
from newsletters.standing import Choice, standing_of
from newsletters.tokens import make_reader_token, make_token
from tests.factories.newsletters import FRIDAY, make_edition, make_reader, weekly

pytestmark = pytest.mark.django_db

LATER = FRIDAY + timedelta(days=1)


@pytest.fixture
def stranger() -> Client:
    """Whoever holds the link: no session, and form tokens are demanded as on the real site."""
    return Client(enforce_csrf_checks=True)


def path_of(reader: User) -> str:
    return f"/newsletters/preferences/{make_reader_token(user_id=reader.pk)}/"


def do(client: Client, reader: User, deed: str, **fields: Any) -> str:
    response = client.post(path_of(reader), {"do": deed, **fields})
    assert (response.status_code, dict(response.cookies)) == (200, {})
    return str(response.content.decode())


def make_letter(slug: str, **fields: Any) -> Newsletter:
    return Newsletter.objects.create(
        name=slug.title(), slug=slug, **{"goes_to": Audience.ASKED, "position": 5, **fields}
    )


def addresses(at: datetime = FRIDAY) -> list[str]:
    return [recipient.address for recipient in audience(weekly(), at=at)]


def waiting(reader: User) -> Delivery:
    return Delivery.objects.create(
        edition=make_edition(), user=reader, address=reader.email, variant=Variant.FREE
    )


def suppression(reader: User) -> str:
    return Suppression.objects.get(digest=address_digest(reader.email)).reason


# ------------------------------------------------------------------------- what is shown


def test_a_reader_is_shown_what_is_offered_and_what_is_theirs_unasked() -> None:
    weekly()
    make_letter("culture")
    make_letter("members", is_offered=False, goes_to=Audience.SUBSCRIBERS)
    make_letter("accounts", is_offered=False, goes_to=Audience.REGISTERED)
    make_letter("ended", is_active=False)
    readers = [make_reader(wants=True), make_reader(subscribes=True), make_reader(is_mail_only=True)]
    shown = [
        {choice.newsletter.slug: choice.is_wanted for choice in standing_of(reader, at=FRIDAY).choices}
        for reader in readers
    ]
    assert shown == [
        {"weekly": True, "culture": False, "accounts": True},
        {"weekly": True, "culture": False, "members": True, "accounts": True},
        {"weekly": False, "culture": False},
    ]


@pytest.mark.parametrize("letters", [1, 5])
def test_ten_letters_take_as_many_queries_as_one(letters: int, django_assert_num_queries: Any) -> None:
    reader = make_reader(subscribes=True)
    for number in range(letters):
        make_letter(f"letter-{number}", goes_to=Audience.SUBSCRIBERS)
    with django_assert_num_queries(6):
        standing_of(reader, at=FRIDAY)


def test_the_page_by_link_tells_no_more_than_a_masked_address(stranger: Client) -> None:
    reader = make_reader(wants=True, email="mara.ellis@readers.example", name="Mara Ellis")
    response = stranger.get(path_of(reader))
    page = response.content.decode()
    assert "m…@readers.example" in page
    assert [word for word in ("mara", "Ellis") if word in page] == []
    assert (response["X-Robots-Tag"], response["Referrer-Policy"]) == ("noindex", "no-referrer")
    assert {"no-store", "private"} <= set(response["Cache-Control"].split(", "))
    assert "csrfmiddlewaretoken" not in page


def test_a_link_that_is_nobodys_says_what_to_do(stranger: Client) -> None:
    closed = make_reader(is_active=False)
    for path in (path_of(closed), path_of(closed)[:-4] + "aaa/", "/newsletters/preferences/x/"):
        assert stranger.post(path, {"do": "stop", "sure": "1"}).status_code == 410
    assert not Suppression.objects.exists()


def test_the_link_that_unsubscribes_leads_there_too(stranger: Client) -> None:
    reader = make_reader(wants=True)
    token = make_token(user_id=reader.pk, newsletter_id=weekly().pk)
    page = stranger.get(f"/newsletters/unsubscribe/{token}/").content.decode()
    [path] = re.findall(r'href="(/newsletters/preferences/[^"]+)"', page)
    assert stranger.get(path).status_code == 200


def test_looking_changes_nothing(stranger: Client) -> None:
    reader = make_reader(wants=True)
    for deed in ("stop", "pause"):
        stranger.get(path_of(reader), {"do": deed, "sure": "1", "how_long": "2"})
    assert (addresses(), Wishes.objects.count(), Suppression.objects.count()) == ([reader.email], 0, 0)


# ---------------------------------------------------------------------- which, how often


def test_choosing_by_link(stranger: Client) -> None:
    reader, culture = make_reader(wants=True), make_letter("culture")
    page = do(stranger, reader, "save", **{f"letter_{culture.pk}": "on", f"often_{culture.pk}": "monthly"})
    assert "Your choice is saved." in page
    said = {row.newsletter.slug: (row.is_wanted, row.cadence, row.source) for row in Preference.objects.all()}
    assert said == {
        "weekly": (False, Cadence.EACH, "link in a letter"),
        "culture": (True, Cadence.MONTHLY, "link in a letter"),
    }


def test_how_often_changes_without_another_yes() -> None:
    reader = make_reader(wants=True)
    rarer: dict[str, Any] = {
        "newsletter": weekly(),
        "user": reader,
        "is_wanted": True,
        "cadence": Cadence.MONTHLY,
    }
    assert set_preference(**rarer, source="account page", at=LATER)
    assert not set_preference(**rarer, source="account page", at=LATER)
    assert set_preference(newsletter=weekly(), user=reader, is_wanted=False, source="one click", at=LATER)
    kept = Preference.objects.get()
    assert (kept.is_wanted, kept.cadence) == (False, Cadence.MONTHLY)
    actions = AuditEntry.about(kept).order_by("pk").values_list("action", flat=True)
    assert [*actions] == ["change how often", "unsubscribe"]


def test_a_letter_that_is_not_theirs_cannot_be_chosen(stranger: Client) -> None:
    reader, members = make_reader(), make_letter("members", is_offered=False, goes_to=Audience.SUBSCRIBERS)
    do(stranger, reader, "save", **{f"letter_{members.pk}": "on"})
    assert not Preference.objects.exists()


# -------------------------------------------------------------------------------- pauses


@pytest.mark.parametrize(
    ("fields", "until"),
    [
        ({"how_long": "2"}, datetime(2026, 12, 4, 5, tzinfo=UTC)),
        ({"how_long": "8"}, datetime(2027, 1, 15, 5, tzinfo=UTC)),
        ({"how_long": "date", "until": "2026-12-22"}, datetime(2026, 12, 22, 5, tzinfo=UTC)),
    ],
)
def test_a_pause_ends_with_the_beginning_of_a_day_in_the_newsroom(
    fields: dict[str, str], until: datetime, stranger: Client
) -> None:
    reader = make_reader(wants=True)
    with time_machine.travel(FRIDAY, tick=False):
        page = do(stranger, reader, "pause", **fields)
    assert f"You get no letters until {until:%B} {until.day}. Account mail still comes." in page
    assert Wishes.objects.get().paused_until == until
    assert (addresses(until - timedelta(seconds=1)), addresses(until)) == ([], [reader.email])


@pytest.mark.parametrize("until", ["", "2026-11-20", "2028-01-01", "soon"])
def test_a_day_that_makes_no_pause_is_refused_with_a_reason(until: str, stranger: Client) -> None:
    with time_machine.travel(FRIDAY, tick=False):
        page = do(stranger, make_reader(wants=True), "pause", how_long="date", until=until)
    assert 'class="errorlist"' in page
    assert not Wishes.objects.exists()


def test_u8_a_pause_counts_for_what_is_on_its_way_and_resuming_ends_it(stranger: Client) -> None:
    reader = make_reader(wants=True)
    message = waiting(reader)
    pause_letters(user=reader, until=LATER, source="account page", at=FRIDAY)
    message.refresh_from_db()
    assert (message.state, message.note) == (Delivery.State.SKIPPED, "Paused.")
    assert addresses() == []
    assert resume_letters(user=reader, source="account page", at=FRIDAY)
    assert not resume_letters(user=reader, source="account page", at=FRIDAY)
    assert addresses() == [reader.email]
    assert [entry.action for entry in AuditEntry.about(reader)] == ["resume letters", "pause letters"]


def test_the_page_shows_the_pause_and_ends_it(stranger: Client) -> None:
    reader = make_reader(wants=True)
    with time_machine.travel(FRIDAY, tick=False):
        do(stranger, reader, "pause", how_long="1")
        assert 'value="resume"' in stranger.get(path_of(reader)).content.decode()
        assert "Your letters come again." in do(stranger, reader, "resume")
        assert addresses() == [reader.email]


# --------------------------------------------------------------------- the end of them all


def test_u8_unsubscribing_from_everything_ends_every_letter_there_is_and_will_be() -> None:
    reader, other = make_reader(wants=True, subscribes=True), make_reader(subscribes=True)
    message = waiting(reader)
    had = unsubscribe_from_all(user=reader, source="link in a letter", at=FRIDAY)
    message.refresh_from_db()
    assert (had, message.state, suppression(reader)) == ([weekly()], Delivery.State.SKIPPED, "all")
    new = make_letter("new", goes_to=Audience.SUBSCRIBERS)
    assert [recipient.address for recipient in audience(new, at=FRIDAY)] == [other.email]
    assert addresses() == [other.email]


def test_the_page_asks_once_more_and_can_take_it_back(stranger: Client) -> None:
    reader = make_reader(wants=True)
    assert "No letters at all?" in do(stranger, reader, "stop")
    assert addresses() == [reader.email]
    page = do(stranger, reader, "stop", sure="1")
    assert "You are unsubscribed from everything" in page
    assert (addresses(), Preference.objects.get().is_wanted) == ([], False)
    do(stranger, reader, "undo", had=re.findall(r'name="had" value="([^"]+)"', page))
    assert (addresses(), Suppression.objects.count()) == ([reader.email], 0)


def test_choosing_a_letter_after_the_end_of_all_brings_that_one_back_alone() -> None:
    reader = make_reader(subscribes=True)
    unsubscribe_from_all(user=reader, source="link in a letter", at=FRIDAY)
    unwanted = make_letter("new", goes_to=Audience.SUBSCRIBERS)
    chosen = [Choice(weekly(), True, Cadence.EACH), Choice(unwanted, False, Cadence.EACH)]
    assert choose_letters(user=reader, choices=chosen, source="account page", at=LATER)
    assert (addresses(LATER), [*audience(unwanted, at=LATER)]) == ([reader.email], [])
    assert not Suppression.objects.exists()


def test_saving_nothing_after_the_end_of_all_leaves_it_so(stranger: Client) -> None:
    reader = make_reader(subscribes=True)
    unsubscribe_from_all(user=reader, source="link in a letter", at=FRIDAY)
    assert "You are unsubscribed from everything." in do(stranger, reader, "save")
    assert suppression(reader) == "all"


@pytest.mark.parametrize("reason", ["bounce", "complaint"])
def test_no_choice_lifts_what_only_staff_may_lift(reason: str, stranger: Client) -> None:
    reader = make_reader(wants=True)
    Suppression.objects.create(digest=address_digest(reader.email), reason=reason, since_at=FRIDAY)
    page = do(stranger, reader, "save", **{f"letter_{weekly().pk}": "on"})
    unsubscribe_from_all(user=reader, source="link in a letter", at=FRIDAY)
    assert "No letters go to this address" in page
    assert (suppression(reader), addresses()) == (reason, [])


# ------------------------------------------------------------------------------ signed in


def test_the_account_page_pauses_and_stops(client: Client) -> None:
    reader = make_reader(wants=True)
    client.force_login(reader)
    response = client.post("/account/newsletters/", {"do": "pause", "how_long": "1"}, follow=True)
    assert "You get no letters until" in response.content.decode()
    client.post("/account/newsletters/", {"do": "resume"})
    client.post("/account/newsletters/", {"do": "stop", "sure": "1"})
    assert suppression(reader) == "all"
    entry = AuditEntry.about(reader).first()
    assert entry is not None
    assert (entry.action, entry.reason) == ("unsubscribe from everything", "account page")


def test_the_account_page_demands_its_form_token() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_reader(wants=True))
    assert client.post("/account/newsletters/", {"do": "stop", "sure": "1"}).status_code == 403
    assert not Suppression.objects.exists()


@pytest.mark.parametrize(("ticked", "kept"), [({"wants_digest": "on"}, 0), ({}, 1)])
def test_ticking_a_letter_at_sign_up_takes_it_back_once_the_address_is_proved(
    ticked: dict[str, str], kept: int, client: Client
) -> None:
    weekly()
    address = "mara@readers.example"
    Suppression.objects.create(digest=address_digest(address), reason="all", since_at=FRIDAY)
    client.post("/accounts/signup/", {"email": address, "password1": "", **ticked})
    assert Suppression.objects.count() == 1
    [code] = re.findall(r"^ +(\d{4}-\d{4})$", str(mail.outbox[-1].body), re.MULTILINE)
    client.post("/accounts/confirm-email/", {"code": code})
    assert "_auth_user_id" in client.session
    assert Suppression.objects.count() == kept
