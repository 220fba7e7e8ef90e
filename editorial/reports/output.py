"""What came out: stories and words by section and by author."""

from datetime import datetime

from django.db.models import Count, F, QuerySet, Sum

from articles.models import Article
from kit.reporting import Period, Report, draw_bars

EMPTY = "No story was published for the first time in this period."


def first_published(period: Period, *, at: datetime) -> QuerySet[Article]:
    """Stories whose first publication fell into the period; not what is only scheduled at the moment `at`."""
    return Article.objects.filter(
        first_published_at__gte=period.since,
        first_published_at__lt=period.until,
        first_published_at__lte=at,
    )


def output_by_section(period: Period, *, at: datetime) -> Report:
    """Stories and words by section, the largest first."""
    found = (
        first_published(period, at=at)
        .values("section_id", "section__name")
        .annotate(stories=Count("pk"), words=Sum("word_count"))
        .order_by("-stories", "-words", "section__name")
    )
    rows = [(row["section__name"], row["stories"], row["words"]) for row in found]
    return Report(
        name="output-by-section",
        title="Output by section",
        note="Stories published for the first time in the period, and the words they have now.",
        empty=EMPTY,
        columns=("Section", "Stories", "Words"),
        rows=rows,
        total=("All sections", sum(row[1] for row in rows), sum(row[2] for row in rows)),
        bars=draw_bars(rows, value=1),
    )


def output_by_author(period: Period, *, at: datetime) -> Report:
    """Stories and words by author, the largest first."""
    found = (
        first_published(period, at=at)
        .values("bylines__author_id", "bylines__author__name")
        .annotate(stories=Count("pk"), words=Sum("word_count"))
        .order_by("-stories", "-words", F("bylines__author__name").asc(nulls_last=True))
    )
    rows = [(row["bylines__author__name"] or "No byline", row["stories"], row["words"]) for row in found]
    return Report(
        name="output-by-author",
        title="Output by author",
        note="The same stories by byline. A story with two authors counts for both, with all its words.",
        empty=EMPTY,
        columns=("Author", "Stories", "Words"),
        rows=rows,
        bars=draw_bars(rows, value=1),
    )
