"""What is not to be seen yet, or no more, is on no surface (rules W5, W6, W7, N5)."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote_plus

import pytest
import time_machine
from django.test import Client

from articles.actions.search_index import index_stories
from articles.models import Access, Article, FormerSlug, State
from articles.surfaces import surfaces_of
from newsletters.actions import compile_edition
from newsletters.models import Edition
from tests.articles.conftest import Readers
from tests.factories.articles import (
    FREE_TEXT,
    NOW,
    PAID_TEXT,
    ArticleFactory,
    AuthorFactory,
    SectionFactory,
    TopicFactory,
)
from tests.factories.newsletters import make_edition, weekly

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

HEADLINE = "The Harbour Master Resigns Over a Bell"
STANDFIRST = "It rang at slack water, and nobody had pulled the rope."
MARKS = (HEADLINE, STANDFIRST, FREE_TEXT, PAID_TEXT, "/articles/hidden/")
MINUTE = timedelta(minutes=1)

SHOWING = [
    "/newsletters/weekly/2026-07-03/",
    "/",
    "/articles/neighbour/",
    "/sections/money/",
    "/topics/ledgers/",
    "/authors/ann/",
    "/rss.xml",
    "/sitemap-stories.xml",
]
"""Some of where a story stands."""

PAST = NOW - timedelta(hours=1)
NOT_YET: dict[str, dict[str, Any]] = {
    "a draft": {"state": State.DRAFT, "published_at": None},
    "in review": {"state": State.IN_REVIEW, "published_at": None},
    "approved": {"state": State.APPROVED, "published_at": None},
    "scheduled": {"state": State.SCHEDULED, "published_at": NOW + MINUTE, "scheduled_for": NOW + MINUTE},
    "scheduled again": {
        "state": State.SCHEDULED,
        "published_at": NOW + MINUTE,
        "scheduled_for": NOW + MINUTE,
        "first_published_at": PAST,
    },
    "published for later": {"published_at": NOW + MINUTE},
    "under embargo": {"embargo_until": NOW + MINUTE},
    "killed under embargo": {"state": State.KILLED, "published_at": None, "embargo_until": NOW + MINUTE},
}
NO_MORE: dict[str, dict[str, Any]] = {
    "unpublished": {"state": State.UNPUBLISHED, "published_at": None, "first_published_at": PAST},
    "killed": {
        "state": State.KILLED,
        "published_at": None,
        "first_published_at": PAST,
        "withdrawal_notice": "The quotations could not be verified.",
    },
    "revived as a draft": {"state": State.DRAFT, "published_at": None, "first_published_at": PAST},
    "past its planned end": {"unpublish_at": NOW},
}


def surfaces() -> list[str]:
    """Where the story would stand, and where its neighbour does; not the pages of the desk."""
    found = [
        *surfaces_of(Article.objects.get(slug="neighbour")),
        *surfaces_of(Article.objects.get(slug="hidden")),
    ]
    return [path for path in dict.fromkeys(found) if not path.startswith("/admin/")]


def lay_out(**fields: object) -> Article:
    """A story that would stand on every surface, beside one that does."""
    about = {
        "section": SectionFactory.create(slug="money", access=Access.FREE),
        "authors": [AuthorFactory.create(slug="ann")],
        "topics": [TopicFactory.create(slug="ledgers")],
    }
    neighbour = ArticleFactory.create(
        slug="neighbour", published_at=NOW - timedelta(days=1), body="<p>Seen.</p>", **about
    )
    story: Article = ArticleFactory.create(slug="hidden", headline=HEADLINE, standfirst=STANDFIRST, **about)
    index_stories(at=NOW)  # so that the search knows what it may not show
    first = {"first_published_at": fields.get("published_at", story.published_at)}
    Article.objects.filter(pk=story.pk).update(**{**first, **fields})
    FormerSlug.objects.create(article=story, slug="older")
    sent = {"sending_started_at": PAST, "released_at": PAST}
    make_edition(neighbour, story, day=NOW.date(), state=Edition.State.SENT, **sent)
    return story


def typed(path: str) -> str:
    """What the address itself says, which a page of results repeats."""
    return unquote_plus(path.partition("?")[2])


def surfaces_that_show_it(client: Client, asked: Sequence[str]) -> list[str]:
    shown = {path: client.get(path).content.decode(errors="replace") for path in asked}
    return [
        path for path, page in shown.items() if any(mark in page for mark in MARKS if mark not in typed(path))
    ]


@pytest.mark.parametrize("fields", [*NOT_YET.values(), *NO_MORE.values()], ids=[*NOT_YET, *NO_MORE])
def test_w5_a_hidden_story_is_nowhere(readers: Readers, fields: dict[str, Any]) -> None:
    lay_out(**fields)
    assert surfaces_that_show_it(readers.visitor, surfaces()) == []
    assert surfaces_that_show_it(readers.subscriber, SHOWING) == []


@pytest.mark.parametrize(
    ("fields", "status"),
    [*((fields, 404) for fields in NOT_YET.values()), *((fields, 410) for fields in NO_MORE.values())],
    ids=[*NOT_YET, *NO_MORE],
)
def test_w7_its_addresses_tell_only_of_what_was_public(
    client: Client, fields: dict[str, Any], status: int
) -> None:
    lay_out(**fields)
    for path in ("/articles/hidden/", "/articles/older/"):
        answer = client.get(path)
        assert answer.status_code == status
        assert [mark for mark in (HEADLINE, STANDFIRST, FREE_TEXT, PAID_TEXT) if mark in answer.text] == []


@pytest.mark.parametrize("kind", ["scheduled", "scheduled again", "published for later", "under embargo"])
def test_w6_it_is_everywhere_from_its_minute_on_without_any_worker(
    client: Client, clock: time_machine.Traveller, kind: str
) -> None:
    lay_out(**NOT_YET[kind])
    clock.move_to(NOW + MINUTE)
    assert {*SHOWING} <= {*surfaces_that_show_it(client, surfaces())}
    assert client.get("/articles/hidden/").status_code == 200
    assert client.get("/articles/older/").status_code == 301


@pytest.mark.parametrize("fields", [*NOT_YET.values(), *NO_MORE.values()], ids=[*NOT_YET, *NO_MORE])
def test_w5_no_letter_is_compiled_from_it(fields: dict[str, Any]) -> None:
    lay_out(**fields)
    Edition.objects.all().delete()
    edition = compile_edition(newsletter=weekly(), date=NOW.date(), by=None, at=NOW)
    assert [story.slug for story in edition.stories.all()] == ["neighbour"]


def test_w6_the_time_shown_is_the_newsrooms_on_both_sides_of_the_change_to_winter_time(
    client: Client, clock: time_machine.Traveller
) -> None:
    before, after = datetime(2026, 11, 1, 4, 30, tzinfo=UTC), datetime(2026, 11, 1, 7, 30, tzinfo=UTC)
    ArticleFactory.create(slug="night", published_at=NOW, updated_at=before)
    ArticleFactory.create(slug="morning", published_at=NOW, updated_at=after)
    clock.move_to(after)
    assert "November 1, 2026, 12:30 a.m. EDT" in client.get("/articles/night/").content.decode()
    assert "November 1, 2026, 2:30 a.m. EST" in client.get("/articles/morning/").content.decode()
