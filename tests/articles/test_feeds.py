"""Every public feed against the specifications of RSS 2.0 and Atom (rules F1 to F6)."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import feedparser
import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from articles.feeds import Channel, Entry, Format, write_feed
from articles.models import Access, AccessRule, Article, Author, State, Topic
from tests.articles.conftest import Readers
from tests.factories.articles import (
    FREE_TEXT,
    NOW,
    PAID_TEXT,
    ArticleFactory,
    AuthorFactory,
    PictureFactory,
    SectionFactory,
    TopicFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

SITE = "http://127.0.0.1:8000"
ATOM = "{http://www.w3.org/2005/Atom}"
PAGES = ("/", "/sections/money/", "/topics/ledgers/", "/authors/ann/")
FEEDS = [f"{page}{kind}.xml" for page in PAGES for kind in Format]
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
RFC_822 = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4}")
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def empty_cache(db: None) -> Iterator[None]:
    """Since when a content stands is kept there; so are the rules of access, which are read beforehand."""
    cache.clear()
    AccessRule.objects.in_force()
    yield
    cache.clear()


def lay_out(count: int = 1, **fields: object) -> list[Article]:
    """Stories that stand in every feed, and one in none but the site's."""
    about = {
        "section": SectionFactory.create(slug="money", name="Money & Credit"),
        "authors": [AuthorFactory.create(slug="ann", name="Ann Orley"), AuthorFactory.create(name="Bo Lunt")],
        "topics": [TopicFactory.create(slug="ledgers", name="Ledgers")],
    }
    ArticleFactory.create(headline="Elsewhere", published_at=NOW - timedelta(days=9))
    return [ArticleFactory.create(**{**about, **fields}) for _ in range(count)]


def document(client: Client, path: str) -> ET.Element:
    answer = client.get(path)
    assert answer.status_code == 200
    return ET.fromstring(answer.content)  # noqa: S314 (our own)


def texts(element: ET.Element, path: str) -> list[str]:
    return [found.text or "" for found in element.findall(path)]


def is_absolute(address: str) -> bool:
    return urlsplit(address).scheme in {"http", "https"} and bool(urlsplit(address).netloc)


@pytest.mark.parametrize("path", FEEDS)
def test_a_feed_parser_finds_nothing_to_complain_of(client: Client, path: str) -> None:
    lay_out()
    answer = client.get(path)
    parsed = feedparser.parse(answer.content)
    assert not parsed.bozo
    assert parsed.version == ("rss20" if path.endswith("rss.xml") else "atom10")
    assert "Elsewhere" not in answer.text or path in {"/rss.xml", "/atom.xml"}
    kind = "rss" if path.endswith("rss.xml") else "atom"
    assert answer["Content-Type"] == f"application/{kind}+xml; charset=utf-8"


@pytest.mark.parametrize("path", [path for path in FEEDS if path.endswith("rss.xml")])
def test_f1_f2_an_rss_feed_has_what_the_specification_asks_for(client: Client, path: str) -> None:
    lay_out(2)
    root = document(client, path)
    assert (root.tag, root.get("version"), len(root.findall("channel"))) == ("rss", "2.0", 1)
    channel = root.find("channel")
    assert channel is not None
    assert [bool(channel.findtext(name)) for name in ("title", "link", "description")] == [True] * 3
    own = [link.get("href") for link in channel.findall(f"{ATOM}link") if link.get("rel") == "self"]
    assert own == [SITE + path]
    items = channel.findall("item")
    assert len(items) >= 2
    guids = texts(channel, "item/guid")
    assert len({*guids}) == len(items)
    assert all(guid.startswith("tag:127.0.0.1,2026-07-01:article-") for guid in guids)
    assert {guid.get("isPermaLink") for guid in channel.findall("item/guid")} == {"false"}
    assert all([*texts(channel, "item/title"), *texts(channel, "item/description")])
    assert all(is_absolute(link) for link in [*texts(channel, "link"), *texts(channel, "item/link")])
    for date in [*texts(channel, "lastBuildDate"), *texts(channel, "item/pubDate")]:
        assert RFC_822.fullmatch(date)
        assert parsedate_to_datetime(date).tzinfo is not None


