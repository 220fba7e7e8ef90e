"""What was wrong in stories, as the public is told (rule W8)."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from articles.models import Article, Correction


def with_corrections(stories: QuerySet[Article]) -> QuerySet[Article]:
    """The stories with their notices and who signed them, in one query for all."""
    return stories.prefetch_related(Prefetch("corrections", Correction.objects.select_related("by")))


def public_corrections(*, at: datetime) -> QuerySet[Correction]:
    """Every notice the public may read, the newest first; `is_readable` says whether its story still is.

    A notice outlives the story it was made for, but shows no story before its embargo lifts.
    """
    visible, withdrawn = Article.objects.visible(at=at), Article.objects.withdrawn(at=at)
    told = Correction.objects.filter(
        Q(article__in=visible.values("pk")) | Q(article__in=withdrawn.values("pk"))
    )
    return (
        told.annotate(is_readable=Exists(visible.filter(pk=OuterRef("article_id"))))
        .select_related("article", "by")
        .defer("article__body")
    )
