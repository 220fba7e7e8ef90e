"""The sitemaps: what search engines should know, with true times (rules N5, N7)."""

import xml.etree.ElementTree as ET
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from articles.models import Article, State
from articles.sitemaps import SITEMAPS, StorySitemap
from tests.factories.articles import (
    NOW,
    ArticleFactory,
    AuthorFactory,
    PageFactory,
    SectionFactory,
    TopicFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

SITE = "http://127.0.0.1:8000"


def entries(client: Client, path: str) -> list[tuple[str, str]]:
    found = ET.fromstring(client.get(path).content)  # noqa: S314 (our own)
    return [(entry.findtext("{*}loc", ""), entry.findtext("{*}lastmod", "")) for entry in found]


def test_the_index_names_every_part_with_its_newest_change(client: Client) -> None:
    ArticleFactory.create()
    PageFactory.create()
    parts = entries(client, "/sitemap.xml")
    assert [(address.rsplit("/", 1)[1], changed) for address, changed in parts] == [
        ("sitemap-stories.xml", "2026-07-03T08:00:00-04:00"),
        ("sitemap-sections.xml", "2026-07-03T08:00:00-04:00"),
        ("sitemap-topics.xml", ""),
        ("sitemap-authors.xml", ""),
        ("sitemap-pages.xml", "2026-07-03T11:00:00-04:00"),
        ("sitemap-corrections.xml", ""),
    ]


def test_n7_a_story_changed_when_it_was_updated(client: Client) -> None:
    ArticleFactory.create(
        slug="old", published_at=NOW - timedelta(days=5), updated_at=NOW - timedelta(days=1)
    )
    ArticleFactory.create(slug="new", published_at=NOW - timedelta(days=2))
    assert entries(client, "/sitemap-stories.xml") == [
        (f"{SITE}/articles/new/", "2026-07-01"),
        (f"{SITE}/articles/old/", "2026-07-02"),
    ]


def test_n5_a_story_that_belongs_to_another_site_is_left_out(client: Client) -> None:
    ArticleFactory.create(canonical_url="https://elsewhere.example/story/")
    assert entries(client, "/sitemap-stories.xml") == []


def test_a_section_changed_with_its_newest_visible_story(client: Client) -> None:
    money, _without_stories = SectionFactory.create(slug="money"), SectionFactory.create(slug="bare")
    ArticleFactory.create(section=money, published_at=NOW - timedelta(days=2))
    ArticleFactory.create(section=money, published_at=NOW + timedelta(days=2))
    assert entries(client, "/sitemap-sections.xml") == [(f"{SITE}/sections/money/", "2026-07-01")]


def test_a_topic_and_an_author_are_known_once_the_public_can_see_a_story_of_theirs(client: Client) -> None:
    topic, author = TopicFactory.create(slug="ledgers"), AuthorFactory.create(slug="ann")
    TopicFactory.create(slug="bare")
    ArticleFactory.create(topics=[topic], authors=[author], published_at=NOW - timedelta(days=2))
    hidden = {"topics": [TopicFactory.create(slug="secret")], "authors": [AuthorFactory.create(slug="hand")]}
    ArticleFactory.create(embargo_until=NOW + timedelta(minutes=1), **hidden)
    assert entries(client, "/sitemap-topics.xml") == [(f"{SITE}/topics/ledgers/", "2026-07-01")]
    assert entries(client, "/sitemap-authors.xml") == [(f"{SITE}/authors/ann/", "2026-07-01")]


def test_n7_a_long_sitemap_goes_on_in_further_files(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(StorySitemap, "limit", 2)
    for number in range(3):
        ArticleFactory.create(slug=f"s-{number}", published_at=NOW - timedelta(hours=number + 1))
    first, second = [address for address, _ in entries(client, "/sitemap.xml") if "stories" in address]
    assert (first, second) == (f"{SITE}/sitemap-stories.xml", f"{SITE}/sitemap-stories.xml?p=2")
    listed = [entries(client, address.removeprefix(SITE)) for address in (first, second)]
    assert [[address.split("/")[-2] for address, _ in part] for part in listed] == [["s-0", "s-1"], ["s-2"]]
    assert all(sitemap().limit <= 50_000 for sitemap in SITEMAPS.values())


def test_w7_no_date_keeps_a_withdrawn_story_in_a_sitemap(
    client: Client, clock: time_machine.Traveller
) -> None:
    cache.clear()
    ArticleFactory.create(published_at=NOW - timedelta(days=1))
    newest = ArticleFactory.create()
    first = client.get("/sitemap-stories.xml")
    since = {"if-modified-since": first["Last-Modified"]}
    assert client.get("/sitemap-stories.xml", headers=since).status_code == 304
    clock.move_to(NOW + timedelta(hours=1))
    Article.objects.filter(pk=newest.pk).update(state=State.KILLED, published_at=None)
    assert client.get("/sitemap-stories.xml", headers=since).status_code == 200


def test_standing_pages_are_known(client: Client) -> None:
    PageFactory.create(slug="about")
    assert entries(client, "/sitemap-pages.xml") == [(f"{SITE}/about/", "2026-07-03")]


def test_an_empty_magazine_has_valid_sitemaps(client: Client) -> None:
    assert client.get("/sitemap.xml").status_code == 200
    assert entries(client, "/sitemap-stories.xml") == []


def test_robots_find_the_sitemap_and_keep_out_of_accounts(client: Client) -> None:
    rules = client.get("/robots.txt").content.decode().splitlines()
    assert rules[-2:] == [f"Sitemap: {SITE}/news-sitemap.xml", f"Sitemap: {SITE}/sitemap.xml"]
    assert "Disallow: /account/" in rules
    tokens = ["/feeds/", "/articles/*/open/"]
    assert [path for path in tokens if f"Disallow: {path}" not in rules] == []
    assert "Allow: /feeds/$" in rules  # the page that lists the public feeds (RFC 9309, 2.2.3)
    assert [line for line in rules if "gift" in line or "letter" in line] == []  # they say noindex themselves
