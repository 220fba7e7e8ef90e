"""The sitemap for Google News (rules N1 to N6)."""

import xml.etree.ElementTree as ET
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from articles.models import Article, State
from articles.views import news_sitemap
from articles.views.news_sitemap import news_language
from tests.factories.articles import NOW, ArticleFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

SITE = "http://127.0.0.1:8000"
MAPS = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def root(client: Client, path: str = "/news-sitemap.xml") -> ET.Element:
    answer = client.get(path)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/xml")
    return ET.fromstring(answer.content)  # noqa: S314 (our own)


def slugs(client: Client, path: str = "/news-sitemap.xml") -> list[str]:
    return [loc.text.split("/")[-2] for loc in root(client, path).findall(f"{MAPS}url/{MAPS}loc") if loc.text]


def test_n4_each_story_has_all_that_google_asks_for(client: Client) -> None:
    ArticleFactory.create(slug="ropes", headline="Ropes & <Sons>\x0b", language="pt-BR")
    urlset = root(client)
    assert urlset.tag == f"{MAPS}urlset"
    (url,) = urlset
    assert [child.tag for child in url] == [f"{MAPS}loc", f"{NEWS}news"]
    facts = [(node.tag.removeprefix(NEWS), (node.text or "").strip()) for node in url[1].iter()]
    assert (url.findtext(f"{MAPS}loc"), facts) == (
        f"{SITE}/articles/ropes/",
        [
            ("news", ""),
            ("publication", ""),
            ("name", "Executive Intelligence Review"),
            ("language", "pt"),
            ("publication_date", "2026-07-03T08:00:00-04:00"),
            ("title", "Ropes & <Sons>"),
        ],
    )


def test_n1_it_holds_the_last_two_days_by_first_publication(client: Client) -> None:
    for slug, appeared in {"new": NOW - MINUTE, "just": NOW - 2 * DAY + MINUTE, "old": NOW - 2 * DAY}.items():
        ArticleFactory.create(slug=slug, published_at=appeared)
    ArticleFactory.create(slug="revived", published_at=NOW - MINUTE, first_published_at=NOW - 3 * DAY)
    assert slugs(client) == ["new", "just"]


def test_n4_the_date_is_the_original_one_whatever_is_edited(client: Client) -> None:
    story = ArticleFactory.create(first_published_at=NOW - DAY)
    date = f"{MAPS}url/{NEWS}news/{NEWS}publication_date"
    before = root(client).findtext(date, "")
    Article.objects.filter(pk=story.pk).update(updated_at=NOW, changed_at=NOW, published_at=NOW - MINUTE)
    assert root(client).findtext(date) == before
    assert datetime.fromisoformat(before) == NOW - DAY


@pytest.mark.parametrize(
    "fields",
    [
        {"embargo_until": NOW + MINUTE},
        {"published_at": NOW + MINUTE, "state": State.SCHEDULED, "scheduled_for": NOW + MINUTE},
        {"published_at": NOW + MINUTE, "first_published_at": NOW - DAY},
        {"published_at": None, "state": State.UNPUBLISHED, "first_published_at": NOW - DAY},
        {"published_at": None, "state": State.KILLED, "first_published_at": NOW - DAY},
        {"unpublish_at": NOW},
        {"published_at": None, "state": State.DRAFT},
        {"canonical_url": "https://elsewhere.example/story/"},
    ],
    ids=["embargo", "scheduled", "scheduled again", "unpublished", "killed", "ended", "draft", "canonical"],
)
def test_n5_nothing_that_is_hidden_or_stands_elsewhere(client: Client, fields: dict[str, Any]) -> None:
    ArticleFactory.create(slug="hidden", **fields)
    ArticleFactory.create(slug="seen")
    assert slugs(client) == slugs(client, "/news-sitemap-1.xml") == ["seen"]


def test_n2_n3_more_than_one_file_takes_stand_in_parts_at_the_same_address(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert news_sitemap.PART_LENGTH == 1000
    monkeypatch.setattr(news_sitemap, "PART_LENGTH", 2)
    for number in range(5):
        ArticleFactory.create(slug=f"s-{number}", published_at=NOW - (number + 1) * MINUTE)
    index = root(client)
    assert index.tag == f"{MAPS}sitemapindex"
    parts = [loc.text or "" for loc in index.iter(f"{MAPS}loc")]
    assert parts == [f"{SITE}/news-sitemap-{part}.xml" for part in (1, 2, 3)]
    found = [slugs(client, part.removeprefix(SITE)) for part in parts]
    assert found == [["s-0", "s-1"], ["s-2", "s-3"], ["s-4"]]
    assert [client.get(f"/news-sitemap-{part}.xml").status_code for part in (0, 4)] == [404, 404]


def test_n6_an_empty_file_is_valid(client: Client) -> None:
    for path in ("/news-sitemap.xml", "/news-sitemap-1.xml"):
        urlset = root(client, path)
        assert (urlset.tag, len(urlset)) == (f"{MAPS}urlset", 0)


@pytest.mark.parametrize(
    ("code", "language"),
    [
        ("en", "en"),
        ("pt-BR", "pt"),
        ("de_AT", "de"),
        ("zh", "zh-cn"),
        ("zh-Hans", "zh-cn"),
        ("zh-CN", "zh-cn"),
        ("zh-TW", "zh-tw"),
        ("zh-Hant-HK", "zh-tw"),
        ("yue", "yue"),
    ],
)
def test_n4_languages_are_named_as_google_does(code: str, language: str) -> None:
    assert news_language(code) == language


@pytest.mark.parametrize("count", [1, 30])
def test_it_takes_one_query_for_one_story_and_for_thirty(
    client: Client, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(count):
        ArticleFactory.create()
    with django_assert_num_queries(1):
        assert len(slugs(client)) == count


def test_it_may_be_kept_a_minute_and_is_not_sent_again_unchanged(
    client: Client, clock: time_machine.Traveller
) -> None:
    ArticleFactory.create()
    first = client.get("/news-sitemap.xml")
    assert first["Cache-Control"] == "public, max-age=60"
    again = client.get("/news-sitemap.xml", headers={"if-none-match": first["ETag"]})
    assert again.status_code == 304
    clock.move_to(NOW + 2 * DAY)
    assert client.get("/news-sitemap.xml", headers={"if-none-match": first["ETag"]}).status_code == 200
