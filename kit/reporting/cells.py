"""What stands in a report's cells: as words for the page, as numbers for a spreadsheet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.contrib.humanize.templatetags.humanize import intcomma

from kit.money import decimals_of, format_money


@dataclass(frozen=True)
class Money:
    """Minor units of a currency."""

    amount: int
    currency: str

    @property
    def number(self) -> Decimal:
        """In whole units: 12.50."""
        return Decimal(self.amount).scaleb(-decimals_of(self.currency))


@dataclass(frozen=True)
class Share:
    """So many of so many; of none, there is no share."""

    part: int
    whole: int

    @property
    def percent(self) -> float | None:
        return round(100 * self.part / self.whole, 1) if self.whole else None


@dataclass(frozen=True)
class Link:
    """A cell that leads somewhere."""

    cell: str | Money
    url: str

    @property
    def text(self) -> str:
        return words(self.cell)


Cell = str | int | timedelta | Money | Share | Link


def words(cell: Cell) -> str:
    """A cell for people to read: `1,234`, `3 d 4 h`, `$12.50`, `41.7%`."""
    match cell:
        case timedelta():
            return _duration(cell)
        case Money():
            return format_money(cell.amount, cell.currency)
        case Share():
            return "–" if cell.percent is None else f"{cell.percent:.1f}%"
        case Link():
            return cell.text
        case str():
            return cell
        case _:
            return str(intcomma(cell))


def plain(cell: Cell) -> str | int | float | Decimal:
    """A cell for a spreadsheet: times in hours, money in whole units, shares in percent."""
    match cell:
        case timedelta():
            return hours(cell)
        case Money():
            return cell.number
        case Share():
            return "" if cell.percent is None else cell.percent
        case Link():
            return plain(cell.cell)
        case _:
            return cell


def size(cell: Cell) -> float:
    """How long a bar is beside others, in whatever unit the column has. Words have no size."""
    match cell:
        case timedelta():
            return cell.total_seconds()
        case Money():
            return float(cell.amount)
        case Share():
            return cell.percent or 0.0
        case int():
            return float(cell)
        case _:
            return 0.0


def hours(duration: timedelta) -> float:
    return round(duration.total_seconds() / 3600, 2)


def _duration(duration: timedelta) -> str:
    """In its two largest units."""
    minutes = round(duration.total_seconds() / 60)
    (days, rest), (full_hours, few) = divmod(minutes, 24 * 60), divmod(minutes, 60)
    if days:
        return f"{days} d {rest // 60} h"
    return f"{full_hours} h {few} min" if full_hours else f"{few} min"


def percentile(durations: Sequence[timedelta], share: float) -> timedelta:
    """The duration that this share of `durations` (at least one) does not pass.

    Between two values it is interpolated, as PostgreSQL's `percentile_cont` does.
    """
    ordered = sorted(durations)
    place = share * (len(ordered) - 1)
    below = ordered[int(place)]
    above = ordered[min(int(place) + 1, len(ordered) - 1)]
    return below + (above - below) * (place - int(place))
