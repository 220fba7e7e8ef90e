"""Dunning: renewals whose first attempt failed, and how many were paid after all."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, Q

from kit.reporting import Cell, Money, Period, Report, Share, draw_bars
from subscriptions.models import Invoice, Status
from subscriptions.reports.months import Months, number_of_month

SPANS = (
    (timedelta(days=1), "Within a day"),
    (timedelta(days=3), "Within 3 days"),
    (timedelta(days=7), "Within a week"),
    (timedelta(days=14), "Within 2 weeks"),
    (timedelta(days=21), "Within 3 weeks"),
    (timedelta.max, "Later"),
)
ALIVE = (Status.ACTIVE, Status.PAST_DUE, Status.TRIALING)
UNTRIED = (Invoice.Status.DRAFT,)


class Bill(NamedTuple):
    """An invoice whose first attempt failed. `attempt` is the one that succeeded, where one did."""

    month: int
    currency: str
    amount: int
    is_paid: bool
    is_lost: bool
    attempt: int
    took: timedelta


def recovery(period: Period, *, at: datetime) -> list[Report]:
    """For each currency: by month, by attempt and by days."""
    months = Months(period, at=at)
    by_currency: dict[str, list[Bill]] = defaultdict(list)
    for bill in failed_first(months):
        by_currency[bill.currency].append(bill)
    found = [
        report
        for currency, bills in sorted(by_currency.items())
        for report in (
            _by_month(currency, bills, months),
            _by_attempt(currency, bills),
            _by_days(currency, bills),
        )
    ]
    return found or [_by_month("", [], months)]


def failed_first(months: Months) -> list[Bill]:
    """Charges made in the months whose first attempt failed, but for first payments."""
    refused = Count("payments", filter=Q(payments__status="failed"))
    found = (
        Invoice.objects.filter(created_at__gte=months.since, created_at__lt=months.until)
        .filter(subscription__isnull=False, amount_due__gt=0, attempt_count__gt=0)
        .exclude(billing_reason="subscription_create")
        .exclude(status__in=UNTRIED)
        .annotate(month=number_of_month("created_at", months.moments), refused=refused)
        .filter(Q(refused__gt=0) | Q(attempt_count__gt=1) | ~Q(status=Invoice.Status.PAID))
        .order_by("created_at", "pk")
        .values_list(
            "month",
            "currency",
            "amount_due",
            "status",
            "subscription__status",
            "attempt_count",
            "refused",
            "created_at",
            "paid_at",
        )
    )
    return [_bill(*row) for row in found]


def _bill(
    month: int,
    currency: str,
    amount: int,
    status: str,
    standing: str,
    attempts: int,
    refused: int,
    created_at: datetime,
    paid_at: datetime | None,
) -> Bill:
    """Lost is what was written off, or is open while its subscription is over or unpaid."""
    is_paid = status == Invoice.Status.PAID
    is_lost = not is_paid and (status != Invoice.Status.OPEN or standing not in ALIVE)
    attempt = max(attempts, refused + 1)
    took = paid_at - created_at if paid_at else timedelta()
    return Bill(month, currency, amount, is_paid, is_lost, attempt, took)


def _by_month(currency: str, bills: Sequence[Bill], months: Months) -> Report:
    rows = [
        _outcome(months.label(number), currency, [bill for bill in bills if bill.month == number])
        for number in range(len(months))
    ]
    return Report(
        name=f"recovery-{currency}" if currency else "recovery",
        title=f"Payments recovered{f', {currency.upper()}' if currency else ''}",
        note="Renewals and later charges whose first attempt failed, by the month of their invoice, and what "
        "became of them. First payments at the till do not count. Lost is what was written off, or never "
        "paid before its subscription ended.",
        empty="No renewal's first attempt failed in these months.",
        columns=(
            "Month",
            "Failed at first",
            "Money",
            "Recovered",
            "Money",
            "Recovery rate",
            "Lost",
            "Money",
            "Still tried",
        ),
        rows=rows if bills else [],
        total=_outcome("All months", currency, bills),
        bars=draw_bars(rows[-12:], value=5),
    )


def _outcome(label: str, currency: str, bills: Sequence[Bill]) -> tuple[Cell, ...]:
    recovered = [bill for bill in bills if bill.is_paid]
    lost = [bill for bill in bills if bill.is_lost]
    return (
        label,
        len(bills),
        _money(bills, currency),
        len(recovered),
        _money(recovered, currency),
        Share(len(recovered), len(bills)),
        len(lost),
        _money(lost, currency),
        len(bills) - len(recovered) - len(lost),
    )


def _by_attempt(currency: str, bills: Sequence[Bill]) -> Report:
    recovered = [bill for bill in bills if bill.is_paid]
    attempts = sorted({bill.attempt for bill in recovered})
    rows = _split(
        {f"Attempt {n}": [bill for bill in recovered if bill.attempt == n] for n in attempts}, currency
    )
    return Report(
        name=f"recovery-attempts-{currency}",
        title=f"By attempt, {currency.upper()}",
        note="The attempt that succeeded, of the payments that were recovered.",
        empty="None was recovered yet.",
        columns=("Attempt", "Recovered", "Money", "Share"),
        rows=rows,
        bars=draw_bars(rows, value=1),
    )


def _by_days(currency: str, bills: Sequence[Bill]) -> Report:
    recovered = [bill for bill in bills if bill.is_paid]
    parts: dict[str, list[Bill]] = {label: [] for _, label in SPANS}
    for bill in recovered:
        parts[next(label for most, label in SPANS if bill.took <= most)].append(bill)
    rows = _split(parts, currency)
    return Report(
        name=f"recovery-days-{currency}",
        title=f"By days, {currency.upper()}",
        note="From the invoice to its payment, of the payments that were recovered.",
        empty="None was recovered yet.",
        columns=("Paid", "Recovered", "Money", "Share"),
        rows=rows if recovered else [],
        bars=draw_bars(rows, value=1),
    )


def _split(parts: Mapping[str, Sequence[Bill]], currency: str) -> list[tuple[Cell, ...]]:
    whole = sum(len(part) for part in parts.values())
    return [
        (label, len(part), _money(part, currency), Share(len(part), whole)) for label, part in parts.items()
    ]


def _money(bills: Iterable[Bill], currency: str) -> Money:
    return Money(sum(bill.amount for bill in bills), currency)
