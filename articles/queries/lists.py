"""Lists of stories, the newest first."""

from datetime import datetime
from typing import TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet

from articles.models import Article, Author, Section, Topic

PAGE_LENGTH = 20
FEED_LENGTH = 30

Row = TypeVar("Row", bound=Model)


def list_page(rows: QuerySet[Row], number: str | None) -> Page[Row]:
    """One page of a list; a number that makes no sense gives the first page, one too high the last."""
    return Paginator(rows, PAGE_LENGTH).get_page(number)


def stories_in_section(section: Section, *, at: datetime) -> QuerySet[Article]:
    return Article.objects.visible(at=at).for_lists().filter(section=section)


def stories_on_topic(topic: Topic, *, at: datetime) -> QuerySet[Article]:
    return Article.objects.visible(at=at).for_lists().filter(topics=topic)


def stories_by_author(author: Author, *, at: datetime) -> QuerySet[Article]:
    return Article.objects.visible(at=at).for_lists().filter(authors=author)


def stories_for_feed(stories: QuerySet[Article]) -> QuerySet[Article]:
    """The latest of a list with their text, for feeds, which hold as much of it as their reader may read."""
    return stories.defer(None)[:FEED_LENGTH]


def latest_stories(*, at: datetime) -> QuerySet[Article]:
    return Article.objects.visible(at=at).for_lists()


def listed_topics(*, at: datetime) -> QuerySet[Topic]:
    """Topics with a story that the public can see, by name."""
    return Topic.objects.filter(pk__in=Article.objects.visible(at=at).values("topics"))


def listed_authors(*, at: datetime) -> QuerySet[Author]:
    """Authors with a story that the public can see, by name."""
    return Author.objects.filter(pk__in=Article.objects.visible(at=at).values("authors"))
