"""The addresses search engines should know, each with the time it last changed (rules N5, N7)."""

from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.db.models import Max, QuerySet
from django.urls import reverse
from django.utils import timezone

from articles.models import Article, Page, Section
from articles.queries import public_corrections


class OwnSitemap(Sitemap):  # type: ignore[type-arg]  # generic in its stubs only
    """Addresses of the site as its settings name it, whatever host a request came by."""

    protocol = urlsplit(settings.SITE_URL).scheme

    def get_domain(self, site: object = None) -> str:
        return urlsplit(settings.SITE_URL).netloc


class StorySitemap(OwnSitemap):
    """Stories whose canonical address is here."""

    def items(self) -> QuerySet[Article]:
        stories = Article.objects.visible(at=timezone.now()).filter(canonical_url="")
        return stories.only("slug", "published_at", "updated_at").order_by("-published_at", "-pk")

    def lastmod(self, item: Article) -> datetime | None:
        return item.updated_at or item.published_at


class SectionSitemap(OwnSitemap):
    """Sections, last changed when their newest story appeared; those without stories are left out."""

    def items(self) -> QuerySet[Section]:
        visible = (
            Article.objects.visible(at=timezone.now()).values("section").annotate(newest=Max("published_at"))
        )
        self.newest = {row["section"]: row["newest"] for row in visible}
        return Section.objects.filter(pk__in=self.newest)

    def lastmod(self, item: Section) -> datetime | None:
        newest: datetime | None = self.newest.get(item.pk)
        return newest


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
    "pages": PageSitemap,
    "corrections": CorrectionsSitemap,
}
