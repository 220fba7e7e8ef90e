"""Letters without an account: rule G5, double opt-in, and no help for those who bomb mailboxes."""

import re
from collections.abc import Iterator
from datetime import timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache
from django.core.mail import EmailMultiAlternatives
from django.test import Client, TestCase
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import AuditEntry, User
from articles.openings import mail_address
from newsletters.actions import (
    CannotConfirm,
    TooManySignUps,
    ask_for_letters,
    confirm_letters,
    delete_forgotten_signups,
    send_confirmation,
    send_confirmations,
    set_preference,
)
from newsletters.models import Newsletter, Preference, SignUp, Suppression, address_digest
from newsletters.queries import audience
from newsletters.tokens import CONFIRM_WITHIN, confirm_url, make_signup_token
from tests.factories.newsletters import FRIDAY, make_reader, make_story, weekly

pytestmark = pytest.mark.django_db

ADDRESS = "mara@readers.example"
HERE: dict[str, Any] = {"headers": {"sec-fetch-site": "same-origin"}}


@pytest.fixture(autouse=True)
def _own_limits(settings: Settings) -> Iterator[None]:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def stranger() -> Client:
    """A visitor of whom form tokens are demanded, as on the real site."""
    return Client(enforce_csrf_checks=True)


def ask(client: Client, address: str = ADDRESS, **more: Any) -> Any:
    posted = {"address": address, "letters": [weekly().slug], "page": "/newsletters/sign-up/"}
    posted |= more.pop("posted", {})
    with TestCase.captureOnCommitCallbacks(execute=more.pop("and_send", True)):
        return client.post("/newsletters/sign-up/", posted, **{**HERE, **more})


def asked(address: str = ADDRESS, **more: Any) -> SignUp:
    values = {"newsletters": [weekly()], "text": "Send me these.", "source": "/", "network": "203.0.113.77"}
    return ask_for_letters(address=address, **{**values, "at": FRIDAY, **more})


def suppress(address: str, reason: str, **more: Any) -> None:
    Suppression.objects.create(
        digest=address_digest(address), reason=reason, **{"since_at": FRIDAY - timedelta(days=9), **more}
    )


def link_in_mail() -> str:
    [link] = re.findall(r"^https?://\S+/newsletters/confirm/\S+", str(mail.outbox[-1].body), re.MULTILINE)
    path: str = urlsplit(link).path
    return path


# ---------------------------------------------------------------------------------- asking


def test_g5_what_was_agreed_to_is_kept_with_time_page_and_network(stranger: Client) -> None:
    with time_machine.travel(FRIDAY, tick=False):
        response = ask(stranger, " Mara@Readers.example", REMOTE_ADDR="203.0.113.77")
    assert (response.status_code, response["Location"]) == (302, "/newsletters/sign-up/sent/")
    kept = SignUp.objects.get()
    assert (kept.address, kept.source, kept.network) == (ADDRESS, "/newsletters/sign-up/", "203.0.113.0/24")
    assert kept.text.splitlines() == [
        "Send me these letters by e-mail, until I unsubscribe. Every letter has a link for that.",
        "",
        "The Weekly Digest",
    ]
    assert (kept.asked_at, kept.confirmed_at, kept.user) == (FRIDAY, None, None)
    assert [*kept.newsletters.all()] == [weekly()]
    assert kept.text.splitlines()[0] in stranger.get("/newsletters/sign-up/").content.decode()


def test_g5_no_letter_is_ticked_beforehand_and_one_that_is_not_offered_is_not_shown(stranger: Client) -> None:
    Newsletter.objects.create(name="For the board alone", slug="board", is_offered=False)
    Newsletter.objects.create(name="Long ended", slug="ended", is_active=False)
    weekly()
    page = stranger.get("/newsletters/sign-up/").content.decode()
    boxes = re.findall(r'<input type="checkbox"[^>]*>', page)
    assert [re.findall(r'value="(\w+)"', box) for box in boxes] == [["weekly"]]
    assert "checked" not in boxes[0]
    assert ask(stranger, posted={"letters": ["board"]}).status_code == 200
    assert not SignUp.objects.exists()


def test_the_pages_are_cacheable_and_set_no_cookie(stranger: Client) -> None:
    for path in ("/newsletters/sign-up/", "/newsletters/sign-up/sent/", "/"):
        response = stranger.get(path)
        assert "public" in response["Cache-Control"]
        assert dict(response.cookies) == {}
        assert "csrfmiddlewaretoken" not in response.content.decode()
    assert dict(ask(stranger).cookies) == {}


def test_a_form_on_another_site_is_refused(stranger: Client) -> None:
    for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://elsewhere.example"}):
        assert ask(stranger, headers=headers).status_code == 403
    assert (SignUp.objects.count(), len(mail.outbox)) == (0, 0)


