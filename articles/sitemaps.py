"""The addresses search engines should know, each with the time it last changed (rules N5, N7)."""

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.db.models import Max, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from articles.models import Article, Author, Page, Section, Topic
from articles.queries import public_corrections
from articles.queries.sitemaps import stories_here


class OwnSitemap(Sitemap):  # type: ignore[type-arg]  # generic in its stubs only
    """Addresses of the site as its settings name it, whatever host a request came by."""

    protocol = urlsplit(settings.SITE_URL).scheme
    limit = 10_000
    """Addresses in one file; 50,000 are allowed, and no crawler should wait for them."""

    def get_domain(self, site: object = None) -> str:
        return urlsplit(settings.SITE_URL).netloc


class StorySitemap(OwnSitemap):
    """Stories whose canonical address is here."""

    def items(self) -> QuerySet[Article]:
        stories = stories_here(at=timezone.now())
        return stories.only("slug", "published_at", "updated_at").order_by("-published_at", "-pk")

    def lastmod(self, item: Article) -> datetime | None:
        return item.updated_at or item.published_at

    def get_latest_lastmod(self) -> datetime | None:
        """In one row, not from all of them."""
        changed = Max(Coalesce("updated_at", "published_at"))
        newest: datetime | None = stories_here(at=timezone.now()).aggregate(newest=changed)["newest"]
        return newest


class ListSitemap(OwnSitemap):
    """Lists, last changed when their newest story appeared; those without stories are left out."""

    model: type[Section | Topic | Author]
    field: str
    """The field of stories that leads to the list."""

    def items(self) -> QuerySet[Any]:
        visible = Article.objects.visible(at=timezone.now()).filter(**{f"{self.field}__isnull": False})
        rows = visible.order_by().values_list(self.field).annotate(newest=Max("published_at"))
        self.newest: dict[int, datetime] = dict(rows)
        return self.model._default_manager.filter(pk__in=self.newest)  # noqa: SLF001 (Django's documented API)

    def lastmod(self, item: Section | Topic | Author) -> datetime | None:
        return self.newest.get(item.pk)


class SectionSitemap(ListSitemap):
    model, field = Section, "section"


class TopicSitemap(ListSitemap):
    model, field = Topic, "topics"


class AuthorSitemap(ListSitemap):
    model, field = Author, "authors"


class PageSitemap(OwnSitemap):
    def items(self) -> QuerySet[Page]:
        return Page.objects.defer("text")

    def lastmod(self, item: Page) -> datetime:
        return item.changed_at


class CorrectionsSitemap(OwnSitemap):
    """The page of corrections, last changed with its newest notice."""

    def items(self) -> list[str]:
        return ["corrections"]

    def location(self, item: str) -> str:
        return reverse(item)

    def lastmod(self, item: str) -> datetime | None:
        newest = public_corrections(at=timezone.now()).first()
        return newest.at if newest else None


SITEMAPS = {
    "stories": StorySitemap,
    "sections": SectionSitemap,
    "topics": TopicSitemap,
    "authors": AuthorSitemap,
    "pages": PageSitemap,
    "corrections": CorrectionsSitemap,
}
