"""Passes: what they spare the database, and that none opens more, longer or for anyone else."""

import zlib
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.core import signing
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from articles.models import Access, Article
from articles.passes import SALT, give_pass
from articles.paywall import MeterFact, Reader, Verdict
from articles.queries import find_story
from articles.readers import current_reader, read_story
from subscriptions.models import Grant, Institution, InstitutionNetwork, Source
from tests.articles.metering import gated_stories, opens, press, reads_whole
from tests.factories.accounts import StaffFactory, UserFactory
from tests.factories.articles import NOW, PAID_TEXT, ArticleFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _meters(settings: Settings) -> None:
    settings.METER_VISITOR, settings.METER_REGISTERED, settings.PASS_SECONDS = 2, 3, 60
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "start_meter": "100000/s/ip"}


@pytest.fixture
def story(clock: time_machine.Traveller) -> Article:
    return gated_stories(3)[0]


def browser_of(user: User, address: str = "127.0.0.1") -> Client:
    client = Client(REMOTE_ADDR=address)
    client.force_login(user)
    return client


def give(user: User, *, ends_in: timedelta | None = None) -> Grant:
    ends_at = timezone.now() + ends_in if ends_in else None
    return Grant.objects.create(
        user=user, source=Source.COMP, starts_at=NOW - DAY, ends_at=ends_at, reason="For a while."
    )


def paying(**terms: timedelta) -> Client:
    user = UserFactory.create()
    give(user, **terms)
    return browser_of(user)


def library(*, ends_in: timedelta = DAY) -> Institution:
    found = Institution.objects.create(name="Harrow", starts_at=NOW - DAY, ends_at=NOW + ends_in)
    InstitutionNetwork.objects.create(institution=found, cidr="192.0.2.0/24")
    return found


# ------------------------------------------------------------------------------- what it costs


def a_visitor() -> Client:
    return Client()


def a_visitor_with_a_meter() -> Client:
    client = Client()
    press(client, Article.objects.get(slug="gated-2"))
    return client


def a_visitor_who_opened_it() -> Client:
    client = Client()
    press(client, Article.objects.get(slug="gated-1"))
    return client


def a_reader_in_a_library() -> Client:
    library()
    return Client(REMOTE_ADDR="192.0.2.9")


def a_registered_reader() -> Client:
    return browser_of(UserFactory.create())


def a_registered_reader_who_opened_it() -> Client:
    client = a_registered_reader()
    press(client, Article.objects.get(slug="gated-1"))
    return client


def a_subscriber() -> Client:
    return paying()


def a_member_of_staff() -> Client:
    return browser_of(StaffFactory.create())


ASKING: dict[Callable[[], Client], tuple[str, int, int | None]] = {
    a_visitor: (Verdict.TEASER, 1, None),
    a_visitor_with_a_meter: (Verdict.TEASER, 2, None),
    a_visitor_who_opened_it: (Verdict.ALLOW, 2, 0),
    a_reader_in_a_library: (Verdict.ALLOW, 1, 0),
    a_registered_reader: (Verdict.TEASER, 2, None),
    a_registered_reader_who_opened_it: (Verdict.ALLOW, 2, 0),
    a_subscriber: (Verdict.ALLOW, 1, 0),
    a_member_of_staff: (Verdict.ALLOW, 0, 0),
}
"""For each: the verdict, the queries it takes, and those it takes with a fresh pass, if one was given."""


def decided(client: Client, story: Article, *, with_pass: bool) -> tuple[str, int]:
    """The verdict and the queries it took: those for the session, the account and the story apart."""
    request = RequestFactory(REMOTE_ADDR=client.defaults.get("REMOTE_ADDR", "127.0.0.1")).get("/")
    kept = {name: cookie.value for name, cookie in client.cookies.items() if name != "pass" or with_pass}
    request.COOKIES.update(kept)
    request.user = User.objects.filter(pk=client.session.get("_auth_user_id", 0)).first() or AnonymousUser()
    found = find_story(story.slug, at=timezone.now())
    assert found is not None
    with CaptureQueriesContext(
        connection,
    ) as queries:
        _, reading = read_story(request, found, at=timezone.now())
        current_reader(request, at=timezone.now())
    return reading.decision.verdict, len(queries)