def test_the_short_form_brings_the_address_to_the_choice(stranger: Client) -> None:
    weekly()
    posted = {"choose": "1", "address": ADDRESS, "page": "/"}
    page = stranger.post("/newsletters/sign-up/", posted, **HERE).content.decode()
    assert f'value="{ADDRESS}"' in page
    assert 'name="page" value="/"' in page
    assert "errorlist" not in page
    assert (SignUp.objects.count(), len(mail.outbox)) == (0, 0)


def test_the_line_under_a_story_passes_no_token_on_and_is_for_visitors(
    stranger: Client, client: Client
) -> None:
    story = make_story()
    opened = urlsplit(mail_address(story, at=timezone.now())).path
    reader = make_reader()
    client.force_login(reader)
    pages = [
        stranger.get(story.get_absolute_url()),
        stranger.get(opened),
        client.get(story.get_absolute_url()),
    ]
    found = [
        re.findall(r'name="page" value="([^"]*)"', page.content.decode())
        for page in pages
        if page.status_code == 200
    ]
    assert found == [[story.get_absolute_url()], [], []]


def test_whoever_is_signed_in_chooses_in_their_account(client: Client) -> None:
    client.force_login(make_reader())
    assert client.get("/newsletters/sign-up/")["Location"] == "/account/newsletters/"


# ------------------------------------------------------------------- the letter that asks


def test_u9_the_letter_is_account_mail_without_list_headers(stranger: Client, settings: Settings) -> None:
    ask(stranger)
    [message] = mail.outbox
    assert (message.to, message.from_email) == ([ADDRESS], settings.DEFAULT_FROM_EMAIL)
    assert [name for name in message.message() if name.lower().startswith("list-")] == []
    assert "The Weekly Digest" in message.body
    assert SignUp.objects.get().mailed_at is not None


def test_only_the_letter_tells_who_has_an_account(stranger: Client) -> None:
    reader, listed = make_reader(), make_reader(is_mail_only=True)
    said = []
    for address in (reader.email, listed.email, ADDRESS):
        ask(stranger, address, REMOTE_ADDR="198.51.100.1")
        said.append("You have an account with us" in str(mail.outbox[-1].body))
    assert said == [True, False, False]


def test_every_address_gets_the_same_answer_by_the_same_steps(
    stranger: Client, django_assert_num_queries: Any
) -> None:
    """No letter goes out within the request, so neither the answer nor the time it takes tells anything."""
    known, closed = make_reader(), make_reader(is_active=False)
    for reason in ("bounce", "complaint", "erased", "all"):
        suppress(f"{reason}@readers.example", reason)
    addresses = [ADDRESS, known.email, closed.email]
    addresses += [f"{reason}@readers.example" for reason in ("bounce", "complaint", "erased", "all")]
    answers = set()
    weekly()
    for address in addresses:
        with django_assert_num_queries(7):
            response = ask(stranger, address, and_send=False)
        answers.add((response.status_code, response["Location"], response.content))
    assert len(answers) == 1
    assert len(mail.outbox) == 0


@pytest.mark.parametrize(
    ("reason", "is_written"), [("all", True), ("bounce", True), ("complaint", False), ("erased", False)]
)
def test_who_complained_or_was_erased_is_not_written_to_and_not_kept(reason: str, is_written: bool) -> None:
    suppress(ADDRESS, reason)
    asked()
    assert send_confirmations(at=FRIDAY) == int(is_written)
    assert (len(mail.outbox), SignUp.objects.count()) == (int(is_written), int(is_written))


def test_a_closed_account_is_not_written_to() -> None:
    asked(make_reader(is_active=False).email)
    assert (send_confirmations(at=FRIDAY), SignUp.objects.count()) == (0, 0)


def test_an_address_that_bounced_is_written_to_once() -> None:
    suppress(ADDRESS, "bounce")
    sent = [
        send_confirmation(signup=asked(at=moment), at=moment)
        for moment in (FRIDAY, FRIDAY + timedelta(days=2))
    ]
    assert sent == [True, False]


def test_the_letter_goes_out_once_and_again_after_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    signup = asked()
    send, tries = EmailMultiAlternatives.send, []

    def fail(message: EmailMultiAlternatives, *args: Any) -> int:
        tries.append(message)
        raise SMTPServerDisconnected("gone")

    monkeypatch.setattr(EmailMultiAlternatives, "send", fail)
    assert send_confirmations(at=FRIDAY) == 0
    monkeypatch.setattr(EmailMultiAlternatives, "send", send)
    assert [send_confirmations(at=FRIDAY + timedelta(minutes=minute)) for minute in (1, 2)] == [1, 0]
    assert not send_confirmation(signup=signup, at=FRIDAY)
    assert (len(tries), len(mail.outbox)) == (1, 1)


