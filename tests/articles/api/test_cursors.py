"""Pages by cursor: whatever is published in between, nothing comes twice and nothing is missed."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from articles.api.cursors import Order
from articles.models import Article, Topic
from tests.articles.api.conftest import Programs
from tests.factories.articles import NOW, ArticleFactory, AuthorFactory, SectionFactory, TopicFactory

minutes = st.integers(1, 4)
"""Few, so that many stories are of the same minute."""
STORIES = Order("stories", "published_at", is_by_time=True)


class Paging(TestCase):
    """A test case of hypothesis' own, so that every example has its own transaction."""

    @settings(max_examples=25)
    @given(
        before=st.lists(minutes, max_size=8),
        between=st.lists(st.lists(minutes, max_size=3), max_size=12),
        limit=st.integers(1, 4),
    )
    def test_nothing_comes_twice_and_nothing_is_missed(
        self, before: list[int], between: list[list[int]], limit: int
    ) -> None:
        section = SectionFactory.create()

        def publish(ages: list[int]) -> set[int]:
            make = ArticleFactory.create
            return {make(section=section, published_at=NOW - timedelta(minutes=age)).pk for age in ages}

        there, seen, cursor = publish(before), [], None
        while True:
            page = STORIES.page(Article.objects.visible(at=NOW), cursor=cursor, limit=limit)
            seen += [(story.published_at, story.pk) for story in page.rows]
            cursor = page.next
            if cursor is None:
                break
            publish(between.pop() if between else [])
        keys = [pk for _, pk in seen]
        assert len(keys) == len(set(keys))
        assert there <= set(keys)
        assert seen == sorted(seen, reverse=True)


def test_pages_follow_one_another_in_body_and_header(programs: Programs) -> None:
    for number in range(5):
        ArticleFactory.create(slug=f"story-{number}", published_at=NOW - timedelta(hours=1))
    address, found = "/api/v1/stories?limit=2&access=subscribers", []
    while address:
        answer = programs.subscriber.get(address)
        told = answer.json()
        found += [story["slug"] for story in told["items"]]
        address = told["next"]
        assert answer.get("Link") == (f'<{address}>; rel="next"' if address else None)
    assert found == [f"story-{number}" for number in (4, 3, 2, 1, 0)]


def test_names_come_in_order(programs: Programs) -> None:
    names = ["Tides", "Bells", "Locks"]
    ArticleFactory.create(topics=[TopicFactory.create(name=name) for name in names])
    first = programs.subscriber.ask("topics", limit=2)
    rest = programs.subscriber.get(first["next"]).json()
    assert [topic["name"] for topic in first["items"] + rest["items"]] == sorted(names)
    assert rest["next"] is None


def test_a_cursor_that_is_broken_or_of_another_list_is_refused(programs: Programs) -> None:
    for _ in range(2):
        ArticleFactory.create()
    page = STORIES.page(Article.objects.all(), cursor=None, limit=1)
    assert page.next is not None
    changed = page.next.replace(page.next[:4], "WzFd", 1)
    for path, cursor in [("stories", changed), ("stories", ""), ("stories", "x:y:z"), ("topics", page.next)]:
        answer = programs.subscriber.get(f"/api/v1/{path}", {"cursor": cursor})
        assert answer.status_code == 400
        assert answer.json()["type"] == "http://127.0.0.1:8000/api/#broken-cursor"


@pytest.mark.django_db
def test_an_empty_list_has_no_next_page() -> None:
    cache.clear()
    page = Order("topics", "name", is_by_time=False).page(Topic.objects.all(), cursor=None, limit=1)
    assert (page.rows, page.next) == ([], None)


def test_the_longest_names_lead_on(programs: Programs) -> None:
    names = [f"{number} " + "Комиссия портового хозяйства и судоходства " * 3 for number in range(2)]
    ArticleFactory.create(authors=[AuthorFactory.create(name=name[:120]) for name in names])
    first = programs.registered.ask("authors", limit=1)
    rest = programs.registered.get(first["next"])
    assert (rest.status_code, len(rest.json()["items"])) == (200, 1)
