"""Sections, topics and authors: their stories, the newest first, twenty to a page."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.factories.articles import NOW, ArticleFactory, AuthorFactory, SectionFactory, TopicFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

LISTS = ("/sections/money/", "/topics/ledgers/", "/authors/ann/")


def file_stories(count: int) -> None:
    """So many stories under one section, topic and author, the first one the newest; and one elsewhere."""
    about = {
        "section": SectionFactory.create(slug="money", name="Money"),
        "topics": [TopicFactory.create(slug="ledgers"), TopicFactory.create()],
        "authors": [AuthorFactory.create(slug="ann", name="Ann Orley"), AuthorFactory.create()],
    }
    for number in range(count):
        ArticleFactory.create(headline=f"Filed {number}", published_at=NOW - timedelta(hours=number), **about)
    ArticleFactory.create(
        headline="Elsewhere", authors=[AuthorFactory.create()], topics=[TopicFactory.create()]
    )


def headlines(client: Client, path: str) -> list[str]:
    page = BeautifulSoup(client.get(path).content, "html.parser")
    return [found.get_text() for found in page.select(".river h2")]


@pytest.mark.parametrize("path", LISTS)
def test_a_list_holds_its_own_stories_the_newest_first(client: Client, path: str) -> None:
    file_stories(3)
    assert headlines(client, path) == ["Filed 0", "Filed 1", "Filed 2"]


@pytest.mark.parametrize("path", LISTS)
def test_older_stories_are_on_further_pages(client: Client, path: str) -> None:
    file_stories(25)
    assert headlines(client, f"{path}?page=1") == [f"Filed {number}" for number in range(20)]
    assert headlines(client, f"{path}?page=2") == [f"Filed {number}" for number in range(20, 25)]


@pytest.mark.parametrize(
    ("asked", "first"), [("99", "Filed 20"), ("nonsense", "Filed 0"), ("-1", "Filed 20")]
)
def test_a_page_that_is_not_there_gives_one_that_is(client: Client, asked: str, first: str) -> None:
    file_stories(25)
    assert headlines(client, f"/sections/money/?page={asked}")[0] == first


@pytest.mark.parametrize(("path", "queries"), [(LISTS[0], 8), (LISTS[1], 8), (LISTS[2], 8)])
@pytest.mark.parametrize("count", [1, 30])
def test_a_list_takes_the_same_queries_for_one_story_and_for_thirty(
    count: int, path: str, queries: int, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    file_stories(count)
    with django_assert_num_queries(queries):
        assert client.get(path).status_code == 200


@pytest.mark.parametrize("path", LISTS)
def test_an_unknown_list_is_not_found(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_an_author_is_introduced(client: Client) -> None:
    AuthorFactory.create(slug="ann", name="Ann Orley", role="Editor", bio="She keeps bees.\n\nAnd ledgers.")
    page = BeautifulSoup(client.get("/authors/ann/").content, "html.parser")
    assert [found.get_text() for found in page.select(".list-head > *")] == [
        "Editor",
        "Ann Orley",
        "She keeps bees.",
        "And ledgers.",
    ]