@pytest.mark.parametrize("asking", ASKING, ids=lambda asking: asking.__name__)
def test_deciding_takes_two_queries_at_most_and_none_with_a_fresh_pass(
    story: Article, asking: Callable[[], Client]
) -> None:
    verdict, without, with_pass = ASKING[asking]
    client = asking()
    assert decided(client, story, with_pass=False) == (verdict, without)
    client.get("/articles/gated-1/", headers={"Sec-Purpose": "prefetch"})
    if with_pass is None:
        assert decided(client, story, with_pass=True) == (verdict, without)
    else:
        assert decided(client, story, with_pass=True) == (verdict, with_pass)


def test_the_frame_of_a_page_takes_no_query_with_a_pass(story: Article) -> None:
    client = paying()
    client.get("/")
    request = RequestFactory().get("/")
    request.COOKIES.update({name: cookie.value for name, cookie in client.cookies.items()})
    request.user = User.objects.get()
    with CaptureQueriesContext(connection) as queries:
        assert current_reader(request, at=NOW).grants
    assert len(queries) == 0


# ------------------------------------------------------------------------------- what it looks like


def test_it_is_a_cookie_that_only_the_server_reads_on_a_page_that_nobody_keeps(story: Article) -> None:
    page = paying().get("/articles/gated-1/")
    cookie = page.cookies["pass"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 60)
    assert page["Cache-Control"] == "private, no-store"


def test_it_fits_a_cookie_with_a_long_reason_and_a_full_meter(settings: Settings) -> None:
    settings.METER_REGISTERED = 10
    user = UserFactory.create()
    client = browser_of(user)
    assert all(reads_whole(client, story) for story in gated_stories(10))
    Grant.objects.create(user=user, source=Source.COMP, starts_at=NOW, reason="Für die Überfahrt, " * 10)
    client.get("/articles/gated-1/")
    assert len(client.cookies["pass"].OutputString()) < 4096


def test_none_is_given_to_whoever_has_nothing(story: Article) -> None:
    assert "pass" not in Client().get("/articles/gated-1/").cookies
    registered = browser_of(UserFactory.create())
    assert "pass" not in registered.get("/articles/gated-1/", headers={"Sec-Purpose": "prefetch"}).cookies


def test_none_is_given_where_passes_are_off(story: Article, settings: Settings) -> None:
    settings.PASS_SECONDS = 0
    assert "pass" not in paying().get("/articles/gated-1/").cookies


def test_a_pass_begets_none(story: Article, clock: time_machine.Traveller) -> None:
    client = paying()
    client.get("/articles/gated-1/")
    clock.shift(59 * SECOND)
    assert "pass" not in client.get("/articles/gated-1/").cookies
    clock.shift(SECOND)
    assert "pass" in client.get("/articles/gated-1/").cookies


# ------------------------------------------------------------------------------- how long it holds


def test_a_right_that_is_taken_away_is_gone_within_a_minute(
    story: Article, clock: time_machine.Traveller
) -> None:
    client = paying()
    assert reads_whole(client, story)
    Grant.objects.all().delete()
    clock.shift(59 * SECOND)
    assert reads_whole(client, story)  # the bound: PASS_SECONDS from the page that gave it
    clock.shift(SECOND)
    assert not reads_whole(client, story, **{"Sec-Purpose": "prefetch"})


def test_a_right_with_an_end_ends_to_the_second(story: Article, clock: time_machine.Traveller) -> None:
    client = paying(ends_in=30 * SECOND)
    assert reads_whole(client, story)
    clock.shift(29 * SECOND)
    assert reads_whole(client, story)
    clock.shift(SECOND)
    assert not reads_whole(client, story, **{"Sec-Purpose": "prefetch"})
    assert "Subscribe</a>" in client.get("/").text


def test_a_pass_from_the_future_opens_nothing(story: Article, clock: time_machine.Traveller) -> None:
    client = paying()
    clock.shift(10 * SECOND)
    assert reads_whole(client, story)
    Grant.objects.all().delete()
    clock.shift(-11 * SECOND)
    assert not reads_whole(client, story, **{"Sec-Purpose": "prefetch"})


