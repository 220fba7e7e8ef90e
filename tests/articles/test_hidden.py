"""What is not to be seen yet, or no more, is on no surface (rules W5, W6, N5)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from articles.models import Access, Article, FormerSlug, State
from tests.factories.articles import (
    FREE_TEXT,
    NOW,
    ArticleFactory,
    AuthorFactory,
    SectionFactory,
    TopicFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

HEADLINE = "The Harbour Master Resigns Over a Bell"
MINUTE = timedelta(minutes=1)
SURFACES = (
    "/",
    "/sections/money/",
    "/topics/ledgers/",
    "/authors/ann/",
    "/articles/neighbour/",
    "/rss.xml",
    "/sitemap.xml",
    "/sitemap-stories.xml",
)
HIDDEN: dict[str, dict[str, Any]] = {
    "a draft": {"state": State.DRAFT, "published_at": None},
    "in review": {"state": State.IN_REVIEW, "published_at": None},
    "approved": {"state": State.APPROVED, "published_at": None},
    "unpublished": {"state": State.UNPUBLISHED},
    "scheduled": {"state": State.SCHEDULED, "published_at": NOW + MINUTE},
    "published for later": {"published_at": NOW + MINUTE},
    "under embargo": {"embargo_until": NOW + MINUTE},
}


def lay_out(**fields: object) -> Article:
    """A story that would stand on every surface, beside one that does."""
    about = {
        "section": SectionFactory.create(slug="money", access=Access.FREE),
        "authors": [AuthorFactory.create(slug="ann")],
        "topics": [TopicFactory.create(slug="ledgers")],
    }
    ArticleFactory.create(
        slug="neighbour", published_at=NOW - timedelta(days=1), body="<p>Seen.</p>", **about
    )
    story: Article = ArticleFactory.create(slug="hidden", headline=HEADLINE, **{**fields, **about})
    return story


def surfaces_that_show_it(client: Client) -> list[str]:
    marks = (HEADLINE, FREE_TEXT, "/articles/hidden/")
    shown = {path: client.get(path).content.decode() for path in SURFACES}
    return [path for path, page in shown.items() if any(mark in page for mark in marks)]


@pytest.mark.parametrize("fields", HIDDEN.values(), ids=HIDDEN)
def test_w5_a_hidden_story_is_nowhere(client: Client, fields: dict[str, Any]) -> None:
    story = lay_out(**fields)
    FormerSlug.objects.create(article=story, slug="older")
    assert surfaces_that_show_it(client) == []
    assert client.get("/articles/hidden/").status_code == 404
    assert client.get("/articles/older/").status_code == 404


@pytest.mark.parametrize("kind", ["scheduled", "published for later", "under embargo"])
def test_w6_it_is_everywhere_from_its_minute_on(
    client: Client, clock: time_machine.Traveller, kind: str
) -> None:
    lay_out(**HIDDEN[kind])
    clock.move_to(NOW + MINUTE)
    assert surfaces_that_show_it(client) == [path for path in SURFACES if path != "/sitemap.xml"]
    assert client.get("/articles/hidden/").status_code == 200


def test_w6_the_time_shown_is_the_newsrooms_on_both_sides_of_the_change_to_winter_time(
    client: Client, clock: time_machine.Traveller
) -> None:
    before, after = datetime(2026, 11, 1, 4, 30, tzinfo=UTC), datetime(2026, 11, 1, 7, 30, tzinfo=UTC)
    ArticleFactory.create(slug="night", published_at=NOW, updated_at=before)
    ArticleFactory.create(slug="morning", published_at=NOW, updated_at=after)
    clock.move_to(after)
    assert "November 1, 2026, 12:30 a.m. EDT" in client.get("/articles/night/").content.decode()
    assert "November 1, 2026, 2:30 a.m. EST" in client.get("/articles/morning/").content.decode()
