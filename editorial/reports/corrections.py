"""What had to be corrected in public."""

from collections import Counter
from datetime import date, datetime

from django.db.models import Count
from django.db.models.functions import TruncMonth
from django.utils.formats import date_format
from django.utils.timezone import localtime

from articles.models import Correction
from kit.reporting import Period, Report, draw_bars


def corrections(period: Period, *, at: datetime) -> Report:
    """Corrections by month of the newsroom and section; the bars are whole months, those without any too."""
    found = (
        Correction.objects.filter(at__gte=period.since, at__lt=period.until)
        .annotate(month=TruncMonth("at"))
        .values("month", "article__section_id", "article__section__name")
        .annotate(number=Count("pk"))
        .order_by("month", "article__section__name")
    )
    rows, by_month = [], Counter[date]()
    for row in found:
        month = localtime(row["month"]).date()
        rows.append((date_format(month, "F Y"), row["article__section__name"], row["number"]))
        by_month[month] += row["number"]
    months = [(date_format(month, "M Y"), by_month[month]) for month in period.months()]
    return Report(
        name="corrections",
        title="Corrections",
        note="Public corrections by the month in which they appeared and the section of the story.",
        empty="Nothing was corrected in this period.",
        columns=("Month", "Section", "Corrections"),
        texts=2,
        rows=rows,
        total=("All months", "", by_month.total()),
        bars=draw_bars(months[-12:], value=1),
    )
