"""What search engines should know."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from articles.models import Article

NEWS_FOR = timedelta(days=2)


def stories_here(*, at: datetime) -> QuerySet[Article]:
    """Public stories whose canonical address is on this site."""
    return Article.objects.visible(at=at).filter(canonical_url="")


def news_stories(*, at: datetime) -> QuerySet[Article]:
    """Stories that first appeared in the last two days, the newest first (rules N1, N5)."""
    fresh = stories_here(at=at).filter(first_published_at__gt=at - NEWS_FOR, first_published_at__lte=at)
    return fresh.only("slug", "headline", "language", "first_published_at").order_by(
        "-first_published_at", "-pk"
    )
