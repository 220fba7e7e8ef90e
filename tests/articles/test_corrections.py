"""Corrections: under the story, on a page of their own, and for machines (rules W8, F3, N7)."""

import json
from datetime import timedelta
from typing import Any

import feedparser
import pytest
import time_machine
from bs4 import BeautifulSoup
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from articles.models import Article, Correction
from editorial.actions import correct_article, kill_article, place_article
from tests.articles.conftest import Readers
from tests.factories.accounts import StaffFactory
from tests.factories.articles import NOW, ArticleFactory, PageFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

SITE = "http://127.0.0.1:8000"
HOUSE = "Executive Intelligence Review"
NOTICE = "The bell weighs four tons, not <forty>."
REASON = "A slip in the notebook."


def correct(story: Article, notice: str = NOTICE, *, minutes: int = 0, name: str = "Ida Lindqvist") -> None:
    """Correct a story; `minutes` after `NOW`."""
    correction = Correction.objects.create(
        article=story,
        notice=notice,
        reason=REASON,
        by=StaffFactory.create(name=name),
        at=NOW + timedelta(minutes=minutes),
    )
    correction.by_label = str(correction.by)
    correction.save()


def page_of(client: Client, path: str = "/corrections/") -> BeautifulSoup:
    return BeautifulSoup(client.get(path).content, "html.parser")


def words(page: BeautifulSoup, selector: str) -> list[str]:
    return [" ".join(found.get_text().split()) for found in page.select(selector)]


def facts(client: Client, path: str) -> Any:
    (script,) = page_of(client, path).select('script[type="application/ld+json"]')
    return json.loads(script.get_text())


class TestUnderTheStory:
    def test_w8_it_shows_what_was_wrong_when_it_was_said_and_by_whom(self, client: Client) -> None:
        correct(ArticleFactory.create(slug="bell"))
        page = page_of(client, "/articles/bell/")
        assert words(page, "#corrections > *") == [
            "Correction",
            f"{NOTICE} July 3, 2026, 11:00 a.m. EDT · Ida Lindqvist",
        ]
        assert words(page, '.article__dates a[href="#corrections"]') == ["Corrected"]
        assert REASON not in page.get_text()

    @pytest.mark.parametrize("name", ["", "ida@example.org"])
    def test_no_address_is_shown_for_a_person_without_a_name(self, client: Client, name: str) -> None:
        correct(ArticleFactory.create(slug="bell"), name=name)
        for path in ("/articles/bell/", "/corrections/"):
            assert words(page_of(client, path), ".correction .meta")[0].endswith(f" · {HOUSE}")
            assert "@example.org" not in client.get(path).text

    def test_a_persons_address_does_not_come_back_when_their_account_is_deleted(self, client: Client) -> None:
        correct(ArticleFactory.create(slug="bell"), name="")
        Correction.objects.get().by.delete()  # type: ignore[union-attr]
        assert words(page_of(client, "/articles/bell/"), ".correction .meta")[0].endswith(f" · {HOUSE}")

    def test_several_stand_the_newest_first(self, client: Client) -> None:
        story = ArticleFactory.create(slug="bell")
        correct(story, "First.")
        correct(story, "Second.", minutes=5)
        page = page_of(client, "/articles/bell/")
        assert words(page, "#corrections h2") == ["Corrections"]
        assert words(page, ".correction p:first-child") == ["Second.", "First."]

    def test_a_story_without_any_has_no_room_for_them(self, client: Client) -> None:
        ArticleFactory.create(slug="bell")
        assert page_of(client, "/articles/bell/").select("#corrections, .article__dates a") == []

    def test_the_notice_of_a_gated_story_is_for_everyone(self, readers: Readers) -> None:
        correct(ArticleFactory.create(slug="bell"))
        assert [
            words(page_of(client, "/articles/bell/"), ".correction p:first-child")
            for client in (readers.visitor, readers.registered, readers.subscriber)
        ] == [[NOTICE]] * 3