def test_an_address_the_mail_server_refuses_for_good_is_not_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(message: EmailMultiAlternatives, *args: Any) -> int:
        raise SMTPRecipientsRefused({ADDRESS: (550, b"No such user")})

    asked()
    monkeypatch.setattr(EmailMultiAlternatives, "send", refuse)
    assert send_confirmations(at=FRIDAY) == 0
    assert not SignUp.objects.to_mail(at=FRIDAY).exists()


def test_after_an_hour_nobody_waits_for_the_letter() -> None:
    asked()
    assert send_confirmations(at=FRIDAY + timedelta(hours=1)) == 0


# ---------------------------------------------------------------------------------- limits


def test_one_letter_in_five_minutes_and_three_a_day_for_one_address() -> None:
    begin = FRIDAY.replace(hour=0)
    for hour in (1, 2, 3):
        asked(at=begin + timedelta(hours=hour), network=f"203.0.{hour}.1")
    with pytest.raises(TooManySignUps) as day:
        asked(at=begin + timedelta(hours=4), network="198.51.100.1")
    assert (day.value.seconds, day.value.was_just_written) == (20 * 3600, False)
    asked("other@readers.example", at=begin + timedelta(hours=4))
    with pytest.raises(TooManySignUps) as moment:
        asked("Other@Readers.example", at=begin + timedelta(hours=4, minutes=2))
    assert (moment.value.seconds, moment.value.was_just_written) == (180, True)


def test_ten_an_hour_from_one_network() -> None:
    for number in range(10):
        asked(f"reader{number}@readers.example", network=f"203.0.113.{number}")
    with pytest.raises(TooManySignUps):
        asked("reader10@readers.example", network="203.0.113.200")
    asked("reader10@readers.example", network="203.0.114.200")
    asked("reader11@readers.example", network="203.0.113.200", at=FRIDAY + timedelta(hours=1))
    assert SignUp.objects.count() == 12


def test_over_the_limit_a_page_says_when_and_nothing_is_sent(stranger: Client) -> None:
    with time_machine.travel(FRIDAY, tick=False):
        ask(stranger)
        response = ask(stranger)
    assert (response.status_code, response["Retry-After"]) == (429, "300")
    assert "try again in 5 minutes" in response.content.decode()
    assert (SignUp.objects.count(), len(mail.outbox)) == (1, 1)


# -------------------------------------------------------------------------------- the yes


def test_a_scanner_that_opens_the_link_changes_nothing(stranger: Client) -> None:
    ask(stranger)
    for method in ("GET", "HEAD"):
        response = stranger.generic(method, link_in_mail())
        assert response.status_code == 200
    assert "The Weekly Digest" in stranger.get(link_in_mail()).content.decode()
    assert not User.objects.exists()
    assert not Preference.objects.exists()
    assert SignUp.objects.get().confirmed_at is None


def test_the_button_makes_a_reader_who_gets_what_was_asked_for(stranger: Client) -> None:
    ask(stranger)
    response = stranger.post(link_in_mail())
    reader = User.objects.get()
    assert (response.status_code, dict(response.cookies)) == (200, {})
    assert (reader.email, reader.is_mail_only, reader.has_usable_password()) == (ADDRESS, True, False)
    assert EmailAddress.objects.filter(email=ADDRESS, verified=True, primary=True).exists()
    said = Preference.objects.get()
    assert (said.newsletter, said.is_wanted, said.source) == (weekly(), True, "sign-up, confirmed")
    kept = SignUp.objects.get()
    assert (kept.user, kept.confirmed_at) == (reader, said.changed_at)
    now = timezone.now()
    assert [recipient.address for recipient in audience(weekly(), at=now)] == [ADDRESS]
    assert set(AuditEntry.objects.values_list("action", flat=True)) == {
        "create account for letters",
        "subscribe",
        "confirm letters",
    }


def test_the_page_is_private_and_leads_to_the_letters_and_the_account(stranger: Client) -> None:
    ask(stranger)
    for response in (stranger.get(link_in_mail()), stranger.post(link_in_mail())):
        assert (response["X-Robots-Tag"], response["Referrer-Policy"]) == ("noindex", "no-referrer")
        assert "no-store" in response["Cache-Control"]
    page = response.content.decode()
    assert "/newsletters/preferences/" in page
    assert "/accounts/login/" in page


def test_a_replayed_link_does_not_bring_back_what_was_stopped(stranger: Client) -> None:
    signup = asked()
    reader = confirm_letters(signup=signup, at=FRIDAY)
    later = FRIDAY + timedelta(days=1)
    set_preference(newsletter=weekly(), user=reader, is_wanted=False, source="one click", at=later)
    path = urlsplit(confirm_url(signup)).path
    for answer in (stranger.get(path), stranger.post(path)):
        assert answer.status_code == 200
    assert confirm_letters(signup=signup, at=later) == reader
    assert Preference.objects.get().is_wanted is False
    assert SignUp.objects.get().confirmed_at == FRIDAY


