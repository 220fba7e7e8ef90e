"""Paid text reaches nobody who has not the right to it, on any surface of the site."""

import pytest
from django.test import Client

from articles.models import Access, Article, FormerSlug
from tests.articles.conftest import Readers
from tests.factories.articles import (
    FREE_TEXT,
    PAID_TEXT,
    ArticleFactory,
    AuthorFactory,
    SectionFactory,
    TopicFactory,
)

pytestmark = pytest.mark.django_db

WITHOUT_DIVIDER = "".join(
    f"<p>{text} {'Rain fell on the weir.' * 6}</p>"
    for text in (FREE_TEXT, "Then it was dark.", PAID_TEXT, "So it was.")
)
SURFACES = (
    "/",
    "/articles/gated/",
    "/sections/money/",
    "/topics/ledgers/",
    "/authors/ann/",
    "/articles/neighbour/",
    "/rss.xml",
    "/sitemap.xml",
    "/sitemap-stories.xml",
)


def gate(access: str, **fields: object) -> None:
    """A gated story, with all that could show it, and a free neighbour that links to it."""
    about = {
        "section": SectionFactory.create(slug="money", access=access),
        "authors": [AuthorFactory.create(slug="ann")],
        "topics": [TopicFactory.create(slug="ledgers")],
    }
    ArticleFactory.create(slug="gated", **{"standfirst": "", **fields}, **about)
    ArticleFactory.create(slug="neighbour", access=Access.FREE, body="<p>Free and short.</p>", **about)


def pages(client: Client) -> dict[str, str]:
    return {path: client.get(path).content.decode() for path in SURFACES}


@pytest.mark.parametrize("fields", [{}, {"body": WITHOUT_DIVIDER}], ids=["divider", "no divider"])
@pytest.mark.parametrize("access", [Access.REGISTERED, Access.SUBSCRIBERS])
def test_a_visitor_gets_no_paid_text_anywhere(readers: Readers, access: str, fields: dict[str, str]) -> None:
    gate(access, **fields)
    shown = pages(readers.visitor)
    assert [path for path, page in shown.items() if PAID_TEXT in page] == []
    assert FREE_TEXT in shown["/articles/gated/"]
    assert FREE_TEXT in shown["/rss.xml"]


def test_a_registered_reader_gets_no_subscribers_text_anywhere(readers: Readers) -> None:
    gate(Access.SUBSCRIBERS)
    shown = pages(readers.registered)
    assert [path for path, page in shown.items() if PAID_TEXT in page] == []
    assert FREE_TEXT in shown["/articles/gated/"]


def test_a_registered_reader_reads_registered_stories_on_their_page_alone(readers: Readers) -> None:
    gate(Access.REGISTERED)
    shown = pages(readers.registered)
    assert [path for path, page in shown.items() if PAID_TEXT in page] == ["/articles/gated/"]


def test_a_subscriber_reads_the_whole_on_its_page_alone(readers: Readers) -> None:
    gate(Access.SUBSCRIBERS)
    shown = pages(readers.subscriber)
    assert [path for path, page in shown.items() if PAID_TEXT in page] == ["/articles/gated/"]
    assert 'id="wall"' not in shown["/articles/gated/"]


def test_p3_a_subscribers_page_describes_itself_with_the_free_part_alone(readers: Readers) -> None:
    gate(Access.SUBSCRIBERS)
    head, _, body = readers.subscriber.get("/articles/gated/").content.decode().partition("</head>")
    assert FREE_TEXT in head
    assert PAID_TEXT not in head
    assert PAID_TEXT in body


def test_a_story_that_does_not_say_is_for_subscribers(readers: Readers) -> None:
    gate("")
    assert PAID_TEXT not in readers.registered.get("/articles/gated/").content.decode()


def test_a_former_address_of_a_gated_story_leads_to_the_wall(readers: Readers) -> None:
    gate(Access.SUBSCRIBERS)
    FormerSlug.objects.create(article=Article.objects.get(slug="gated"), slug="older")
    page = readers.visitor.get("/articles/older/", follow=True).content.decode()
    assert 'id="wall"' in page
    assert PAID_TEXT not in page