@pytest.mark.parametrize("path", [path for path in FEEDS if path.endswith("atom.xml")])
def test_f3_an_atom_feed_has_what_rfc_4287_asks_for(client: Client, path: str) -> None:
    lay_out(2)
    feed = document(client, path)
    assert (feed.tag, feed.get("{http://www.w3.org/XML/1998/namespace}lang")) == (f"{ATOM}feed", "en")
    entries = feed.findall(f"{ATOM}entry")
    assert len(entries) >= 2
    for element in (feed, *entries):
        assert [len(element.findall(ATOM + name)) for name in ("id", "title", "updated")] == [1, 1, 1]
        links = [
            (link.get("rel"), is_absolute(link.get("href", ""))) for link in element.findall(f"{ATOM}link")
        ]
        assert links.count(("alternate", True)) == 1
        assert {is_good for _, is_good in links} == {True}
    assert feed.findall(f"{ATOM}author/{ATOM}name")
    own = [link.get("href") for link in feed.findall(f"{ATOM}link") if link.get("rel") == "self"]
    assert own == [SITE + path]
    ids = texts(feed, f".//{ATOM}id")
    assert len({*ids}) == len(ids)
    assert all(identity.startswith("tag:127.0.0.1,2026-") for identity in ids)
    dates = texts(feed, f".//{ATOM}updated") + texts(feed, f".//{ATOM}published")
    assert all(RFC_3339.fullmatch(date) and datetime.fromisoformat(date) <= NOW for date in dates)
    assert {len(entry.findall(f"{ATOM}content")) for entry in entries} == {1}
    assert {content.get("type") for content in feed.iter(f"{ATOM}content")} == {"html"}


def test_the_feeds_of_lists_name_themselves_and_each_has_an_identity_of_its_own(client: Client) -> None:
    lay_out()
    feeds = [document(client, path) for path in FEEDS if path.endswith("atom.xml")]
    assert [feed.findtext(f"{ATOM}title", "").split(" · ")[0] for feed in feeds] == [
        "Executive Intelligence Review",
        "Money & Credit",
        "Ledgers",
        "Ann Orley",
    ]
    assert len({feed.findtext(f"{ATOM}id") for feed in feeds}) == 4
    assert [name.text for name in feeds[1].findall(f"{ATOM}entry/{ATOM}author/{ATOM}name")] == [
        "Ann Orley",
        "Bo Lunt",
    ]


def test_f3_a_correction_moves_what_was_updated_and_nothing_else(client: Client) -> None:
    (story,) = lay_out(first_published_at=NOW - 9 * HOUR, published_at=NOW - 9 * HOUR, language="de")
    before = document(client, "/authors/ann/atom.xml").find(f"{ATOM}entry")
    Article.objects.filter(pk=story.pk).update(updated_at=NOW - HOUR, slug="elsewhere")
    after = document(client, "/authors/ann/atom.xml").find(f"{ATOM}entry")
    assert before is not None
    assert after is not None
    facts = [[entry.findtext(ATOM + name) for name in ("id", "published")] for entry in (before, after)]
    assert (
        facts[0] == facts[1] == [f"tag:127.0.0.1,2026-07-01:article-{story.pk}", "2026-07-03T06:00:00+00:00"]
    )
    moved = [entry.findtext(f"{ATOM}updated") for entry in (before, after)]
    assert moved == ["2026-07-03T06:00:00+00:00", "2026-07-03T14:00:00+00:00"]
    assert after.get("{http://www.w3.org/XML/1998/namespace}lang") == "de"


@pytest.mark.parametrize("path", FEEDS)
def test_f4_every_address_is_absolute(client: Client, path: str) -> None:
    body = (
        '<p>See <a href="/articles/other/">the other</a> and a<sup class="footnote">Quay side.</sup></p>'
        '<figure><img src="/media/pictures/quay.png" alt="A quay" width="4" height="3"></figure>'
    )
    lay_out(access=Access.FREE, body=body)
    html = client.get(path).text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"')
    addresses = re.findall(r'(?:href|src|srcset)="([^"]*)"', html)
    assert f"{SITE}/media/pictures/quay.png" in addresses
    assert [address for address in addresses if not is_absolute(address)] == []


@pytest.mark.parametrize("path", FEEDS)
@pytest.mark.parametrize("by", ["visitor", "subscriber"])
def test_f6_a_public_feed_holds_the_free_part_whoever_asks(readers: Readers, path: str, by: str) -> None:
    lay_out()
    answer = getattr(readers, by).get(path)
    assert FREE_TEXT in answer.text
    assert PAID_TEXT not in answer.text
    assert answer["Cache-Control"] == "public, max-age=60"
    assert not answer.cookies


@pytest.mark.parametrize("path", FEEDS)
def test_f5_nothing_new_is_not_sent_again(client: Client, path: str) -> None:
    lay_out()
    first = client.get(path)
    by_tag = client.get(path, headers={"if-none-match": first["ETag"]})
    by_date = client.get(path, headers={"if-modified-since": first["Last-Modified"]})
    assert (by_tag.status_code, by_date.status_code) == (304, 304)
    assert (by_tag.content, by_date.content) == (b"", b"")


