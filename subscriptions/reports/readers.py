"""Who reads by which right: subscriptions by plan now and over time, and readers without a subscription."""

from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce

from kit.reporting import Cell, Period, Report, draw_bars
from subscriptions.models import Grant, Plan, Seat, Source, Status, Subscription
from subscriptions.reports.months import Months

NEVER = (Status.INCOMPLETE, Status.INCOMPLETE_EXPIRED)
OVER = (*NEVER, Status.CANCELED)
NO_PLAN = "A price of no plan"


def readers(period: Period, *, at: datetime) -> list[Report]:
    """Now by plan, now by other rights, and by plan at the end of each month."""
    return [by_plan(at=at), by_right(at=at), over_time(period, at=at)]


def by_plan(*, at: datetime) -> Report:
    """The subscriptions of each plan as they stand now."""
    taken = _seats_taken()
    rows: list[tuple[Cell, ...]] = [
        (
            row["plan__name"] or NO_PLAN,
            *(row[name] for name in ("paying", "on_trial", "past_due", "paused", "leaving", "bought")),
            taken.get(row["plan_id"], 0),
        )
        for row in _counts_by_plan()
    ]
    return Report(
        name="by-plan",
        title="Subscriptions by plan",
        note="As they stand now. Those cancelled to their end are among the others until then. Seats are "
        "those of plans sold by seat, bought and given to somebody.",
        empty="Once readers subscribe, this says how many, to which plan and in which state.",
        columns=(
            "Plan",
            "Paying",
            "On trial",
            "Payment overdue",
            "Paused",
            "Cancelled to their end",
            "Seats bought",
            "Seats taken",
        ),
        rows=rows,
        total=("All plans", *(sum(_number(row[column]) for row in rows) for column in range(1, 8))),
        bars=draw_bars(rows, value=1),
    )


def _counts_by_plan() -> Any:
    """One dictionary for each plan, in the publisher's order."""
    living = Q(status__in=(Status.ACTIVE, Status.TRIALING, Status.PAST_DUE))
    return (
        Subscription.objects.exclude(status__in=OVER)
        .order_by()
        .values("plan_id", "plan__name", "plan__is_for_groups")
        .annotate(
            paying=Count("pk", filter=Q(status=Status.ACTIVE, pause_behavior="")),
            on_trial=Count("pk", filter=Q(status=Status.TRIALING, pause_behavior="")),
            past_due=Count("pk", filter=Q(status__in=(Status.PAST_DUE, Status.UNPAID))),
            paused=Count("pk", filter=Q(status=Status.PAUSED) | (living & ~Q(pause_behavior=""))),
            leaving=Count("pk", filter=living & Q(cancels_at__isnull=False)),
            bought=Coalesce(Sum("quantity", filter=living & Q(plan__is_for_groups=True)), 0),
        )
        .order_by(F("plan__position").asc(nulls_last=True), "plan__name")
    )


def _seats_taken() -> dict[int | None, int]:
    living = (Status.ACTIVE, Status.TRIALING, Status.PAST_DUE)
    held = Seat.objects.held().filter(taken_at__isnull=False, group__subscription__status__in=living)
    found = held.order_by().values_list("group__subscription__plan_id").annotate(number=Count("pk"))
    return dict(found)


def by_right(*, at: datetime) -> Report:
    """Readers who may read now without paying themselves, by where the right comes from."""
    counted = dict(
        Grant.objects.current(at=at)
        .order_by()
        .values_list("source")
        .annotate(readers=Count("user", distinct=True))
    )
    rights = (Source.SEAT, Source.GIFT, Source.COMP, Source.INSTITUTION, Source.STAFF)
    labels = [(str(right.label).capitalize(), counted.get(right.value, 0)) for right in rights]
    rows: list[tuple[Cell, ...]] = [row for row in labels if row[1]]
    return Report(
        name="by-right",
        title="Reading without a subscription of their own",
        note="Readers with a right in force now, by where it comes from. Who reads by an institution's "
        "network without an account is not counted anywhere.",
        empty="Seats, gifts, complimentary access and institutions' readers will be counted here.",
        columns=("Right", "Readers"),
        rows=rows,
        bars=draw_bars(rows, value=1),
    )


def over_time(period: Period, *, at: datetime) -> Report:
    """Subscriptions that had begun and not ended, by today's plan, at the end of each month."""
    months = Months(period, at=at)
    standing = {
        f"month_{number}": Count(
            "pk", filter=Q(started_at__lt=end) & (Q(ended_at__isnull=True) | Q(ended_at__gte=end))
        )
        for number, end in enumerate(months.moments[1:])
    }
    begun = Subscription.objects.exclude(status__in=NEVER).filter(started_at__lt=months.until)
    counted: Any = (
        begun.filter(Q(ended_at__isnull=True) | Q(ended_at__gte=months.since))
        .order_by()
        .values("plan_id")
        .annotate(**standing)
    )
    found: list[dict[str, Any]] = list(counted)
    names: dict[int | None, str] = dict(Plan.objects.values_list("pk", "name"))
    plans = [names.get(row["plan_id"], NO_PLAN) for row in found]
    rows: list[tuple[Cell, ...]] = []
    for number in range(len(months)):
        counts = [int(row[f"month_{number}"]) for row in found]
        rows.append((months.label(number), *counts, sum(counts)))
    return Report(
        name="over-time",
        title="Subscriptions over time",
        note="Begun and not ended at the end of each month, trials and late payers included, by the plan "
        "they have or had last.",
        empty="Once readers subscribe, each month's end is counted here.",
        columns=("Month", *plans, "All"),
        rows=rows if found else [],
        bars=draw_bars(rows[-12:], value=len(plans) + 1),
    )


def _number(cell: Cell) -> int:
    return cell if isinstance(cell, int) else 0
