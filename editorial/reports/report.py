"""What every report is made of: a table, and bars drawn from it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.humanize.templatetags.humanize import intcomma

Cell = str | int | timedelta

FULL_WIDTH = 1000
"""The length of the longest bar, in the units of the drawing."""

MOST_BARS = 12
"""More would be no picture any more; the table has them all."""


@dataclass(frozen=True)
class Bar:
    """One bar: `length` to the value, `reach` to a second, larger one (0: there is none)."""

    label: str
    text: str
    length: int
    reach: int = 0


@dataclass(frozen=True)
class Report:
    """One report. `name` stands in addresses and file names, `note` says what is counted and how.

    The first `texts` columns hold words; `timed` are the numbers of those that hold durations.
    """

    name: str
    title: str
    note: str
    empty: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[Cell, ...]]
    texts: int = 1
    timed: tuple[int, ...] = ()
    total: tuple[Cell, ...] = ()
    bars: Sequence[Bar] = ()

    def shown_rows(self) -> list[list[str]]:
        """The cells as words, for the page."""
        return [[words(cell) for cell in row] for row in self.rows]

    def shown_total(self) -> list[str]:
        return [words(cell) for cell in self.total]

    def table(self) -> Iterator[tuple[str | int | float, ...]]:
        """The heading and the rows as a spreadsheet takes them: times in hours."""
        yield tuple(
            f"{name} (hours)" if number in self.timed else name for number, name in enumerate(self.columns)
        )
        for row in self.rows:
            yield tuple(hours(cell) if isinstance(cell, timedelta) else cell for cell in row)


def draw_bars(rows: Sequence[tuple[Cell, ...]], *, value: int, reach: int | None = None) -> list[Bar]:
    """Bars of the first rows: column 0 is the label, `value` and `reach` are the columns to draw."""
    rows = rows[:MOST_BARS]
    longest = max((_size(row[value if reach is None else reach]) for row in rows), default=0) or 1
    return [
        Bar(
            label=str(row[0]),
            text=words(row[value]),
            length=round(FULL_WIDTH * _size(row[value]) / longest),
            reach=0 if reach is None else round(FULL_WIDTH * _size(row[reach]) / longest),
        )
        for row in rows
    ]


def _size(cell: Cell) -> float:
    return cell.total_seconds() if isinstance(cell, timedelta) else float(cell)


def words(cell: Cell) -> str:
    """A cell for people to read: 1,234 and `3 d 4 h`."""
    if isinstance(cell, timedelta):
        return _duration(cell)
    return cell if isinstance(cell, str) else str(intcomma(cell))


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
