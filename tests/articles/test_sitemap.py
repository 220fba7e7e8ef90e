"""The sitemaps: what search engines should know, with true times (rules N5, N7)."""

import xml.etree.ElementTree as ET
from datetime import timedelta

import pytest
from django.test import Client

from tests.factories.articles import NOW, ArticleFactory, PageFactory, SectionFactory

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


def test_standing_pages_are_known(client: Client) -> None:
    PageFactory.create(slug="about")
    assert entries(client, "/sitemap-pages.xml") == [(f"{SITE}/about/", "2026-07-03")]


def test_an_empty_magazine_has_valid_sitemaps(client: Client) -> None:
    assert client.get("/sitemap.xml").status_code == 200
    assert entries(client, "/sitemap-stories.xml") == []


def test_robots_find_the_sitemap_and_keep_out_of_accounts(client: Client) -> None:
    rules = client.get("/robots.txt").content.decode().splitlines()
    assert rules[-1] == f"Sitemap: {SITE}/sitemap.xml"
    assert "Disallow: /account/" in rules
