"""What became of trials."""

from collections import defaultdict
from datetime import datetime

from django.db.models import Count, F, Q
from django.db.models.functions import Coalesce, Least

from kit.reporting import Cell, Period, Report, Share, draw_bars
from subscriptions.models import Invoice, Status, Subscription
from subscriptions.reports.months import Months, number_of_month

PAID = Q(
    pk__in=Invoice.objects.filter(status=Invoice.Status.PAID, total__gt=0, subscription__isnull=False).values(
        "subscription"
    )
)


def trials(period: Period, *, at: datetime) -> list[Report]:
    """Trials by the month in which they ended, and how many went on to pay."""
    months = Months(period, at=at)
    over = Q(status__in=(Status.CANCELED, Status.INCOMPLETE_EXPIRED))
    found = (
        Subscription.objects.filter(trial_end_at__isnull=False)
        .annotate(until=Least("trial_end_at", Coalesce("ended_at", F("trial_end_at"))))
        .filter(until__gte=months.since, until__lt=months.until)
        .annotate(month=number_of_month("until", months.moments))
        .order_by()
        .values("month")
        .annotate(
            ended=Count("pk"),
            went_on=Count("pk", filter=PAID),
            left=Count("pk", filter=~PAID & over),
        )
    )
    counts: dict[int, tuple[int, int, int]] = defaultdict(lambda: (0, 0, 0))
    counts |= {row["month"]: (row["ended"], row["went_on"], row["left"]) for row in found}
    rows = [_row(months.label(number), *counts[number]) for number in range(len(months))]
    ended, went_on, left = (sum(each[place] for each in counts.values()) for place in range(3))
    return [
        Report(
            name="trials",
            title="From trial to payment",
            note="Trials by the month in which they ended, by themselves or because their reader left. One "
            "has gone on to pay once an invoice for money has been paid; one that neither paid nor left is "
            "paused or waits for its payment.",
            empty="Once the first trial has ended, this says how many readers went on to pay.",
            columns=("Month", "Trials ended", "Went on to pay", "Share", "Left", "Undecided"),
            rows=rows if ended else [],
            total=_row("All months", ended, went_on, left),
            bars=draw_bars(rows[-12:], value=3),
        )
    ]


def _row(label: str, ended: int, went_on: int, left: int) -> tuple[Cell, ...]:
    return label, ended, went_on, Share(went_on, ended), left, ended - went_on - left
