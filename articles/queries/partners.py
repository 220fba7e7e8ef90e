"""Stories and what they are filed under, as apps and partners ask for them."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from articles.models import Article, Author, Section, Topic
from articles.queries.corrections import with_corrections


@dataclass(frozen=True)
class StoryFilter:
    """Which stories are wanted; what is None filters nothing. Times: `since` on, before `until`."""

    section: Section | None = None
    topic: Topic | None = None
    author: Author | None = None
    language: str | None = None
    access: str | None = None
    published_since: datetime | None = None
    published_until: datetime | None = None
    updated_since: datetime | None = None
    updated_until: datetime | None = None


def stories_for_partners(wanted: StoryFilter, *, at: datetime) -> QuerySet[Article]:
    """The visible stories that were asked for, with all that is told of them but the text."""
    stories = Article.objects.visible(at=at).for_lists()
    if wanted.access:
        stories = stories.with_access(at=at).filter(access_now=wanted.access)  # type: ignore[misc]  # annotated
    found = stories.filter(_filed(wanted) & _published(wanted) & _updated(wanted))
    return with_corrections(found.prefetch_related("topics"))


def topics_in_use(*, at: datetime) -> QuerySet[Topic]:
    """Topics with a story the public may see: the name of one made for a later story may tell of it (W5)."""
    visible = Article.objects.visible(at=at).filter(topics=OuterRef("pk"))
    return Topic.objects.filter(Exists(visible))


def authors_in_use(*, at: datetime) -> QuerySet[Author]:
    """Authors with a story the public may see."""
    visible = Article.objects.visible(at=at).filter(bylines__author=OuterRef("pk"))
    return Author.objects.filter(Exists(visible))


def _filed(wanted: StoryFilter) -> Q:
    fits = Q()
    if wanted.section:
        fits &= Q(section=wanted.section)
    if wanted.topic:
        fits &= Q(topics=wanted.topic)
    if wanted.author:
        fits &= Q(authors=wanted.author)
    if wanted.language:
        # Basic filtering by RFC 4647: `en` fits `en-GB` too.
        fits &= Q(language__iexact=wanted.language) | Q(language__istartswith=f"{wanted.language}-")
    return fits


def _published(wanted: StoryFilter) -> Q:
    fits = Q()
    if wanted.published_since:
        fits &= Q(published_at__gte=wanted.published_since)
    if wanted.published_until:
        fits &= Q(published_at__lt=wanted.published_until)
    return fits


def _updated(wanted: StoryFilter) -> Q:
    """When readers saw it change: by a new text, by being published, by its embargo being lifted."""
    times = ("updated_at", "published_at", "embargo_until")
    fits = Q()
    if since := wanted.updated_since:
        later = Q()
        for time in times:
            later |= Q(**{f"{time}__gte": since})
        fits &= later
    if until := wanted.updated_until:
        for time in times:
            fits &= Q(**{f"{time}__isnull": True}) | Q(**{f"{time}__lt": until})
    return fits
