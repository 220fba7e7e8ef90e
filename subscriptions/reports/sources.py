"""Which story and which wall brought subscribers."""

from collections import Counter, defaultdict
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce

from kit.reporting import Bar, Cell, Link, Money, Period, Report, draw_bars
from subscriptions.models import Checkout, Status
from subscriptions.reports.months import Months

LIVING = (Status.ACTIVE, Status.TRIALING, Status.PAST_DUE)


def sources(period: Period, *, at: datetime) -> list[Report]:
    """For each currency, the pages that led to the till; and the walls."""
    months = Months(period, at=at)
    found = list(_grouped(months, "return_path", "wall"))
    by_currency: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in found:
        by_currency[row["paid_in"]].append(row)
    reports = [_stories(currency, rows) for currency, rows in sorted(by_currency.items())]
    walls = [_walls(currency, rows) for currency, rows in sorted(by_currency.items())]
    pairs = [report for pair in zip(reports, walls, strict=True) for report in pair]
    return pairs or [_stories("", [])]


def _grouped(months: Months, *names: str) -> Any:
    """Subscriptions begun at the till in the months, with the money they have brought until now."""
    bought = Checkout.objects.filter(
        state=Checkout.State.COMPLETE,
        subscription__isnull=False,
        created_at__gte=months.since,
        created_at__lt=months.until,
    )
    standing = "subscription__status"
    taken = Sum("subscription__invoices__amount_paid"), Sum("subscription__invoices__amount_refunded")
    return (
        bought.order_by()
        .values(*names, paid_in=F("subscription__currency"))
        .annotate(
            number=Count("pk", distinct=True),
            on_trial=Count("pk", distinct=True, filter=Q(**{standing: Status.TRIALING})),
            living=Count("pk", distinct=True, filter=Q(**{f"{standing}__in": LIVING})),
            money=Coalesce(taken[0], 0) - Coalesce(taken[1], 0),
        )
        .order_by("-number", "-money", *names)
    )


def _stories(currency: str, found: list[dict[str, Any]]) -> Report:
    rows: list[tuple[Cell, ...]] = [
        (
            Link(row["return_path"], row["return_path"]) if row["return_path"] else "Not from a page",
            wall_name(row["wall"]),
            *_figures(row, currency),
        )
        for row in found
    ]
    return Report(
        name=f"stories-{currency}" if currency else "stories",
        title=f"What brought subscribers{f', {currency.upper()}' if currency else ''}",
        note="The page a reader came from when they went to the till, and the wall they met there, of all "
        "subscriptions begun at the till in these months. The money is what they have paid until now, with "
        "tax, less what was given back.",
        empty="Once readers subscribe from a story, this says which one brought them.",
        columns=("Came from", "Wall", "Subscriptions", "Still run", "On trial", "Money so far"),
        texts=2,
        rows=rows,
        bars=_bars_by_page(found),
    )


def _bars_by_page(found: list[dict[str, Any]]) -> list[Bar]:
    """A bar for each page, whichever walls its readers met."""
    numbers: Counter[str] = Counter()
    for row in found:
        numbers[row["return_path"]] += row["number"]
    return draw_bars([(_short(path), number) for path, number in numbers.most_common()], value=1)


def _short(path: str) -> str:
    if not path:
        return "Not from a page"
    return path.rstrip("/").rpartition("/")[2].replace("-", " ") or "Front page"


def _walls(currency: str, found: list[dict[str, Any]]) -> Report:
    """The same by the wall alone."""
    sums: dict[str, dict[str, int]] = {}
    for row in found:
        mine = sums.setdefault(row["wall"], dict.fromkeys(("number", "living", "on_trial", "money"), 0))
        for name in mine:
            mine[name] += row[name]
    ordered = sorted(sums.items(), key=lambda each: (-each[1]["number"], each[0]))
    rows: list[tuple[Cell, ...]] = [(wall_name(wall), *_figures(row, currency)) for wall, row in ordered]
    return Report(
        name=f"walls-{currency}",
        title=f"By wall, {currency.upper()}",
        note="The same subscriptions by the wall alone.",
        empty="Once readers subscribe from a story, this says which wall they met.",
        columns=("Wall", "Subscriptions", "Still run", "On trial", "Money so far"),
        rows=rows,
        bars=draw_bars(rows, value=1),
    )


def _figures(row: dict[str, Any], currency: str) -> tuple[Cell, ...]:
    return row["number"], row["living"], row["on_trial"], Money(row["money"], currency)


def wall_name(wall: str) -> str:
    """The wall's word in the address, as words."""
    return wall.replace("_", " ").capitalize() if wall else "None"
