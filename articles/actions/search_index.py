"""Keeping the index of the search in step with what is published. What is due, the rows tell."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.db import models

from articles.models import Article, IndexedStory, not_indexed_as_it_is
from articles.search.documents import document_ids, documents_of
from articles.search.engines import current_engine

BATCH: Final = 100
LOOKED_AT_AGAIN: Final = 20
"""Stories indexed anew with each run though nothing says so: what rows do not tell, such as a new name of an
author, is right again after a while."""

KEPT: Final = ("access", "language", "published_at", "changed_at", "public_version", "is_due", "looked_at")


def index_stories(*, at: datetime, looks_again: bool = False) -> int:
    """Index up to `BATCH` stories that are due and take out those that are gone; says how many there were.

    Due is what the public sees and the index does not know as it is, its access included. May run twice, or
    twice at once: what was not written to the end is due again. Raises `SearchUnavailable`.
    """
    gone = list(IndexedStory.objects.gone(at=at)[:BATCH])
    if gone:
        current_engine().drop([id for row in gone for id in document_ids(row.article_id, row.published_at)])
        IndexedStory.objects.filter(pk__in=[row.pk for row in gone]).delete()
    public = Article.objects.visible(at=at).with_access(at=at)
    due = _with_all(public.filter(not_indexed_as_it_is()))[:BATCH]
    indexed = _index(due, at=at)
    if looks_again:
        _index(_with_all(public.filter(indexed__isnull=False), "indexed__looked_at")[:LOOKED_AT_AGAIN], at=at)
    return len(gone) + indexed


def mark_all_due() -> None:
    """Have every story indexed anew; the search goes on with what there is meanwhile."""
    IndexedStory.objects.update(is_due=True)


def _with_all(stories: "models.QuerySet[Article]", *order: str) -> "models.QuerySet[Article]":
    ordered = stories.order_by(*(order or ("-published_at", "-pk")))
    return ordered.select_related("section", "indexed").prefetch_related("bylines__author", "topics")


def _index(stories: Iterable[Article], *, at: datetime) -> int:
    found = list(stories)
    documents = {story: documents_of(story, at=at) for story in found}
    kept = {document.id for each in documents.values() for document in each}
    engine = current_engine()
    engine.put([document for each in documents.values() for document in each])
    engine.drop([id for story in found for id in _ids(story) if id not in kept])
    rows = [_row(story, at=at) for story in found]
    IndexedStory.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["article"], update_fields=KEPT
    )
    return len(found)


def _ids(story: Article) -> list[int]:
    """All its documents may have had, now and when it was indexed last."""
    indexed: IndexedStory | None = getattr(story, "indexed", None)
    times = {each for each in (story.published_at, indexed.published_at if indexed else None) if each}
    return [id for moment in times for id in document_ids(story.pk, moment)]


def _row(story: Article, *, at: datetime) -> IndexedStory:
    assert story.published_at is not None
    return IndexedStory(
        article=story,
        access=story.ruling(at=at).access,
        language=story.language,
        published_at=story.published_at,
        changed_at=story.changed_at,
        public_version=story.public_version,
        is_due=False,
        looked_at=at,
    )
