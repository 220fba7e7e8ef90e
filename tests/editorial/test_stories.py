"""Our own stories as the text's editor finds them to link to."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.roles import EDITOR
from articles.models import Article, State
from tests.factories.accounts import StaffFactory, SupportFactory, WriterFactory
from tests.factories.articles import PAID_TEXT, ArticleFactory, SectionFactory
from tests.factories.desk import browser_of

pytestmark = pytest.mark.django_db

STORIES = "/admin/desk/stories/"


@pytest.fixture
def editor() -> Client:
    return browser_of(StaffFactory.create(role=EDITOR))


def find(client: Client, words: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(STORIES, {"q": words}).json()["stories"]
    return found


def draft(**fields: Any) -> Article:
    return ArticleFactory.create(
        **{"state": State.DRAFT, "published_at": None, "first_published_at": None, **fields}
    )


def test_a_story_is_found_by_words_of_headline_and_slugline(editor: Client) -> None:
    ArticleFactory.create(headline="Locks of the North", slugline="LOCKS", slug="locks")
    ArticleFactory.create(headline="Ferries of the North", slugline="FERRIES", slug="ferries")
    assert find(editor, "north ferries") == [
        {
            "headline": "Ferries of the North",
            "slugline": "FERRIES",
            "address": "/articles/ferries/",
            "state": "published",
            "public": True,
        }
    ]


def test_what_readers_cannot_open_yet_is_told_apart(editor: Client) -> None:
    soon = timezone.now() + timedelta(hours=1)
    draft(headline="A draft")
    ArticleFactory.create(headline="Under embargo", embargo_until=soon)
    ArticleFactory.create(headline="In public")
    assert {story["headline"]: story["public"] for story in find(editor)} == {
        "A draft": False,
        "Under embargo": False,
        "In public": True,
    }


def test_a_writer_finds_own_drafts_and_what_is_public_and_nobody_elses_drafts() -> None:
    writer = WriterFactory.create()
    draft(headline="Own draft", created_by=writer)
    draft(headline="Draft of another", created_by=WriterFactory.create())
    ArticleFactory.create(headline="In public")
    assert sorted(story["headline"] for story in find(browser_of(writer))) == ["In public", "Own draft"]


def test_the_text_stays_where_it_is(editor: Client) -> None:
    ArticleFactory.create(headline="Walled")
    answer = editor.get(STORIES, {"q": "walled"})
    assert (answer.content.count(b"Walled"), PAID_TEXT.encode() in answer.content) == (1, False)
    assert find(editor, "ledger") == []


@pytest.mark.parametrize("number", [1, 30])
def test_ten_at_most_with_as_many_queries_for_one_as_for_thirty(
    editor: Client, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    section = SectionFactory.create()
    for _ in range(number):
        ArticleFactory.create(section=section)
    with django_assert_num_queries(5):  # session, user, permissions, stories, which are public
        found = find(editor)
    assert len(found) == min(number, 10)


def test_no_one_from_outside_the_newsroom_gets_in() -> None:
    draft(headline="A secret draft")
    answers = [
        client.get(STORIES, {"q": "secret"})
        for client in (Client(), browser_of(SupportFactory.create()), browser_of(StaffFactory.create()))
    ]
    assert [answer.status_code for answer in answers] == [302, 403, 403]
    assert [b"A secret draft" in answer.content for answer in answers] == [False, False, False]
