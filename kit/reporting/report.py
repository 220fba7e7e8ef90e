"""What every report is made of: a table, and bars drawn from it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from kit.reporting.cells import Cell, Link, plain, size, words

FULL_WIDTH = 1000
"""The length of the longest bar, in the units of the drawing."""

MOST_BARS = 12
"""More would be no picture any more; the table has them all."""


MOST_ROWS = 200
"""A page shows no more; the file has them all."""


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

    The first `texts` columns hold words; `timed` are the numbers of those that hold durations. `key` says
    what the two lengths of a bar mean, where there are two.
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
    key: tuple[str, str] = ("median", "nine of ten within")

    def shown_rows(self) -> list[list[str | Link]]:
        """The cells for the page: words, or words that lead somewhere."""
        shown = self.rows[:MOST_ROWS]
        return [[cell if isinstance(cell, Link) else words(cell) for cell in row] for row in shown]

    @property
    def left_out(self) -> int:
        """How many rows the page does not show."""
        return max(len(self.rows) - MOST_ROWS, 0)

    def shown_total(self) -> list[str]:
        return [words(cell) for cell in self.total]

    def table(self) -> Iterator[tuple[str | int | float | Decimal, ...]]:
        """The heading and the rows as a spreadsheet takes them: times in hours."""
        yield tuple(
            f"{name} (hours)" if number in self.timed else name for number, name in enumerate(self.columns)
        )
        for row in self.rows:
            yield tuple(plain(cell) for cell in row)


def draw_bars(rows: Sequence[tuple[Cell, ...]], *, value: int, reach: int | None = None) -> list[Bar]:
    """Bars of the first rows: column 0 is the label, `value` and `reach` are the columns to draw."""
    rows = rows[:MOST_BARS]
    longest = max((size(row[value if reach is None else reach]) for row in rows), default=0) or 1
    return [
        Bar(
            label=words(row[0]),
            text=words(row[value]),
            length=_length(row[value], longest),
            reach=0 if reach is None else _length(row[reach], longest),
        )
        for row in rows
    ]


def _length(cell: Cell, longest: float) -> int:
    return max(round(FULL_WIDTH * size(cell) / longest), 0) if longest > 0 else 0
