"""Money given back and contested; gifts; offers taken."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce

from kit.reporting import Cell, Money, Period, Report, Share, draw_bars
from subscriptions.models import Checkout, Dispute, Gift, Offer, OfferShowing, Payment
from subscriptions.reports.months import Months, number_of_month

Counted = dict[str, dict[int, dict[str, Any]]]
"""By currency and number of the month: the row of a query."""


def refunds(period: Period, *, at: datetime) -> list[Report]:
    """Money given back, and payments contested, by month; a table for each currency."""
    months = Months(period, at=at)
    given = Payment.objects.filter(amount_refunded__gt=0)
    back = _by_month(
        given, "refunded_at", months, number=Count("pk"), money=Coalesce(Sum("amount_refunded"), 0)
    )
    lost = Q(status="lost")
    contested = _by_month(
        Dispute.objects.all(),
        "opened_at",
        months,
        number=Count("pk"),
        won=Count("pk", filter=Q(status="won")),
        lost=Count("pk", filter=lost),
        money=Coalesce(Sum("amount", filter=lost), 0),
    )
    currencies = sorted({*back, *contested})
    found = [_refunds(currency, back[currency], contested[currency], months) for currency in currencies]
    return found or [_refunds("", {}, {}, months)]


def _refunds(
    currency: str,
    back: Mapping[int, dict[str, Any]],
    contested: Mapping[int, dict[str, Any]],
    months: Months,
) -> Report:
    rows: list[tuple[Cell, ...]] = []
    for number in range(len(months)):
        given, dispute = back.get(number, {}), contested.get(number, {})
        rows.append(
            (
                months.label(number),
                given.get("number", 0),
                Money(given.get("money", 0), currency),
                *(dispute.get(name, 0) for name in ("number", "won", "lost")),
                Money(dispute.get("money", 0), currency),
            )
        )
    return Report(
        name=f"refunds-{currency}" if currency else "refunds",
        title=f"Refunds and disputes{f', {currency.upper()}' if currency else ''}",
        note="Payments by the month in which money was last given back, with all that was given back on "
        "them; disputes by the month in which they were opened.",
        empty="Nothing was given back or contested in these months.",
        columns=(
            "Month",
            "Payments given back",
            "Money",
            "Disputes opened",
            "Won",
            "Lost",
            "Money lost",
        ),
        rows=rows if back or contested else [],
        bars=draw_bars(rows[-12:], value=2),
    )


def gifts(period: Period, *, at: datetime) -> list[Report]:
    """Gifts by the month in which they were bought, and how far they have come."""
    months = Months(period, at=at)
    states = Gift.State
    found = _by_month(
        Gift.objects.filter(paid_at__isnull=False),
        "paid_at",
        months,
        number=Count("pk"),
        money=Coalesce(Sum("amount"), 0),
        waiting=Count("pk", filter=Q(state=states.PAID)),
        delivered=Count("pk", filter=Q(state=states.DELIVERED)),
        redeemed=Count("pk", filter=Q(state=states.REDEEMED)),
        refunded=Count("pk", filter=Q(state=states.REFUNDED)),
    )
    reports = [_gifts(currency, rows, months) for currency, rows in sorted(found.items())]
    return reports or [_gifts("", {}, months)]


def _gifts(currency: str, found: Mapping[int, dict[str, Any]], months: Months) -> Report:
    names = ("waiting", "delivered", "redeemed", "refunded")
    rows: list[tuple[Cell, ...]] = []
    for number in range(len(months)):
        row = found.get(number, {})
        counts = (row.get(name, 0) for name in names)
        money = Money(row.get("money", 0), currency)
        rows.append((months.label(number), row.get("number", 0), money, *counts))
    return Report(
        name=f"gifts-{currency}" if currency else "gifts",
        title=f"Gifts{f', {currency.upper()}' if currency else ''}",
        note="Gifts by the month in which they were paid, with their price, and where they are now.",
        empty="Once a gift has been paid for, it is counted here.",
        columns=(
            "Month",
            "Bought",
            "Money",
            "Not delivered yet",
            "Delivered, not redeemed",
            "Redeemed",
            "Given back",
        ),
        rows=rows if found else [],
        bars=draw_bars(rows[-12:], value=1),
    )


def offers(period: Period, *, at: datetime) -> list[Report]:
    """Offers shown and taken in the period."""
    months = Months(period, at=at)
    span = (months.since, months.until)
    shown = _by_offer(OfferShowing.objects.all(), "shown_at", span)
    taken = _by_offer(OfferShowing.objects.all(), "taken_at", span)
    at_till = _by_offer(Checkout.objects.filter(state=Checkout.State.COMPLETE), "created_at", span)
    rows: list[tuple[Cell, ...]] = []
    for offer in Offer.objects.order_by("kind", "name"):
        is_code = offer.kind == Offer.Kind.CODE
        used = (at_till if is_code else taken).get(offer.pk, 0)
        seen = shown.get(offer.pk, 0)
        if used or seen:
            share: Cell = "" if is_code else Share(used, seen)
            rows.append(
                (offer.name, offer.get_kind_display(), offer.reduction, "" if is_code else seen, used, share)
            )
    return [
        Report(
            name="offers",
            title="Offers taken",
            note="Codes typed at our till, and offers put before readers who were leaving or had left: how "
            "many saw them in these months, and how many took them.",
            empty="Once an offer has been shown or a code used, it is counted here.",
            columns=("Offer", "What it is", "Reduction", "Shown to", "Taken", "Share"),
            texts=3,
            rows=rows,
            bars=draw_bars(rows, value=4),
        )
    ]


def _by_offer(rows: Any, moment: str, span: tuple[datetime, datetime]) -> dict[int, int]:
    within = rows.filter(offer__isnull=False, **{f"{moment}__gte": span[0], f"{moment}__lt": span[1]})
    found: Iterable[tuple[int, int]] = within.order_by().values_list("offer_id").annotate(number=Count("pk"))
    return dict(found)


def _by_month(rows: Any, moment: str, months: Months, **counts: Any) -> Counted:
    """The rows of the months counted by currency and month."""
    within = rows.filter(**{f"{moment}__gte": months.since, f"{moment}__lt": months.until})
    grouped = (
        within.annotate(month=number_of_month(moment, months.moments))
        .order_by()
        .values("currency", "month")
        .annotate(**counts)
    )
    found: Counted = defaultdict(dict)
    for row in grouped:
        found[row["currency"]][row["month"]] = row
    return found