def test_a_forged_an_old_and_a_lost_link_say_what_to_do(stranger: Client) -> None:
    signup = asked()
    with time_machine.travel(FRIDAY, tick=False):
        token = make_signup_token(signup)
    just_now = make_signup_token(signup)
    forged = just_now[:-3] + ("aaa" if not just_now.endswith("aaa") else "bbb")
    answers = [stranger.post(f"/newsletters/confirm/{forged}/")]
    with time_machine.travel(FRIDAY + CONFIRM_WITHIN + timedelta(seconds=1), tick=False):
        answers.append(stranger.post(f"/newsletters/confirm/{token}/"))
    signup.delete()
    answers.append(stranger.post(f"/newsletters/confirm/{just_now}/"))
    pages = [answer.content.decode().partition("<main")[2] for answer in answers]  # without the date
    assert {answer.status_code for answer in answers} == {410}
    assert len(set(pages)) == 1
    assert "/newsletters/sign-up/" in pages[0]
    assert not User.objects.exists()


def test_within_the_week_the_link_works(stranger: Client) -> None:
    signup = asked()
    with time_machine.travel(FRIDAY, tick=False):
        token = make_signup_token(signup)
    with time_machine.travel(FRIDAY + CONFIRM_WITHIN - timedelta(minutes=1), tick=False):
        assert stranger.post(f"/newsletters/confirm/{token}/").status_code == 200
    assert User.objects.filter(email=ADDRESS).exists()


def test_who_has_an_account_keeps_it_and_gets_the_letters() -> None:
    reader = make_reader()
    assert confirm_letters(signup=asked(reader.email.upper()), at=FRIDAY) == reader
    reader.refresh_from_db()
    assert (User.objects.count(), reader.is_mail_only) == (1, False)
    assert [recipient.address for recipient in audience(weekly(), at=FRIDAY)] == [reader.email]


def test_a_password_that_a_stranger_chose_does_not_survive_the_yes() -> None:
    """Somebody signs up with your address and a password, and waits until you prove the address."""
    hijacked = make_reader(verified=False)
    hijacked.set_password("the stranger's phrase")
    hijacked.save()
    confirm_letters(signup=asked(hijacked.email), at=FRIDAY)
    hijacked.refresh_from_db()
    assert (hijacked.has_usable_password(), hijacked.is_mail_only) == (False, True)
    assert EmailAddress.objects.get().verified


def test_their_yes_takes_back_unsubscribing_from_everything() -> None:
    suppress(ADDRESS, "all")
    confirm_letters(signup=asked(), at=FRIDAY)
    assert not Suppression.objects.exists()


def test_an_address_that_bounced_takes_mail_again_if_the_letter_arrived_since() -> None:
    suppress(ADDRESS, "bounce", since_at=FRIDAY - timedelta(days=1))
    signup = asked()
    send_confirmation(signup=signup, at=FRIDAY)
    confirm_letters(signup=signup, at=FRIDAY + timedelta(hours=1))
    assert not Suppression.objects.exists()


@pytest.mark.parametrize("reason", ["bounce", "complaint", "erased"])
def test_what_came_after_the_letter_went_out_is_not_undone_by_its_link(reason: str, stranger: Client) -> None:
    signup = asked()
    send_confirmation(signup=signup, at=FRIDAY)
    suppress(ADDRESS, reason, since_at=FRIDAY + timedelta(hours=1))
    with pytest.raises(CannotConfirm):
        confirm_letters(signup=signup, at=FRIDAY + timedelta(hours=2))
    assert stranger.post(urlsplit(confirm_url(signup)).path).status_code == 403
    assert (Suppression.objects.count(), User.objects.count(), Preference.objects.count()) == (1, 0, 0)


def test_a_letter_that_ended_meanwhile_is_not_sent() -> None:
    signup = asked()
    Newsletter.objects.update(is_active=False)
    confirm_letters(signup=signup, at=FRIDAY)
    assert not Preference.objects.exists()


def test_what_nobody_confirmed_is_forgotten_after_a_month() -> None:
    asked("old@readers.example", at=FRIDAY - timedelta(days=30))
    asked("new@readers.example", at=FRIDAY - timedelta(days=29))
    confirm_letters(signup=asked("kept@readers.example", at=FRIDAY - timedelta(days=40)), at=FRIDAY)
    assert delete_forgotten_signups(at=FRIDAY) == 1
    assert {*SignUp.objects.values_list("address", flat=True)} == {
        "new@readers.example",
        "kept@readers.example",
    }