def test_an_opened_story_is_of_its_month(clock: time_machine.Traveller, settings: Settings) -> None:
    clock.move_to(NOW.replace(day=31, hour=23, minute=0) + timedelta(hours=4, minutes=59, seconds=50))
    [story] = gated_stories(1)
    client = Client()
    assert opens(client, story)
    settings.METER_VISITOR = 0
    clock.shift(9 * SECOND)
    assert reads_whole(client, story)
    clock.shift(SECOND)
    assert not reads_whole(client, story)


# ------------------------------------------------------------------------------- whose it is


def test_it_opens_nothing_in_another_browser(story: Article) -> None:
    client, visitor, registered = paying(), Client(), browser_of(UserFactory.create())
    client.get("/articles/gated-1/")
    for other in (visitor, registered):
        other.cookies["pass"] = client.cookies["pass"].value
        assert not reads_whole(other, story, **{"Sec-Purpose": "prefetch"})


def test_it_dies_with_signing_out_and_with_signing_in_as_another(story: Article) -> None:
    client = paying()
    client.get("/articles/gated-1/")
    kept = client.cookies["pass"].value
    client.post("/accounts/logout/")
    client.cookies["pass"] = kept
    assert not reads_whole(client, story)
    client.force_login(UserFactory.create())
    client.cookies["pass"] = kept
    assert not reads_whole(client, story, **{"Sec-Purpose": "prefetch"})


def test_one_that_a_stranger_planted_before_signing_in_opens_nothing(story: Article) -> None:
    """Signing in changes the session's key, so a pass made for the planted session is void."""
    thief = paying()
    thief.get("/articles/gated-1/")
    victim = Client()
    for name in ("sessionid", "pass"):
        victim.cookies[name] = thief.cookies[name].value
    victim.post("/accounts/logout/")
    victim.cookies["pass"] = thief.cookies["pass"].value
    victim.force_login(UserFactory.create())
    assert victim.cookies["sessionid"].value != thief.cookies["sessionid"].value
    assert not reads_whole(victim, story, **{"Sec-Purpose": "prefetch"})


def test_with_the_whole_session_it_holds_no_longer_than_a_minute_after_signing_out(
    story: Article, clock: time_machine.Traveller
) -> None:
    client, thief = paying(), Client()
    client.get("/articles/gated-1/")
    for name in ("sessionid", "pass"):
        thief.cookies[name] = client.cookies[name].value
    client.post("/accounts/logout/")
    clock.shift(60 * SECOND)
    assert not reads_whole(thief, story)


def test_a_right_of_the_network_stays_in_the_network(story: Article) -> None:
    library()
    inside, outside = Client(REMOTE_ADDR="192.0.2.9"), Client(REMOTE_ADDR="198.51.100.9")
    assert reads_whole(inside, story)
    outside.cookies["pass"] = inside.cookies["pass"].value
    assert not reads_whole(outside, story)


def test_a_signed_in_reader_who_leaves_the_network_leaves_its_right(story: Article) -> None:
    library()
    client = browser_of(UserFactory.create(), "192.0.2.9")
    assert reads_whole(client, story)
    client.defaults["REMOTE_ADDR"] = "198.51.100.9"
    assert not reads_whole(client, story, **{"Sec-Purpose": "prefetch"})


def test_who_asks_a_proxy_for_another_address_gets_no_right_by_it(story: Article, settings: Settings) -> None:
    library()
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    outside = Client(REMOTE_ADDR="10.0.0.1")
    assert not reads_whole(outside, story, **{"X-Forwarded-For": "192.0.2.9, 198.51.100.9"})
    assert reads_whole(outside, story, **{"X-Forwarded-For": "198.51.100.9, 192.0.2.9"})


def test_a_deactivated_account_reads_no_longer_than_a_minute(
    story: Article, clock: time_machine.Traveller
) -> None:
    client = paying()
    assert reads_whole(client, story)
    User.objects.update(is_active=False)
    clock.shift(60 * SECOND)
    assert not reads_whole(client, story)


# ------------------------------------------------------------------------------- forgeries


def bomb() -> str:
    """Ten megabytes in a cookie, as `signing.loads` unpacks them, under a signature that is none."""
    packed = zlib.compress(b"[" + b"0," * 5_000_000 + b"0]", 9)[:3000]
    return f".{urlsafe_b64encode(packed).decode().rstrip('=')}:1vwiFd:{'x' * 43}"


