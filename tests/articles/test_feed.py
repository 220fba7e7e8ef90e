"""The RSS feed (rules F1, F2, F4, F5, F6)."""

from datetime import timedelta
from typing import Any

import feedparser
import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from articles.models import Access, Article
from tests.factories.articles import FREE_TEXT, NOW, PAID_TEXT, ArticleFactory, AuthorFactory, SectionFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

SITE = "http://127.0.0.1:8000"


def feed(client: Client) -> Any:
    answer = client.get("/rss.xml")
    assert answer.status_code == 200
    parsed = feedparser.parse(answer.content)
    assert not parsed.bozo
    return parsed


def test_f1_the_channel_names_itself_and_its_items(client: Client) -> None:
    ArticleFactory.create(
        headline="Ropes & Sons <of> Quill", authors=[AuthorFactory.create(name="Ann Orley")]
    )
    parsed = feed(client)
    assert parsed.version == "rss20"
    channel = (parsed.feed.title, parsed.feed.link, parsed.feed.description)
    assert channel == (
        "Executive Intelligence Review",
        f"{SITE}/",
        "A weekly of economics, science and the things nations build",
    )
    assert [(item.title, item.author) for item in parsed.entries] == [
        ("Ropes & Sons <of> Quill", "Ann Orley")
    ]


def test_f2_the_guid_survives_a_change_of_address(client: Client) -> None:
    story: Article = ArticleFactory.create()
    before = feed(client).entries[0]
    Article.objects.filter(pk=story.pk).update(slug="elsewhere", updated_at=NOW)
    after = feed(client).entries[0]
    assert before.id == after.id == f"tag:127.0.0.1,2026-07-01:article-{story.pk}"
    assert not before.guidislink
    assert (before.link, after.link) == (f"{SITE}/articles/{story.slug}/", f"{SITE}/articles/elsewhere/")


def test_f2_the_date_is_that_of_first_publication_with_its_zone(client: Client) -> None:
    ArticleFactory.create(published_at=NOW - timedelta(hours=1), first_published_at=NOW - timedelta(days=2))
    assert feed(client).entries[0].published == "Wed, 01 Jul 2026 15:00:00 +0000"


def test_f4_addresses_are_absolute_and_characters_those_of_xml(client: Client) -> None:
    body = (
        '<p>See <a href="/articles/other/">the other</a>.</p>'
        '<figure><img src="/media/pictures/quay.png" alt="A quay" width="4" height="3"></figure>'
    )
    ArticleFactory.create(access=Access.FREE, headline="Bell\x0b and Book", body=body, standfirst="")
    answer = client.get("/rss.xml")
    assert answer["Content-Type"] == "application/rss+xml; charset=utf-8"
    item = feed(client).entries[0]
    assert item.title == "Bell and Book"
    assert f'href="{SITE}/articles/other/"' in item.description
    assert f'src="{SITE}/media/pictures/quay.png"' in item.description
    assert '="/' not in item.description


def test_f4_no_name_breaks_the_feed(client: Client) -> None:
    section, author = SectionFactory.create(name="Sea\x0bs"), AuthorFactory.create(name="Ada\x1f Lunt")
    ArticleFactory.create(
        section=section, authors=[author], standfirst="Low\x0b tide.", body="<p>Ebb.\x0b</p>"
    )
    entry = feed(client).entries[0]
    assert (entry.author, entry.tags[0].term) == ("Ada Lunt", "Seas")


def test_f5_an_unchanged_feed_is_not_sent_again(client: Client) -> None:
    ArticleFactory.create()
    first = client.get("/rss.xml")
    by_tag = client.get("/rss.xml", headers={"if-none-match": first["ETag"]})
    by_date = client.get("/rss.xml", headers={"if-modified-since": first["Last-Modified"]})
    assert (by_tag.status_code, by_date.status_code) == (304, 304)
    ArticleFactory.create(published_at=NOW - timedelta(minutes=1))
    assert client.get("/rss.xml", headers={"if-none-match": first["ETag"]}).status_code == 200


@pytest.mark.parametrize("access", [Access.REGISTERED, Access.SUBSCRIBERS])
def test_f6_a_gated_story_gives_its_free_part(client: Client, access: str) -> None:
    ArticleFactory.create(access=access, standfirst="A ledger, and who wrote it.")
    description = feed(client).entries[0].description
    assert FREE_TEXT in description
    assert "A ledger, and who wrote it." in description
    assert PAID_TEXT not in description


def test_f6_a_free_story_gives_its_whole(client: Client) -> None:
    ArticleFactory.create(access=Access.FREE)
    assert PAID_TEXT in feed(client).entries[0].description


@pytest.mark.parametrize("count", [1, 30])
def test_the_feed_takes_the_same_queries_for_one_story_and_for_thirty(
    count: int, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(count):
        ArticleFactory.create(authors=[AuthorFactory.create()])
    with django_assert_num_queries(3):
        assert len(feed(client).entries) == count
