"""What machines are told about a story (rules P1 to P3)."""

import json
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.test import Client
from jsonschema import Draft202012Validator

from articles.cards import card_of
from articles.models import Access, AccessRule
from articles.models.access import KEPT_RULES
from articles.structured import as_script, news_article, shorten
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


def facts(client: Client) -> Any:
    page = BeautifulSoup(client.get("/articles/tide/").content, "html.parser")
    (script,) = page.select('script[type="application/ld+json"]')
    return json.loads(script.get_text())


@pytest.mark.parametrize(
    ("access", "is_free"), [(Access.FREE, True), (Access.REGISTERED, False), (Access.SUBSCRIBERS, False)]
)
def test_p1_a_gated_story_says_that_it_is_not_free(client: Client, access: str, is_free: bool) -> None:
    ArticleFactory.create(slug="tide", access=access)
    assert facts(client)["isAccessibleForFree"] is is_free


def test_p2_paid_text_is_withheld_so_no_part_is_declared(readers: Readers) -> None:
    ArticleFactory.create(slug="tide")
    for client in (readers.visitor, readers.subscriber):
        assert "hasPart" not in facts(client)


def test_p3_it_is_described_by_its_free_part(readers: Readers) -> None:
    ArticleFactory.create(slug="tide", standfirst="")
    for client in (readers.visitor, readers.registered, readers.subscriber):
        told = facts(client)
        assert told["description"] == FREE_TEXT
        assert PAID_TEXT not in json.dumps(told)


def test_all_that_is_told(client: Client) -> None:
    story = ArticleFactory.create(
        slug="tide",
        headline="The Tide Turns",
        standfirst="Twice a day.",
        section=SectionFactory.create(name="Science"),
        topics=[TopicFactory.create(name="Water")],
        authors=[AuthorFactory.create(name="Ann Orley", slug="ann")],
        dateline_place="Vastholm",
        published_at=NOW,
    )
    publisher = {"@type": "NewsMediaOrganization", "name": "Executive Intelligence Review", "url": f"{SITE}/"}
    assert facts(client) == {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "mainEntityOfPage": f"{SITE}/articles/tide/",
        "headline": "The Tide Turns",
        "description": "Twice a day.",
        "inLanguage": "en",
        "articleSection": "Science",
        "keywords": ["Water"],
        "datePublished": "2026-07-03T15:00:00+00:00",
        "dateModified": "2026-07-03T15:00:00+00:00",
        "dateline": "Vastholm",
        "author": [{"@type": "Person", "name": "Ann Orley", "url": f"{SITE}/authors/ann/"}],
        "publisher": publisher,
        "image": [f"{SITE}/cards/tide-{card_of(story).digest}.png"],
        "isAccessibleForFree": False,
    }


def test_no_headline_ends_the_script(client: Client) -> None:
    headline = "</script><script>alert(1)</script> & <!-- more"
    ArticleFactory.create(slug="tide", headline=headline)
    assert facts(client)["headline"] == headline
    assert "alert(1)</script>" not in client.get("/articles/tide/").content.decode()


def test_the_json_holds_no_character_that_html_or_javascript_would_read() -> None:
    assert as_script({"a": "<>&\u2028\u2029"}) == '{"a": "\\u003C\\u003E\\u0026\\u2028\\u2029"}'


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Short.", "Short."),
        ("Two\n\nparagraphs.", "Two paragraphs."),
        ("word " * 60, "word " * 39 + "word…"),
    ],
)
def test_long_text_is_shortened_between_words(text: str, line: str) -> None:
    assert shorten(text) == line


def test_it_is_what_google_asks_of_a_news_article(client: Client) -> None:
    schema = json.loads(Path(__file__).with_name("news_article.schema.json").read_text(encoding="utf-8"))
    asked = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    full = {"authors": [AuthorFactory.create()], "topics": [TopicFactory.create()], "updated_at": NOW}
    story = ArticleFactory.create(slug="tide", lead_picture=PictureFactory.create(), **full)
    story.corrections.create(notice="Four.", reason="A slip.", by_label="Ann", at=NOW)
    bare = ArticleFactory.create(
        slug="bare", standfirst="", access=Access.FREE, canonical_url="https://a.example/x"
    )
    for told in (news_article(story, at=NOW), news_article(bare, at=NOW)):
        assert [error.message for error in asked.iter_errors(told)] == []
    paid_in_page = news_article(story, at=NOW) | {"hasPart": {}}
    assert [error.validator for error in asked.iter_errors(paid_in_page)] == ["additionalProperties"]


def test_a_rule_of_access_is_told_too(client: Client) -> None:
    section = SectionFactory.create(access=Access.SUBSCRIBERS)
    ArticleFactory.create(slug="tide", section=section)
    assert facts(client)["isAccessibleForFree"] is False
    cache.delete(KEPT_RULES)
    AccessRule.objects.create(name="Open", access=Access.FREE, section=section, position=1)
    assert facts(client)["isAccessibleForFree"] is True
    cache.delete(KEPT_RULES)


def test_a_lead_picture_stands_before_the_card(client: Client) -> None:
    story = ArticleFactory.create(slug="tide", lead_picture=PictureFactory.create(file="q.png"))
    assert facts(client)["image"] == [f"{SITE}/media/q.png", f"{SITE}/cards/tide-{card_of(story).digest}.png"]