class TestForMachines:
    def test_json_ld_has_the_notices(self, client: Client) -> None:
        correct(ArticleFactory.create(slug="bell"))
        assert facts(client, "/articles/bell/")["correction"] == [
            {
                "@type": "CorrectionComment",
                "text": NOTICE,
                "datePublished": "2026-07-03T15:00:00+00:00",
            }
        ]

    def test_f3_a_correction_moves_updated_and_nothing_else(
        self, client: Client, clock: time_machine.Traveller
    ) -> None:
        story = ArticleFactory.create(slug="bell", published_at=NOW - timedelta(days=2))
        before, was = feedparser.parse(client.get("/rss.xml").content), facts(client, "/articles/bell/")
        clock.shift(timedelta(hours=1))
        correct_article(article=story, by=None, at=NOW + timedelta(hours=1), notice=NOTICE, reason=REASON)
        after, is_now = feedparser.parse(client.get("/rss.xml").content), facts(client, "/articles/bell/")
        told = [(feed.entries[0].id, feed.entries[0].published) for feed in (before, after)]
        assert told[0] == told[1]
        assert (before.feed.updated, after.feed.updated) == (
            "Wed, 01 Jul 2026 15:00:00 +0000",
            "Fri, 03 Jul 2026 16:00:00 +0000",
        )
        assert (was["datePublished"], was["dateModified"]) == ("2026-07-01T15:00:00+00:00",) * 2
        assert (is_now["datePublished"], is_now["dateModified"]) == (
            "2026-07-01T15:00:00+00:00",
            "2026-07-03T16:00:00+00:00",
        )
        assert "<lastmod>2026-07-03</lastmod>" in client.get("/sitemap-stories.xml").text
        assert words(page_of(client, "/articles/bell/"), ".article__dates time") == [
            "July 1, 2026",
            "July 3, 2026, 12:00 p.m. EDT",
        ]

    def test_a_story_published_once_more_keeps_its_first_date(self, client: Client) -> None:
        ArticleFactory.create(slug="bell", first_published_at=NOW - timedelta(days=9))
        page = page_of(client, "/articles/bell/")
        assert words(page, ".article__dates time") == ["June 24, 2026"]
        told = [tag["content"] for tag in page.select('meta[property="article:published_time"]')]
        assert told == ["2026-06-24T11:00:00-04:00"]

    def test_the_sitemap_knows_the_page_and_its_newest_notice(self, client: Client) -> None:
        assert "<lastmod>" not in client.get("/sitemap-corrections.xml").text
        correct(ArticleFactory.create())
        told = client.get("/sitemap-corrections.xml").text
        assert f"<loc>{SITE}/corrections/</loc><lastmod>2026-07-03</lastmod>" in told


class TestThePageOfCorrections:
    def test_the_newest_stands_first_and_leads_to_its_story(self, client: Client) -> None:
        correct(ArticleFactory.create(slug="bell", headline="The Bell"), "Old.")
        correct(ArticleFactory.create(slug="rope", headline="The Rope"), "New.", minutes=1)
        page = page_of(client)
        links = [(tag["href"], tag.get_text()) for tag in page.select(".corrections-list h2 a")]
        assert links == [("/articles/rope/", "The Rope"), ("/articles/bell/", "The Bell")]
        assert words(page, ".correction p:first-child") == ["New.", "Old."]

    def test_the_notice_of_a_withdrawn_story_stays_without_its_headline(self, client: Client) -> None:
        story = ArticleFactory.create(slug="bell", headline="The Bell Was Sold")
        correct(story)
        kill_article(article=story, by=None, at=NOW, reason="It was not.", notice="Untrue.")
        page = page_of(client)
        assert words(page, ".corrections-list h2") == ["A story that is no longer published"]
        assert words(page, ".correction p:first-child") == [NOTICE]
        assert page.select(".corrections-list a") == []
        assert "Bell Was Sold" not in page.get_text()

    def test_w5_nothing_is_said_of_a_story_before_its_embargo_lifts(
        self, client: Client, clock: time_machine.Traveller
    ) -> None:
        story = ArticleFactory.create(slug="bell")
        correct(story)
        place_article(article=story, by=None, at=NOW, embargo_until=NOW + timedelta(hours=1))
        assert words(page_of(client), ".correction") == []
        assert "<lastmod>" not in client.get("/sitemap-corrections.xml").text
        clock.move_to(NOW + timedelta(hours=1))
        assert words(page_of(client), ".corrections-list h2") == [story.headline]

    def test_no_standing_page_takes_its_address(self, client: Client) -> None:
        PageFactory.create(slug="corrections", title="Something Else")
        assert words(page_of(client), "h1") == ["Corrections"]

    def test_every_page_leads_there(self, client: Client) -> None:
        assert words(page_of(client, "/"), '.colophon a[href="/corrections/"]') == ["Corrections"]

    def test_an_empty_page_says_so(self, client: Client) -> None:
        assert words(page_of(client), ".narrow > p") == ["No story had to be corrected yet."]

    def test_older_ones_are_on_further_pages(self, client: Client) -> None:
        story = ArticleFactory.create()
        for number in range(25):
            correct(story, f"Notice {number}.", minutes=number)
        assert words(page_of(client, "/corrections/?page=2"), ".correction p:first-child") == [
            f"Notice {number}." for number in (4, 3, 2, 1, 0)
        ]
        assert words(page_of(client), ".pages a") == ["Older corrections"]

    @pytest.mark.parametrize("count", [1, 20])
    def test_it_takes_the_same_queries_for_one_and_for_twenty(
        self, count: int, client: Client, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        for _ in range(count):
            correct(ArticleFactory.create())
        with django_assert_num_queries(5):
            assert client.get("/corrections/").status_code == 200
