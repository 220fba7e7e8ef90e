"""What may be kept of a page, and by whom."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings as site
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from pytest_django.fixtures import Settings

from articles.models import Access, Article, Section
from articles.search.engines import SearchUnavailable
from articles.views import search
from tests.articles.conftest import Readers
from tests.factories.accounts import UserFactory
from tests.factories.articles import PAID_TEXT, ArticleFactory, PageFactory, SectionFactory

pytestmark = pytest.mark.django_db

PAGES = (
    "/",
    "/articles/tide/",
    "/articles/gated/",
    "/sections/money/",
    "/about/",
)
FILES = ("/rss.xml", "/sections/money/atom.xml", "/sitemap.xml", "/sitemap-stories.xml", "/news-sitemap.xml")
"""The same whoever asks."""


@pytest.fixture(autouse=True)
def stories(clock: time_machine.Traveller) -> None:
    section = SectionFactory.create(slug="money")
    ArticleFactory.create(slug="tide", access=Access.FREE, section=section)
    ArticleFactory.create(slug="gated", access=Access.SUBSCRIBERS, section=section)
    PageFactory.create(slug="about")


@pytest.mark.parametrize("path", PAGES)
def test_a_visitors_page_may_be_kept_for_a_minute_and_sets_no_cookie(client: Client, path: str) -> None:
    page = client.get(path)
    assert (page.status_code, page["Cache-Control"], page["Vary"]) == (200, "public, max-age=60", "Cookie")
    assert page.cookies == {}


@pytest.mark.parametrize("path", PAGES)
def test_a_signed_in_readers_page_is_kept_nowhere(readers: Readers, path: str) -> None:
    for client in (readers.registered, readers.subscriber):
        page = client.get(path)
        assert (page.status_code, page["Cache-Control"]) == (200, "private, no-store")
        assert "ETag" not in page


def test_who_signs_in_is_not_told_that_nothing_changed(client: Client, readers: Readers) -> None:
    seen_as_visitor = client.get("/articles/gated/")["Last-Modified"]
    since = {"if-modified-since": seen_as_visitor}
    assert client.get("/articles/gated/", headers=since).status_code == 304
    page = readers.subscriber.get("/articles/gated/", headers=since)
    assert (page.status_code, PAID_TEXT in page.text) == (200, True)


def test_a_page_that_says_you_have_signed_out_is_kept_nowhere(readers: Readers) -> None:
    page = readers.registered.post("/accounts/logout/", follow=True)
    assert "signed out" in page.text
    assert page["Cache-Control"] == "private, no-store"
    assert readers.registered.get("/")["Cache-Control"] == "public, max-age=60"


@pytest.mark.parametrize("path", PAGES)
def test_an_unchanged_page_is_not_sent_again(client: Client, path: str) -> None:
    tag = client.get(path)["ETag"]
    again = client.get(path, headers={"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")


def test_a_changed_story_is_sent_again(client: Client) -> None:
    tag = client.get("/articles/tide/")["ETag"]
    story = ArticleFactory._meta.model.objects.get(slug="tide")
    story.headline = "The Tide Turned"
    story.save()
    assert client.get("/articles/tide/", headers={"if-none-match": tag}).status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_a_page_says_since_when_it_is_as_it_is(
    client: Client, clock: time_machine.Traveller, path: str
) -> None:
    cache.clear()
    assert client.get(path)["Last-Modified"] == "Fri, 03 Jul 2026 15:00:00 GMT"
    clock.shift(timedelta(minutes=10))
    again = client.get(path)
    assert again["Last-Modified"] == "Fri, 03 Jul 2026 15:00:00 GMT"
    same = client.get(path, headers={"if-modified-since": again["Last-Modified"]})
    older = client.get(path, headers={"if-modified-since": "Fri, 03 Jul 2026 14:59:59 GMT"})
    assert (same.status_code, older.status_code) == (304, 200)


def test_the_colours_are_a_stylesheet_of_their_own(client: Client) -> None:
    sheet = client.get("/theme.css")
    assert (sheet["Content-Type"], sheet.content.decode()) == (
        "text/css",
        ":root{--accent-light:#8a1c1c;--accent-dark:#f0a59b}",
    )


@pytest.mark.parametrize("path", FILES)
@pytest.mark.parametrize("who", ["visitor", "registered", "subscriber"])
def test_a_file_is_the_same_for_everyone_and_may_be_kept_for_a_minute(
    readers: Readers, path: str, who: str
) -> None:
    visitors, theirs = readers.visitor.get(path), getattr(readers, who).get(path)
    assert (theirs.status_code, theirs["Cache-Control"]) == (200, "public, max-age=60")
    assert theirs.content == visitors.content
    assert not theirs.cookies
    assert "Vary" not in theirs


@pytest.fixture
def _meters(settings: Settings) -> None:
    settings.METER_VISITOR, settings.METER_REGISTERED, settings.PASS_SECONDS = 2, 4, 60


@pytest.mark.usefixtures("_meters")
def test_a_pass_that_outlives_its_session_makes_no_page_public(client: Client) -> None:
    client.force_login(UserFactory.create())
    assert PAID_TEXT in client.get("/articles/gated/").text
    Session.objects.all().delete()
    cache.clear()
    page = client.get("/articles/gated/")
    assert (PAID_TEXT in page.text, page["Cache-Control"]) == (True, "private, no-store")


def test_a_page_that_takes_back_the_cookie_of_an_ended_session_is_not_public(client: Client) -> None:
    client.cookies[site.SESSION_COOKIE_NAME] = "x" * 32
    page = client.get("/")
    assert (list(page.cookies), page["Cache-Control"]) == ([site.SESSION_COOKIE_NAME], "private, no-store")


def test_a_failing_page_is_not_kept(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*args: object, **kwargs: object) -> None:
        raise SearchUnavailable

    monkeypatch.setattr(search, "find_stories", away)
    page = client.get("/search/?q=tide")
    assert (page.status_code, page["Cache-Control"]) == (503, "no-store")


@pytest.mark.parametrize("end", ["", "print/"])
def test_whoever_compares_by_date_alone_learns_that_a_story_was_closed(
    client: Client, clock: time_machine.Traveller, end: str
) -> None:
    section = Section.objects.get()
    Article.objects.filter(slug="tide").update(access="")
    Section.objects.update(access=Access.FREE)
    before = client.get(f"/articles/tide/{end}")
    assert PAID_TEXT in before.text
    section.access = Access.SUBSCRIBERS
    section.save()
    clock.shift(timedelta(minutes=2))
    after = client.get(f"/articles/tide/{end}", headers={"If-Modified-Since": before["Last-Modified"]})
    assert (after.status_code, PAID_TEXT in after.text) == (200, False)


def test_made_up_queries_leave_nothing_in_the_cache(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    client.get("/rss.xml")
    kept: list[str] = []
    monkeypatch.setattr(cache, "set", lambda key, *args: kept.append(key))
    client.get("/rss.xml?x=1")
    assert [key for key in kept if key.startswith("content-since")] == []