@pytest.mark.parametrize("path", FEEDS)
@pytest.mark.parametrize("what", ["withdrawn", "planned end", "deleted", "renamed", "moved"])
def test_f5_w7_no_date_keeps_what_is_gone(
    client: Client, clock: time_machine.Traveller, path: str, what: str
) -> None:
    story, _ = lay_out(2, unpublish_at=NOW + HOUR if what == "planned end" else None)
    first = client.get(path)
    clock.move_to(NOW + 2 * HOUR)
    if what == "withdrawn":
        Article.objects.filter(pk=story.pk).update(state=State.KILLED, published_at=None)
    elif what == "deleted":
        story.delete()
    elif what == "renamed":
        Author.objects.update(name="Ada Quill")
        Article.objects.update(headline="Another Headline")
    elif what == "moved":
        story.topics.set([TopicFactory.create()])
        story.bylines.all().delete()
        Article.objects.filter(pk=story.pk).update(section=SectionFactory.create())
    second = client.get(path, headers={"if-modified-since": first["Last-Modified"]})
    assert second.status_code == 200
    again = client.get(path, headers={"if-modified-since": second["Last-Modified"]})
    assert again.status_code == 304


@pytest.mark.parametrize("path", FEEDS)
def test_an_empty_feed_is_valid_and_stays_the_same(
    client: Client, clock: time_machine.Traveller, path: str
) -> None:
    SectionFactory.create(slug="money")
    TopicFactory.create(slug="ledgers")
    AuthorFactory.create(slug="ann")
    first = client.get(path)
    clock.move_to(NOW + HOUR)
    assert client.get(path).content == first.content
    assert not feedparser.parse(first.content).bozo


def test_unknown_lists_and_kinds_have_no_feed(client: Client) -> None:
    lay_out()
    for path in (
        "/sections/none/rss.xml",
        "/topics/none/atom.xml",
        "/authors/none/rss.xml",
        "/topics/ledgers/x.xml",
    ):
        assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("path", "queries"), [(path, 3 if path in {"/rss.xml", "/atom.xml"} else 4) for path in FEEDS]
)
@pytest.mark.parametrize("count", [1, 30])
def test_a_feed_takes_the_same_queries_for_one_story_and_for_thirty(
    client: Client, path: str, queries: int, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    lay_out(count)
    with django_assert_num_queries(queries):
        client.get(path)


@pytest.mark.parametrize("count", [1, 30])
def test_pictures_of_all_stories_take_one_more_query(
    client: Client, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    picture = PictureFactory.create()
    figure = f'<figure><img src="{picture.file.url}" data-picture="{picture.pk}" alt="A quay"></figure>'
    lay_out(count, access=Access.FREE, body=f"<p>Ebb.</p>{figure}")
    with django_assert_num_queries(4):
        assert client.get("/rss.xml").text.count("/media/pictures/") == count


TEXT = st.text(st.characters(codec=None), max_size=200)


@given(
    entry=st.builds(
        Entry,
        guid=st.just("tag:127.0.0.1,2026-07-01:article-1"),
        title=TEXT,
        link=st.just(f"{SITE}/articles/one/"),
        html=TEXT,
        published_at=st.just(NOW),
        updated_at=st.just(NOW),
        summary=TEXT,
        authors=st.lists(TEXT, max_size=3).map(tuple),
        category=TEXT,
    ),
    name=TEXT,
    kind=st.sampled_from(Format),
)
def test_f4_no_text_whatever_breaks_a_feed(entry: Entry, name: str, kind: Format) -> None:
    written, _ = write_feed(Channel("site", name, name, "/", "/rss.xml"), [entry], kind)
    root = ET.fromstring(written.encode())  # noqa: S314 (our own)
    assert len(root.findall("channel/item") or root.findall(f"{ATOM}entry")) == 1


def test_pages_lead_to_their_feeds(client: Client) -> None:
    lay_out()
    for page in PAGES:
        html = client.get(page).text
        for kind in Format:
            assert f'<link rel="alternate" type="application/{kind}+xml"' in html
            assert f'href="{page}{kind}.xml">' in html


def test_the_page_of_feeds_lists_every_one_that_has_stories(client: Client) -> None:
    lay_out()
    Topic.objects.create(slug="bare", name="Bare")
    ArticleFactory.create(
        published_at=None,
        state=State.DRAFT,
        authors=[AuthorFactory.create(slug="secret", name="Hidden Hand")],
    )
    html = client.get("/feeds/").text
    assert [path for path in FEEDS if f'href="{path}"' not in html] == []
    assert "Bare" not in html
    assert "Hidden Hand" not in html
