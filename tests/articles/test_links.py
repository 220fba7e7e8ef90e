"""Links that open one story: given away by a subscriber, or in a letter of ours (P6, P7)."""

from datetime import timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import User
from articles.actions.gift_links import CannotGive, gift_links_left, give_story
from articles.models import Article, FormerSlug, GiftLink, Meter, State
from articles.openings import gift_address, mail_address
from subscriptions.models import Grant, Source
from tests.articles.metering import gated_stories
from tests.factories.accounts import UserFactory
from tests.factories.articles import NOW, PAID_TEXT

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
KINDS = ["gift", "letter"]


@pytest.fixture
def story(clock: time_machine.Traveller) -> Article:
    return gated_stories(2)[0]


@pytest.fixture
def giver() -> User:
    user = UserFactory.create(name="Ada Wexcombe")
    Grant.objects.create(user=user, source=Source.COMP, starts_at=NOW - DAY, reason="A gift of the house.")
    return user


@pytest.fixture
def paths(story: Article, giver: User, settings: Settings) -> dict[str, str]:
    """The address of each kind of link to the story."""
    link = give_story(article=story, by=giver, at=NOW)
    found = {"gift": gift_address(link), "letter": mail_address(story, at=NOW)}
    return {kind: address.removeprefix(settings.SITE_URL) for kind, address in found.items()}


def opened(client: Client, path: str) -> bool:
    """Whether the link opens the story; one that does not leads to a page, and never to an error."""
    page = client.get(path, follow=True)
    assert page.status_code in {200, 404, 410}
    return PAID_TEXT in page.text


def reads() -> int:
    return GiftLink.objects.get().reads


# ------------------------------------------------------------------------------- what they open


@pytest.mark.parametrize("kind", KINDS)
def test_it_opens_its_story_to_anyone_and_counts_nothing(
    client: Client, paths: dict[str, str], kind: str, settings: Settings
) -> None:
    settings.METER_VISITOR = 1
    page = client.get(paths[kind])
    told = {"gift": "Ada gave you this story.", "letter": "You came from one of our letters"}[kind]
    assert (page.status_code, PAID_TEXT in page.text, told in page.text) == (200, True, True)
    assert (page.cookies, Meter.objects.count()) == ({}, 0)


@pytest.mark.parametrize("kind", KINDS)
def test_it_opens_no_other_page_of_the_same_browser(client: Client, paths: dict[str, str], kind: str) -> None:
    client.get(paths[kind])
    for path in ("/articles/gated-1/", "/articles/gated-2/"):
        assert PAID_TEXT not in client.get(path).text


@pytest.mark.parametrize("kind", KINDS)
def test_it_ends_to_the_second(
    client: Client, paths: dict[str, str], clock: time_machine.Traveller, kind: str
) -> None:
    clock.move_to(NOW + 14 * DAY - SECOND)
    assert opened(client, paths[kind])
    clock.move_to(NOW + 14 * DAY)
    answer = client.get(paths[kind])
    assert (answer.status_code, answer["Location"]) == (302, "/articles/gated-1/")
    assert not opened(client, paths[kind])


@pytest.mark.parametrize("kind", KINDS)
def test_a_token_that_was_changed_opens_nothing(client: Client, paths: dict[str, str], kind: str) -> None:
    path = paths[kind]
    token = path.split("/")[-2]
    for place in range(0, len(token), 3):
        other = "A" if token[place] != "A" else "B"
        assert not opened(client, path.replace(token, token[:place] + other + token[place + 1 :]))
    for wrong in (token[:-1], token[1:], token + "A", token[::-1], "x" * 32, "a:b:c", "%00", "é", "%2F"):
        assert not opened(client, path.replace(token, wrong))


@pytest.mark.parametrize("kind", KINDS)
def test_the_token_of_one_story_opens_no_other(client: Client, paths: dict[str, str], kind: str) -> None:
    answer = client.get(paths[kind].replace("gated-1", "gated-2"))
    assert (answer.status_code, answer["Location"]) == (302, "/articles/gated-2/")


def test_the_token_of_a_gift_is_none_of_a_letter(client: Client, paths: dict[str, str]) -> None:
    for one, other in (KINDS, KINDS[::-1]):
        assert not opened(client, paths[one].replace(f"/{one}/", f"/{other}/"))


def test_a_giver_whose_account_is_closed_gives_nothing(
    client: Client, paths: dict[str, str], giver: User
) -> None:
    User.objects.filter(pk=giver.pk).update(is_active=False)
    assert not opened(client, paths["gift"])


@pytest.mark.parametrize("kind", KINDS)
def test_a_story_that_was_taken_down_is_open_to_nobody(
    client: Client, paths: dict[str, str], kind: str
) -> None:
    Article.objects.update(state=State.UNPUBLISHED, published_at=None)
    page = client.get(paths[kind], follow=True)
    assert (page.status_code, PAID_TEXT in page.text) == (410, False)
    assert reads() == 0


