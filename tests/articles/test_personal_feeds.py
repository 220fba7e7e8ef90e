"""A reader's own feed with every story in full (rules F7, P7)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import feedparser
import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from articles.actions.reading_keys import make_key, revoke_key
from articles.models import AccessRule, Meter, ReadingKey
from subscriptions.models import Grant, Source
from tests.factories.accounts import UserFactory
from tests.factories.articles import FREE_TEXT, NOW, PAID_TEXT, ArticleFactory, AuthorFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

SITE = "http://127.0.0.1:8000"
FEED = ReadingKey.Kind.FEED
KINDS = ("rss", "atom")
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def empty_cache(db: None) -> Iterator[None]:
    """How often a feed was fetched is counted there; the rules of access are read beforehand."""
    cache.clear()
    AccessRule.objects.in_force()
    yield
    cache.clear()


@dataclass(frozen=True)
class Owner:
    user: User
    grant: Grant
    key: ReadingKey
    secret: str

    def address(self, kind: str = "rss") -> str:
        return f"/feeds/{self.secret}/{kind}.xml"


@pytest.fixture
def owner() -> Owner:
    """A subscriber with a feed of their own."""
    user = UserFactory.create()
    began = NOW - 9 * DAY
    grant = Grant.objects.create(user=user, source=Source.COMP, starts_at=began, reason="A gift.")
    key, secret = make_key(user=user, kind=FEED, name="On the train", at=NOW - DAY)
    return Owner(user, grant, key, secret)


def headers(answer: Any) -> list[str | None]:
    return [answer.get(name) for name in ("Cache-Control", "X-Robots-Tag", "Referrer-Policy")]


NOWHERE = ["private, no-store", "noindex", "no-referrer"]


@pytest.mark.parametrize("kind", KINDS)
def test_f7_it_holds_every_story_in_full_and_is_kept_nowhere(client: Client, owner: Owner, kind: str) -> None:
    ArticleFactory.create()
    answer = client.get(owner.address(kind))
    assert answer.status_code == 200
    assert headers(answer) == NOWHERE
    assert not answer.has_header("ETag")
    assert not answer.cookies
    parsed = feedparser.parse(answer.content)
    assert not parsed.bozo
    (entry,) = parsed.entries
    text = entry.content[0].value if kind == "atom" else entry.description
    assert FREE_TEXT in text
    assert PAID_TEXT in text
    assert "Read on." not in text


@pytest.mark.parametrize("kind", KINDS)
def test_f7_it_dies_with_the_subscription_says_so_and_comes_back_with_it(
    client: Client, owner: Owner, clock: time_machine.Traveller, kind: str
) -> None:
    ArticleFactory.create()
    Grant.objects.filter(pk=owner.grant.pk).update(ends_at=NOW + DAY)
    assert PAID_TEXT in client.get(owner.address(kind)).text
    clock.move_to(NOW + DAY)
    answer = client.get(owner.address(kind))
    assert PAID_TEXT not in answer.text
    assert headers(answer) == NOWHERE
    parsed = feedparser.parse(answer.content)
    assert not parsed.bozo
    notice, _ = parsed.entries
    assert (notice.title, notice.link) == ("Your access has ended", f"{SITE}/account/")
    assert FREE_TEXT in answer.text
    assert client.get(owner.address(kind)).content == answer.content
    began = NOW + DAY
    Grant.objects.create(user=owner.user, source=Source.COMP, starts_at=began, reason="Back again.")
    answer = client.get(owner.address(kind))
    assert PAID_TEXT in answer.text
    assert "Your access has ended" not in answer.text


def test_f7_a_meter_opens_nothing_in_a_feed_and_a_feed_counts_nothing(
    client: Client, owner: Owner, settings: Any
) -> None:
    settings.METER_REGISTERED = 10
    ArticleFactory.create()
    Grant.objects.all().delete()
    assert PAID_TEXT not in client.get(owner.address()).text
    assert Meter.objects.count() == 0


@pytest.mark.parametrize("kind", KINDS)
def test_f7_a_revoked_or_unknown_key_or_a_closed_account_is_gone(
    client: Client, owner: Owner, kind: str
) -> None:
    ArticleFactory.create()
    _, second = make_key(user=owner.user, kind=FEED, name="Old", at=NOW)
    revoke_key(key=ReadingKey.objects.get(name="Old"), by=owner.user, at=NOW)
    _, other_kind = make_key(user=owner.user, kind=ReadingKey.Kind.API, name="App", at=NOW)
    forged = owner.secret[:-1] + ("A" if owner.secret[-1] != "A" else "B")
    for token in (second, other_kind, forged, owner.key.digest, str(owner.key.pk)):
        answer = client.get(f"/feeds/{token}/{kind}.xml")
        assert answer.status_code == 410
        assert headers(answer) == NOWHERE
        assert FREE_TEXT not in answer.text
    User.objects.filter(pk=owner.user.pk).update(is_active=False)
    assert client.get(owner.address(kind)).status_code == 410


def test_f7_it_can_be_fetched_so_often_an_hour_each_for_itself(
    client: Client, owner: Owner, settings: Any, clock: time_machine.Traveller
) -> None:
    settings.FEED_REQUESTS_PER_HOUR = 3
    ArticleFactory.create()
    clock.move_to(NOW + timedelta(minutes=40))
    _, other = make_key(user=owner.user, kind=FEED, name="At home", at=NOW)
    assert [client.get(owner.address()).status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = client.get(owner.address("atom"))
    assert (refused.status_code, refused["Retry-After"]) == (429, "1200")
    assert headers(refused) == NOWHERE
    assert FREE_TEXT not in refused.text
    assert client.get(f"/feeds/{other}/rss.xml").status_code == 200
    clock.move_to(NOW + timedelta(hours=1))
    assert client.get(owner.address()).status_code == 200


def test_f7_another_who_is_signed_in_changes_nothing(client: Client, owner: Owner) -> None:
    """The key decides, not the session: a lapsed owner's feed opens nothing in a subscriber's browser."""
    ArticleFactory.create()
    lapsed = UserFactory.create()
    grant = Grant.objects.create(user=lapsed, source=Source.COMP, starts_at=NOW - DAY, reason="A day.")
    _, secret = make_key(user=lapsed, kind=FEED, name="Theirs", at=NOW)
    grant.delete()
    client.force_login(owner.user)
    assert PAID_TEXT not in client.get(f"/feeds/{secret}/rss.xml").text


def test_p7_the_key_stands_in_the_feeds_own_address_and_nowhere_else(client: Client, owner: Owner) -> None:
    ArticleFactory.create()
    for kind in KINDS:
        assert client.get(owner.address(kind)).text.count(owner.secret) == 1
    places = ("/", "/feeds/", "/rss.xml", "/sitemap.xml", "/robots.txt")
    assert [path for path in places if owner.secret in client.get(path).text] == []


@pytest.mark.parametrize("count", [1, 30])
def test_it_takes_the_same_queries_for_one_story_and_for_thirty(
    client: Client, owner: Owner, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(count):
        ArticleFactory.create(authors=[AuthorFactory.create()])
    client.get(owner.address())
    with django_assert_num_queries(5):
        assert len(feedparser.parse(client.get(owner.address()).content).entries) == count


def test_a_subscriber_makes_a_feed_and_sees_its_address_once(client: Client, owner: Owner) -> None:
    ArticleFactory.create()
    client.force_login(owner.user)
    answer = client.post("/account/feeds/", {"name": "The kitchen radio"})
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    addresses = re.findall(rf'value="{SITE}(/feeds/[\w-]{{43}}/(?:rss|atom)\.xml)"', answer.text)
    assert len(addresses) == 2
    assert [PAID_TEXT in Client().get(address).text for address in addresses] == [True, True]
    page = client.get("/account/feeds/").text
    assert "The kitchen radio" in page
    assert "last fetched on July 3, 2026, 11:00 a.m." in page
    assert [address for address in addresses if address in page] == []


def test_a_name_is_needed(client: Client, owner: Owner) -> None:
    client.force_login(owner.user)
    assert client.post("/account/feeds/", {"name": " "}).status_code == 400
    assert ReadingKey.objects.count() == 1


def test_whoever_has_no_subscription_is_told_why_and_can_make_none(client: Client) -> None:
    client.force_login(UserFactory.create())
    assert "are part of a subscription" in client.get("/account/feeds/").text
    answer = client.post("/account/feeds/", {"name": "Mine"})
    assert answer.status_code == 400
    assert ReadingKey.objects.count() == 0


def test_one_revokes_ones_own_feed_after_a_question(client: Client, owner: Owner) -> None:
    client.force_login(owner.user)
    path = f"/account/feeds/{owner.key.pk}/revoke/"
    assert "Revoke “On the train”?" in client.get(path).text
    assert client.get(owner.address()).status_code == 200
    assert client.post(path)["Location"] == "/account/feeds/"
    assert client.get(owner.address()).status_code == 410
    assert "The feed “On the train” has ended." in client.get("/account/feeds/").text
    assert client.post(path).status_code == 404


def test_nobody_revokes_the_feed_of_another(client: Client, owner: Owner) -> None:
    client.force_login(UserFactory.create())
    assert client.post(f"/account/feeds/{owner.key.pk}/revoke/").status_code == 404
    assert client.get(owner.address()).status_code == 200


def test_a_visitor_signs_in_first(client: Client, owner: Owner) -> None:
    for path in ("/account/feeds/", f"/account/feeds/{owner.key.pk}/revoke/"):
        assert client.get(path)["Location"].startswith("/accounts/login/")
