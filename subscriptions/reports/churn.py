"""How long readers stay, by the month in which they first paid, and why they leave."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Min, Q
from django.utils.timezone import localtime

from kit.reporting import Cell, Period, Report, Share, draw_bars
from subscriptions.models import Invoice, Subscription
from subscriptions.reports.months import Months

MILESTONES = (1, 3, 6, 12, 24)
CHOICE, FAILED, OTHER = "choice", "failed", "other"
REASONS = {"cancellation_requested": CHOICE, "payment_failed": FAILED}
"""Stripe's words for why a subscription was cancelled; the others are disputes and what staff ended."""


class Stay(NamedTuple):
    """From a subscription's first payment to its end, None while it goes on."""

    since: datetime
    until: datetime | None
    reason: str

    def months(self) -> int:
        """Full months kept by a subscription that ended."""
        assert self.until is not None
        begin, end = localtime(self.since), localtime(self.until)
        months = (end.year - begin.year) * 12 + end.month - begin.month
        return months - ((end.day, end.time()) < (begin.day, begin.time()))


def churn(period: Period, *, at: datetime) -> list[Report]:
    """By month of leaving, and by cohort."""
    months = Months(period, at=at)
    found = stays(until=months.until)
    return [leaving(found, months), cohorts(found, months, at=at)]


def stays(*, until: datetime) -> list[Stay]:
    """Every subscription that had been paid for before the moment."""
    paid = Q(invoices__status=Invoice.Status.PAID, invoices__total__gt=0)
    found = (
        Subscription.objects.order_by()
        .values("pk")
        .annotate(first=Min("invoices__created_at", filter=paid))
        .filter(first__lt=until)
        .values_list("first", "ended_at", "end_reason")
    )
    return [Stay(first, ended, REASONS.get(reason, OTHER)) for first, ended, reason in found]


def leaving(found: Sequence[Stay], months: Months) -> Report:
    """Subscriptions lost in each month, as a share of those that ran when it began."""
    rows = []
    for number, (begin, end) in enumerate(zip(months.moments, months.moments[1:], strict=False)):
        ran = sum(stay.since < begin and (stay.until is None or stay.until >= begin) for stay in found)
        left = [stay for stay in found if stay.until and begin <= stay.until < end]
        lost = sum(stay.since < begin for stay in left)
        rows.append((months.label(number), ran, len(left), *_reasons(left), Share(lost, ran)))
    return Report(
        name="leaving",
        title="Leaving, month by month",
        note="Paid subscriptions that ended, by why: their reader cancelled, the payment failed for good, or "
        "something else (a dispute, ended by staff). The share is of those that ran when the month began.",
        empty="Once paid subscriptions run, this says how many end each month, and why.",
        columns=("Month", "At the beginning", "Ended", "Cancelled", "Payment failed", "Otherwise", "Share"),
        rows=rows if found else [],
        bars=draw_bars(rows[-12:], value=6),
    )


def cohorts(found: Sequence[Stay], months: Months, *, at: datetime) -> Report:
    """For the subscriptions first paid in each month: how many lasted so many months."""
    by_month: dict[date, list[Stay]] = {first: [] for first in months.firsts}
    for stay in found:
        if stay.since >= months.since:
            by_month[localtime(stay.since).date().replace(day=1)].append(stay)
    rows = [
        _cohort(months.label(number), stays, end=months.moments[number + 1], at=at)
        for number, stays in enumerate(by_month.values())
        if stays
    ]
    return Report(
        name="cohorts",
        title="Staying, by month of first payment",
        note="Of the subscriptions first paid in a month, how many lasted so many full months. A share "
        "stands there once all of them could have reached it.",
        empty="No subscription was first paid for in these months.",
        columns=(
            "First paid",
            "Began",
            *(f"{count} {'month' if count == 1 else 'months'}" for count in MILESTONES),
            "Still there",
            "Cancelled",
            "Payment failed",
            "Otherwise",
        ),
        rows=rows,
        bars=draw_bars(rows[-12:], value=len(MILESTONES) + 2),
    )


def _cohort(label: str, stays: Sequence[Stay], *, end: datetime, at: datetime) -> tuple[Cell, ...]:
    gone = [stay for stay in stays if stay.until]
    kept = Counter(stay.months() for stay in gone)
    age = _months_between(end, at)
    lasted: list[Cell] = [
        Share(len(stays) - sum(kept[count] for count in range(milestone)), len(stays))
        if age >= milestone
        else ""
        for milestone in MILESTONES
    ]
    return label, len(stays), *lasted, Share(len(stays) - len(gone), len(stays)), *_reasons(gone)


def _months_between(begin: datetime, end: datetime) -> int:
    return Stay(begin, end, "").months()


def _reasons(left: Sequence[Stay]) -> tuple[int, int, int]:
    counts = Counter(stay.reason for stay in left)
    return counts[CHOICE], counts[FAILED], counts[OTHER]
