"""The front page: who leads, who follows, and no story twice."""

from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from articles.models import Article, Prominence
from articles.queries import FrontPage, front_page_layout
from tests.factories.articles import NOW, ArticleFactory, AuthorFactory, SectionFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def all_stories(layout: FrontPage) -> list[Article]:
    lead = [layout.lead] if layout.lead else []
    return [
        *lead,
        *layout.second,
        *layout.briefs,
        *(story for block in layout.blocks for story in block.stories),
    ]


def test_the_most_prominent_story_of_the_week_leads() -> None:
    older = ArticleFactory.create(prominence=Prominence.LEAD, published_at=NOW - timedelta(days=5))
    newer = ArticleFactory.create(published_at=NOW - timedelta(hours=1))
    layout = front_page_layout(at=NOW)
    assert (layout.lead, layout.second) == (older, [newer])


def test_last_weeks_lead_gives_way() -> None:
    old = ArticleFactory.create(prominence=Prominence.LEAD, published_at=NOW - timedelta(days=8))
    new = ArticleFactory.create()
    layout = front_page_layout(at=NOW)
    assert layout.lead == new
    assert [block.stories for block in layout.blocks] == [[old]]


def test_after_a_quiet_week_the_newest_story_leads() -> None:
    ArticleFactory.create(published_at=NOW - timedelta(days=40))
    newest = ArticleFactory.create(published_at=NOW - timedelta(days=30))
    assert front_page_layout(at=NOW).lead == newest


def test_wire_items_are_briefs_unless_an_editor_ranks_them_higher() -> None:
    lead = ArticleFactory.create()
    brief = ArticleFactory.create(dateline_source="EIRNS")
    ranked = ArticleFactory.create(dateline_source="EIRNS", prominence=Prominence.SECOND)
    layout = front_page_layout(at=NOW)
    assert (layout.lead, layout.second, layout.briefs) == (ranked, [lead], [brief])


def test_briefs_alone_still_make_a_front_page() -> None:
    brief = ArticleFactory.create(prominence=Prominence.BRIEF)
    layout = front_page_layout(at=NOW)
    assert (layout.lead, layout.briefs) == (brief, [])


def test_no_story_stands_twice() -> None:
    sections = SectionFactory.create_batch(3)
    for number in range(40):
        ArticleFactory.create(
            section=sections[number % 3],
            published_at=NOW - timedelta(hours=number),
            dateline_source="EIRNS" if number % 4 == 0 else "",
        )
    stories = all_stories(front_page_layout(at=NOW))
    assert len(stories) == len({story.pk for story in stories}) == 1 + 3 + 6 + 3 * 4


def test_blocks_stand_in_the_order_of_the_sections_with_the_newest_first() -> None:
    second, first = SectionFactory.create(position=2), SectionFactory.create(position=1)
    ArticleFactory.create_batch(4, prominence=Prominence.SECOND)  # the lead and the second rank
    later, earlier = (
        ArticleFactory.create(section=first, published_at=NOW - timedelta(days=days)) for days in (8, 9)
    )
    other = ArticleFactory.create(section=second, published_at=NOW - timedelta(days=8))
    blocks = front_page_layout(at=NOW).blocks
    assert [(block.section, block.stories) for block in blocks] == [
        (first, [later, earlier]),
        (second, [other]),
    ]


def test_a_quiet_section_keeps_its_block_beside_a_busy_one() -> None:
    busy, quiet = SectionFactory.create(), SectionFactory.create()
    for number in range(60):
        ArticleFactory.create(section=busy, published_at=NOW - timedelta(hours=number))
    only = ArticleFactory.create(section=quiet, published_at=NOW - timedelta(days=40))
    assert front_page_layout(at=NOW).blocks[-1].stories == [only]


@pytest.mark.parametrize("count", [1, 30])
def test_the_page_takes_the_same_queries_for_one_story_and_for_thirty(
    count: int, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(count):
        ArticleFactory.create(authors=[AuthorFactory.create(), AuthorFactory.create()])
    with django_assert_num_queries(6):
        assert client.get("/").status_code == 200


def test_an_empty_magazine_has_a_front_page(client: Client) -> None:
    page = client.get("/")
    assert page.status_code == 200
    assert "The first stories will stand here." in page.content.decode()
