"""From when until when each paid line is the one that runs."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from subscriptions.reports.value import NONE, Line, Reduction


class Run(NamedTuple):
    """The time in which a line says what its subscription is worth; it ends before `until`.

    `terms` are how the last whole period was reduced, which a line for part of one goes by.
    """

    line: Line
    since: datetime
    until: datetime
    terms: Reduction


def runs(
    lines: Iterable[Line], *, ended_at: datetime | None, stopped: Mapping[int, datetime], grace: timedelta
) -> Iterator[Run]:
    """The runs of one subscription's paid lines, the oldest first; no two overlap.

    A line runs from the start of its period until the next one starts, so a change within a period counts
    from its moment. Where none follows it runs to the end of its period, and for the `grace` in which the
    renewal may still be paid, but never past the subscription's end. Of a line whose invoice is in `stopped`
    (money given back in full, dispute lost) nothing runs from that moment on.
    """
    ordered = sorted(lines, key=_order)
    terms = NONE
    for number, line in enumerate(ordered):
        if not line.is_proration:
            terms = Reduction(line.off, line.amount)
        stop = stopped.get(line.invoice)
        until = line.ends_at + grace if stop is None else min(line.ends_at, stop)
        if number + 1 < len(ordered):
            until = min(until, ordered[number + 1].starts_at)
        if ended_at is not None:
            until = min(until, ended_at)
        if until > line.starts_at:
            yield Run(line, line.starts_at, until, terms)


def moments_within(run: Run, moments: Sequence[datetime]) -> range:
    """The numbers of the (rising) moments at which the run was on, the state just before each being meant.

    What starts at the first moment of a month belongs to that month, not to the end of the one before.
    """
    return range(bisect_right(moments, run.since), bisect_right(moments, run.until))


def _order(line: Line) -> tuple[datetime, int, int, int, str]:
    """By start; at the same start a whole period after a part of one, then what can be told apart at all."""
    return line.starts_at, not line.is_proration, line.amount, line.quantity, line.price_id