FORGERIES = {
    "empty": "",
    "a colon": ":",
    "colons": ":::",
    "words": "let me in",
    "no signature": "eyJhdCI6MH0",
    "a false signature": "eyJhdCI6MH0:1vwiFd:" + "x" * 43,
    "letters of other alphabets": "пропуск:ключ:подпись".encode().decode("latin-1"),
    "long": "x" * 4000,
    "a bomb": bomb(),
    "another key": signing.dumps({"at": 0}, key="not the key of this site", salt=SALT),
    "another salt": signing.dumps({"at": NOW.timestamp()}, salt="articles.other"),
}


@pytest.mark.parametrize("value", FORGERIES.values(), ids=list(FORGERIES))
@pytest.mark.parametrize("name", ["pass", "meter", "sessionid"])
def test_a_forged_cookie_opens_nothing_and_breaks_nothing(story: Article, name: str, value: str) -> None:
    client = Client()
    client.cookies[name] = value
    assert not reads_whole(client, story)
    page = client.get("/")
    assert (page.status_code, PAID_TEXT in page.text) == (200, False)


def test_one_cookie_is_not_taken_for_another(story: Article) -> None:
    client, victim = paying(), Client()
    press(victim, Article.objects.get(slug="gated-2"))
    client.get("/articles/gated-1/")
    passing, meter = client.cookies["pass"].value, victim.cookies["meter"].value
    forger = Client()
    forger.cookies["meter"], forger.cookies["pass"] = passing, meter
    assert not reads_whole(forger, story)


def test_a_key_that_was_changed_keeps_meters_and_renews_passes(story: Article, settings: Settings) -> None:
    visitor, subscriber = Client(), paying()
    opens(visitor, story)
    subscriber.get("/articles/gated-1/")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = (
        "the next key, as long as it is",
        [settings.SECRET_KEY],
    )
    assert reads_whole(visitor, story)
    assert [opens(visitor, other) for other in Article.objects.order_by("slug")[1:]] == [True, False]
    assert reads_whole(subscriber, story)


def test_a_key_that_was_burnt_makes_all_cookies_void(story: Article, settings: Settings) -> None:
    visitor, subscriber = Client(), paying()
    opens(visitor, story)
    subscriber.get("/articles/gated-1/")
    settings.SECRET_KEY = "another key, as long as it should be"
    assert [reads_whole(visitor, story), reads_whole(subscriber, story)] == [False, False]


# ------------------------------------------------------------------------------- who may keep it


def test_what_is_told_of_an_ended_network_is_kept_by_no_cache(
    story: Article, clock: time_machine.Traveller
) -> None:
    library(ends_in=SECOND)
    clock.shift(DAY)
    page = Client(REMOTE_ADDR="192.0.2.9").get("/articles/gated-1/")
    elsewhere = Client(REMOTE_ADDR="198.51.100.9").get("/articles/gated-1/")
    assert (page["Cache-Control"], elsewhere["Cache-Control"]) == ("private, no-store", "public, max-age=60")


@pytest.mark.parametrize("asking", ASKING, ids=lambda asking: asking.__name__)
@pytest.mark.parametrize("path", ["/articles/gated-1/", "/articles/letters/", "/", "/sections/money/"])
def test_only_what_everyone_gets_is_kept_and_it_sets_no_cookie(
    story: Article, asking: Callable[[], Client], path: str
) -> None:
    ArticleFactory.create(slug="letters", access=Access.REGISTERED)
    page = asking().get(path)
    if asking is a_visitor:
        assert (page["Cache-Control"], page.cookies) == ("public, max-age=60", {})
    else:
        assert page["Cache-Control"] == "private, no-store"


def test_a_pass_too_long_for_a_cookie_is_not_given(rf: RequestFactory) -> None:
    for opened, is_given in ((range(100), True), (range(0, 9_000_000, 3_001), False)):
        response = HttpResponse()
        reader = Reader(is_signed_in=True, meter=MeterFact(9999, frozenset(opened)))
        give_pass(rf.get("/"), response, reader, at=NOW)
        assert (list(response.cookies) == ["pass"]) == is_given