@pytest.mark.parametrize("kind", KINDS)
def test_w9_it_holds_when_the_story_moves(
    client: Client, paths: dict[str, str], story: Article, kind: str
) -> None:
    FormerSlug.objects.create(article=story, slug="gated-1")
    Article.objects.filter(pk=story.pk).update(slug="moved")
    answer = client.get(paths[kind])
    assert (answer.status_code, answer["Location"]) == (302, paths[kind].replace("gated-1", "moved"))
    assert (answer["Cache-Control"], answer["Referrer-Policy"]) == ("private, no-store", "strict-origin")
    assert opened(client, paths[kind])
    assert reads() == (1 if kind == "gift" else 0)


# ------------------------------------------------------------------------------- how often it was read


def test_a_reading_is_counted_once_per_arrival(client: Client, paths: dict[str, str]) -> None:
    for _ in range(2):
        assert opened(client, paths["gift"])
    assert reads() == 2


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Purpose": "prefetch"}, {"Sec-Fetch-Dest": "iframe"}, {"User-Agent": "WhatsApp/2.23.20.0"}],
    ids=str,
)
def test_what_looks_ahead_reads_nothing(
    client: Client, paths: dict[str, str], headers: dict[str, str]
) -> None:
    assert client.get(paths["gift"], headers=headers).status_code == 200
    assert client.head(paths["gift"]).status_code == 200
    assert reads() == 0


def test_the_giver_is_no_reader(paths: dict[str, str], giver: User) -> None:
    client = Client()
    client.force_login(giver)
    assert opened(client, paths["gift"])
    assert reads() == 0


# ------------------------------------------------------------------------------- who gives, and how many


def test_a_story_is_given_once_while_its_link_is_open(story: Article, giver: User) -> None:
    first = give_story(article=story, by=giver, at=NOW)
    assert give_story(article=story, by=giver, at=NOW + 13 * DAY) == first
    assert give_story(article=story, by=giver, at=NOW + 14 * DAY) != first


def test_so_many_a_month_are_given(story: Article, giver: User, settings: Settings) -> None:
    settings.GIFT_LINKS_PER_MONTH = 1
    give_story(article=story, by=giver, at=NOW)
    other = Article.objects.get(slug="gated-2")
    with pytest.raises(CannotGive):
        give_story(article=other, by=giver, at=NOW)
    assert gift_links_left(giver, at=NOW) == 0
    assert give_story(article=other, by=giver, at=NOW + 30 * DAY).article == other


def test_who_has_no_right_gives_nothing(story: Article) -> None:
    with pytest.raises(CannotGive):
        give_story(article=story, by=UserFactory.create(), at=NOW)
    assert GiftLink.objects.count() == 0


def test_a_token_is_192_bits_by_chance(story: Article, giver: User) -> None:
    one, other = (give_story(article=story, by=giver, at=NOW + days * DAY).token for days in (0, 14))
    assert (len(one), len(other), one == other) == (32, 32, False)


# ------------------------------------------------------------------------------- P7


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("who", ["visitor", "registered", "giver"])
def test_p7_the_token_stands_nowhere_on_the_page(
    paths: dict[str, str], giver: User, story: Article, settings: Settings, kind: str, who: str
) -> None:
    client = Client()
    if who != "visitor":
        client.force_login(giver if who == "giver" else UserFactory.create())
    page = client.get(paths[kind])
    assert page["X-Robots-Tag"] == "noindex"
    assert page["Referrer-Policy"] == "strict-origin"
    assert page["Cache-Control"] == "private, no-store"
    assert paths[kind].split("/")[-2] not in page.text
    soup = BeautifulSoup(page.text, "html.parser")
    clean = settings.SITE_URL + story.get_absolute_url()
    assert [link["href"] for link in soup.select("link[rel=canonical]")] == [clean]
    assert [meta["content"] for meta in soup.select('meta[property="og:url"]')] == [clean]
    assert soup.select('script[type="application/ld+json"]') == []
    assert PAID_TEXT not in str(soup.head)


@pytest.mark.parametrize("kind", KINDS)
def test_p7_neither_feed_nor_sitemap_knows_it(client: Client, paths: dict[str, str], kind: str) -> None:
    token = paths[kind].split("/")[-2]
    for path in ("/rss.xml", "/sitemap-stories.xml", "/articles/gated-1/", "/"):
        page = client.get(path)
        assert (page.status_code, token in page.text) == (200, False)


def test_letters_have_plain_addresses_where_they_open_nothing(story: Article, settings: Settings) -> None:
    settings.MAIL_LINK_DAYS = 0
    assert mail_address(story, at=NOW) == settings.SITE_URL + "/articles/gated-1/"
