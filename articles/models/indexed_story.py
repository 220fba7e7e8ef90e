"""What the search's index knows of a story: the row by which it is found to be due."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from articles.models.access import Access
from articles.models.article import Article


class IndexedStoryQuerySet(models.QuerySet["IndexedStory"]):
    def gone(self, *, at: datetime) -> "IndexedStoryQuerySet":
        """Those of stories that the public no longer sees, deleted ones among them."""
        seen = Article.objects.visible(at=at).filter(pk=OuterRef("article_id"))
        return self.filter(~Exists(seen))


class IndexedStory(models.Model):
    """The state of a story, its access above all, in which it was written into the index.

    It outlives its story, so that a deleted one is taken out of the index too.
    """

    article = models.OneToOneField(
        Article, models.DO_NOTHING, primary_key=True, db_constraint=False, related_name="indexed"
    )
    access = models.CharField(max_length=12, choices=Access.choices)
    language = models.CharField(max_length=12)
    published_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    public_version = models.PositiveIntegerField(null=True)
    is_due = models.BooleanField(default=False)
    looked_at = models.DateTimeField(db_index=True)

    objects: ClassVar[IndexedStoryQuerySet] = IndexedStoryQuerySet.as_manager()  # type: ignore[assignment]

    def __str__(self) -> str:
        return f"{self.article_id}: {self.access}"


def not_indexed_as_it_is() -> Q:
    """Of stories `with_access`: those the index does not know, or knows as they were."""
    return (
        Q(indexed__isnull=True)
        | Q(indexed__is_due=True)
        | ~Q(indexed__access=F("access_now"))
        | ~Q(indexed__published_at=F("published_at"))
        | ~Q(indexed__changed_at=F("changed_at"))
        | Q(~Q(indexed__public_version=F("public_version")), public_version__isnull=False)
    )
