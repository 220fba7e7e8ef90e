"""What may be kept of a page, and by whom."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from articles.models import Access
from tests.articles.conftest import Readers
from tests.factories.articles import NOW, PAID_TEXT, ArticleFactory, PageFactory, SectionFactory

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


def test_a_story_says_when_it_last_changed(client: Client) -> None:
    ArticleFactory.create(
        slug="late", changed_at=NOW - timedelta(days=3), embargo_until=NOW - timedelta(minutes=5)
    )
    page = client.get("/articles/late/")
    assert page["Last-Modified"] == "Fri, 03 Jul 2026 14:55:00 GMT"
    since = {"if-modified-since": "Fri, 03 Jul 2026 14:55:00 GMT"}
    assert client.get("/articles/late/", headers=since).status_code == 304


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
