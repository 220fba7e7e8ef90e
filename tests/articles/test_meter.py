"""The meter over HTTP: so many gated stories a month, counted once each, and never by a program (P6)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import User
from articles.actions.meters import forget_meters
from articles.models import Access, Article, Meter, MeterRead
from articles.models.meter import month_of
from articles.tasks import forget_meters as forget_meters_task
from articles.views.article import METER_COOKIE_SECONDS
from tests.accounts.conftest import newest_code
from tests.articles.metering import gated_stories, opens, press, reads_whole
from tests.factories.accounts import PASSWORD, UserFactory
from tests.factories.articles import NOW, PAID_TEXT, ArticleFactory

pytestmark = pytest.mark.django_db

VISITOR, REGISTERED = 2, 4
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _meter(settings: Settings, clock: time_machine.Traveller) -> Iterator[None]:
    """A meter of its own, limits of its own, and hashing that costs nothing."""
    settings.METER_VISITOR, settings.METER_REGISTERED = VISITOR, REGISTERED
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def stories() -> list[Article]:
    return gated_stories(6)


@pytest.fixture
def registered() -> Client:
    client = Client()
    client.force_login(UserFactory.create())
    return client


def counted() -> int:
    return MeterRead.objects.count()


# ------------------------------------------------------------------------------- visitors


def test_a_visitors_first_page_is_the_teaser_of_everyone(client: Client, stories: list[Article]) -> None:
    page = client.get("/articles/gated-1/")
    assert PAID_TEXT not in page.text
    assert "One of your 2 free stories opens this one." in page.text
    assert (page["Cache-Control"], page.cookies) == ("public, max-age=60", {})
    assert (Meter.objects.count(), counted()) == (0, 0)


def test_the_button_opens_it_and_leaves_one_signed_cookie(client: Client, stories: list[Article]) -> None:
    answer = client.post("/articles/gated-1/open/")
    assert (answer.status_code, answer["Location"]) == (302, "/articles/gated-1/")
    [(name, cookie)] = answer.cookies.items()
    assert (name, cookie["httponly"], cookie["samesite"]) == ("meter", True, "Lax")
    meter = Meter.objects.get()
    assert meter.key not in {None, "", cookie.value}
    assert [row.article for row in meter.reads.all()] == [stories[0]]
    assert reads_whole(client, stories[0])


def test_reading_again_is_free_and_the_story_after_the_last_is_not(
    client: Client, stories: list[Article]
) -> None:
    assert [opens(client, stories[0]), opens(client, stories[0]), reads_whole(client, stories[0])] == [
        True
    ] * 3
    assert counted() == 1
    assert reads_whole(client, stories[1])  # who has a meter need not ask
    assert not reads_whole(client, stories[2])
    assert not opens(client, stories[2])
    page = client.get("/articles/gated-3/").text
    assert "You have opened your 2 free stories of this month. A free account opens 2 stories more." in page
    assert (counted(), reads_whole(client, stories[0])) == (2, True)


def test_without_a_meter_for_visitors_the_button_opens_nothing(
    client: Client, settings: Settings, stories: list[Article]
) -> None:
    settings.METER_VISITOR = 0
    assert not opens(client, stories[0])
    assert (client.cookies, Meter.objects.count()) == ({}, 0)


def test_a_story_for_the_registered_takes_none_of_the_meter(client: Client) -> None:
    story = ArticleFactory.create(slug="letters", access=Access.REGISTERED)
    assert not opens(client, story)
    assert Meter.objects.count() == 0


def test_a_free_story_takes_none_of_it(client: Client, stories: list[Article]) -> None:
    opens(client, stories[0])
    assert opens(client, ArticleFactory.create(slug="tide", access=Access.FREE))
    assert counted() == 1


@pytest.mark.parametrize("access", [Access.FREE, Access.SUBSCRIBERS])
def test_who_has_a_meter_is_sent_pages_that_nobody_keeps(
    client: Client, stories: list[Article], access: str
) -> None:
    opens(client, stories[0])
    ArticleFactory.create(slug="next", access=access)
    assert client.get("/articles/next/")["Cache-Control"] == "private, no-store"


# ------------------------------------------------------------------------------- programs


LOOKS_AHEAD = {
    "prefetched": {"Sec-Purpose": "prefetch"},
    "prerendered": {"Sec-Purpose": "prefetch;prerender"},
    "prefetched by an older browser": {"Purpose": "prefetch"},
    "prefetched by an older Firefox": {"X-Moz": "prefetch"},
    "previewed by Safari": {"X-Purpose": "preview"},
    "in a frame": {"Sec-Fetch-Dest": "iframe"},
    "by a script": {"Sec-Fetch-Dest": "empty"},
    "as a picture": {"Sec-Fetch-Dest": "image"},
    "by a crawler": {
        "User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
    },
    "by a link scanner": {"User-Agent": "Mozilla/5.0 (Windows NT 10.0) BingPreview/1.0b"},
    "by a chat's preview": {"User-Agent": "facebookexternalhit/1.1"},
    "by a tool": {"User-Agent": "curl/8.5.0"},
}


@pytest.mark.parametrize("headers", LOOKS_AHEAD.values(), ids=list(LOOKS_AHEAD))
def test_looking_ahead_takes_no_story(
    client: Client, registered: Client, stories: list[Article], headers: dict[str, str]
) -> None:
    opens(client, stories[0])
    for browser in (client, registered):
        assert not reads_whole(browser, stories[1], **headers)
    assert counted() == 1
    assert [reads_whole(client, stories[1]), reads_whole(registered, stories[1])] == [True, True]


def test_head_takes_no_story(registered: Client, stories: list[Article]) -> None:
    assert registered.head("/articles/gated-1/").status_code == 200
    assert counted() == 0


def test_a_program_that_presses_the_button_opens_nothing(client: Client, stories: list[Article]) -> None:
    assert press(client, stories[0], **LOOKS_AHEAD["by a crawler"]) == 302
    assert (client.cookies, Meter.objects.count()) == ({}, 0)


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"},
    ],
    ids=str,
)
def test_the_button_of_another_site_opens_nothing(
    registered: Client, stories: list[Article], headers: dict[str, str]
) -> None:
    assert press(registered, stories[0], **headers) == 404
    assert (Meter.objects.count(), registered.cookies.get("meter")) == (0, None)


@pytest.mark.parametrize(
    "headers",
    [{}, {"Sec-Fetch-Site": "same-origin", "Origin": "null"}, {"Origin": "http://testserver"}],
    ids=str,
)
def test_our_own_button_opens_it(client: Client, stories: list[Article], headers: dict[str, str]) -> None:
    assert press(client, stories[0], **headers) == 302
    assert reads_whole(client, stories[0])


def test_the_button_needs_no_token(stories: list[Article]) -> None:
    client = Client(enforce_csrf_checks=True)
    assert opens(client, stories[0])


def test_only_a_post_opens(client: Client, stories: list[Article]) -> None:
    assert client.get("/articles/gated-1/open/").status_code == 405
    assert Meter.objects.count() == 0


# ------------------------------------------------------------------------------- networks


def press_as_new(story: Article, address: str, **headers: str) -> int:
    path = f"{story.get_absolute_url()}open/"
    return Client(REMOTE_ADDR=address).post(path, headers=headers).status_code


def test_so_many_meters_a_day_begin_at_one_address(
    stories: list[Article], settings: Settings, clock: time_machine.Traveller
) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "start_meter": "3/d/ip"}
    old = Client(REMOTE_ADDR="192.0.2.1")
    assert opens(old, stories[0])
    assert [press_as_new(stories[0], "192.0.2.1") for _ in range(3)] == [302, 302, 429]
    assert press_as_new(stories[0], "192.0.2.2") == 302
    assert opens(old, stories[1])  # a meter that has begun goes on
    clock.shift(DAY + timedelta(seconds=1))
    assert press_as_new(stories[0], "192.0.2.1") == 302


def test_the_limit_is_the_one_of_the_settings(settings: Settings) -> None:
    assert settings.ACCOUNT_RATE_LIMITS["start_meter"] == f"{settings.METERS_PER_NETWORK}/d/ip"


def test_an_address_of_the_sixth_version_counts_by_its_network(
    stories: list[Article], settings: Settings
) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "start_meter": "1/d/ip"}
    addresses = ("2001:db8:1:2::1", "2001:db8:1:2::9", "2001:db8:1:3::1")
    assert [press_as_new(stories[0], address) for address in addresses] == [302, 429, 302]


def test_behind_a_proxy_the_readers_address_counts_and_no_other_is_believed(
    stories: list[Article], settings: Settings
) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "start_meter": "1/d/ip"}
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    said = ("198.51.100.1", "203.0.113.9, 198.51.100.1", "198.51.100.2")
    answers = [press_as_new(stories[0], "10.0.0.1", **{"X-Forwarded-For": line}) for line in said]
    assert answers == [302, 429, 302]


# ------------------------------------------------------------------------------- the month


MONTHS = {
    "summer time, to November": (
        datetime(2026, 11, 1, 3, 59, 59, tzinfo=UTC),
        datetime(2026, 11, 1, 4, tzinfo=UTC),
    ),
    "New Year": (datetime(2027, 1, 1, 4, 59, 59, tzinfo=UTC), datetime(2027, 1, 1, 5, tzinfo=UTC)),
    "a leap day": (datetime(2028, 3, 1, 4, 59, 59, tzinfo=UTC), datetime(2028, 3, 1, 5, tzinfo=UTC)),
    "to April, in summer time": (
        datetime(2026, 4, 1, 3, 59, 59, tzinfo=UTC),
        datetime(2026, 4, 1, 4, tzinfo=UTC),
    ),
}


@pytest.mark.parametrize(("last", "first"), MONTHS.values(), ids=list(MONTHS))
def test_the_month_begins_at_midnight_in_the_newsroom(
    clock: time_machine.Traveller, last: datetime, first: datetime
) -> None:
    clock.move_to(last - DAY)
    stories, client = gated_stories(4), Client()
    Article.objects.update(published_at=last - 9 * DAY, first_published_at=last - 9 * DAY)
    clock.move_to(last)
    assert [opens(client, story) for story in stories[:3]] == [True, True, False]
    clock.move_to(first)
    assert [opens(client, story) for story in stories[:3]] == [True, True, False]
    assert month_of(first) != month_of(last)


def test_both_one_o_clocks_of_the_autumn_night_are_of_one_month(clock: time_machine.Traveller) -> None:
    first, second = datetime(2026, 11, 1, 5, 30, tzinfo=UTC), datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
    assert month_of(first) == month_of(second) == datetime(2026, 11, 1, tzinfo=UTC).date()


def test_what_was_opened_is_forgotten_after_its_month_and_counts_again(
    client: Client, stories: list[Article], clock: time_machine.Traveller
) -> None:
    opens(client, stories[0])
    opens(Client(), stories[0])
    clock.move_to(datetime(2026, 8, 1, 12, tzinfo=UTC))
    assert opens(client, stories[1])
    assert forget_meters(at=datetime(2026, 8, 2, tzinfo=UTC)) == 3
    assert [row.article for row in MeterRead.objects.all()] == [stories[1]]
    assert Meter.objects.count() == 1


def test_a_meter_that_was_forgotten_begins_anew_with_its_cookie(
    client: Client, stories: list[Article], clock: time_machine.Traveller
) -> None:
    opens(client, stories[0])
    clock.move_to(datetime(2026, 8, 3, 12, tzinfo=UTC))
    forget_meters_task()
    assert Meter.objects.count() == 0
    assert [opens(client, story) for story in stories[:3]] == [True, True, False]


def test_a_meter_that_has_begun_today_is_not_forgotten_nor_one_of_an_account(
    client: Client, stories: list[Article], clock: time_machine.Traveller
) -> None:
    clock.move_to(datetime(2026, 8, 1, 3, tzinfo=UTC))
    registered = Client()
    registered.force_login(UserFactory.create())
    opens(client, stories[0])
    opens(registered, stories[0])
    clock.move_to(datetime(2026, 8, 1, 6, tzinfo=UTC))
    assert forget_meters(at=datetime(2026, 8, 1, 6, tzinfo=UTC)) == 2
    assert Meter.objects.count() == 2
    assert forget_meters(at=datetime(2026, 8, 4, 6, tzinfo=UTC)) == 1
    assert Meter.objects.get().user is not None


# ------------------------------------------------------------------------------- accounts


def sign_in_by_password(client: Client, user: User) -> None:
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})


def sign_in_by_code(client: Client, user: User) -> None:
    client.post("/accounts/login/code/", {"email": user.email})
    client.post("/accounts/login/code/confirm/", {"code": newest_code()})


def opened_by(user: User) -> list[str]:
    return sorted(MeterRead.objects.filter(meter__user=user).values_list("article__slug", flat=True))


@pytest.mark.parametrize("sign_in", [sign_in_by_password, sign_in_by_code])
def test_signing_in_brings_along_what_was_opened(
    client: Client, stories: list[Article], sign_in: object
) -> None:
    reader = UserFactory.create()
    opens(client, stories[0])
    opens(client, stories[1])
    sign_in(client, reader)  # type: ignore[operator]
    assert opened_by(reader) == ["gated-1", "gated-2"]
    assert [reads_whole(client, story) for story in stories] == [True, True, True, True, False, False]
    assert "You have opened your 4 free stories of this month." in client.get("/articles/gated-5/").text


def test_making_an_account_brings_it_along_too(client: Client, stories: list[Article]) -> None:
    opens(client, stories[0])
    client.post("/accounts/signup/", {"email": "new@example.org", "password1": PASSWORD})
    assert len(mail.outbox) == 1
    client.post("/accounts/confirm-email/", {"code": newest_code()})
    assert opened_by(User.objects.get(email="new@example.org")) == ["gated-1"]


def test_a_story_opened_on_both_sides_is_charged_once(stories: list[Article]) -> None:
    reader, laptop, phone = UserFactory.create(), Client(), Client()
    for client in (laptop, phone):
        opens(client, stories[0])
        sign_in_by_password(client, reader)
    assert opened_by(reader) == ["gated-1"]
    opens(phone, stories[1])
    for _ in range(2):
        laptop.post("/accounts/logout/")
        sign_in_by_password(laptop, reader)
    assert opened_by(reader) == ["gated-1", "gated-2"]


def test_signing_out_gives_nothing_back(client: Client, stories: list[Article]) -> None:
    reader = UserFactory.create()
    assert [opens(client, story) for story in stories[:2]] == [True, True]
    sign_in_by_password(client, reader)
    assert [reads_whole(client, story) for story in stories] == [True, True, True, True, False, False]
    client.post("/accounts/logout/")
    assert [opens(client, story) for story in stories] == [True, True, False, False, False, False]
    sign_in_by_password(client, reader)
    assert [reads_whole(client, story) for story in stories] == [True, True, True, True, False, False]


def test_last_months_stories_are_not_brought_along(
    client: Client, stories: list[Article], clock: time_machine.Traveller
) -> None:
    opens(client, stories[0])
    clock.move_to(datetime(2026, 8, 1, 12, tzinfo=UTC))
    reader = UserFactory.create()
    sign_in_by_password(client, reader)
    assert opened_by(reader) == []


@pytest.mark.parametrize(("allowance", "opened"), [(0, 0), (1, 1), (6, 6)])
def test_an_accounts_own_allowance_goes_before_the_setting(
    stories: list[Article], allowance: int, opened: int
) -> None:
    reader, client = UserFactory.create(), Client()
    Meter.objects.create(user=reader, allowance=allowance, created_at=NOW)
    client.force_login(reader)
    assert sum(reads_whole(client, story) for story in stories) == opened


def test_a_visitors_meter_whose_cookie_is_gone_begins_anew(stories: list[Article]) -> None:
    client = Client()
    opens(client, stories[0])
    del client.cookies["meter"]
    assert not reads_whole(client, stories[0])
    assert opens(client, stories[1])
    assert Meter.objects.count() == 2


def test_a_visitors_meter_that_is_in_use_does_not_run_out(
    stories: list[Article], clock: time_machine.Traveller
) -> None:
    client = Client()
    opens(client, stories[0])
    clock.shift(timedelta(days=61))
    page = client.get(stories[1].get_absolute_url())
    assert PAID_TEXT in page.text
    assert page.cookies["meter"]["max-age"] == METER_COOKIE_SECONDS
