"""Calendar arithmetic of billing periods, in UTC as Stripe reckons."""

import calendar
from datetime import UTC, datetime, timedelta

from sandbox.stripe.store import Obj


def period_end(anchor: int, start: int, recurring: Obj) -> int:
    """The first boundary after `start`, counted from `anchor` (Unix seconds).

    Counting from the anchor keeps the day: 31 January, 28 February, 31 March
    (docs.stripe.com/billing/subscriptions/billing-cycle).
    """
    steps = 1
    while (end := boundary(anchor, recurring, steps)) <= start:
        steps += 1
    return end


def boundary(anchor: int, recurring: Obj, steps: int) -> int:
    """So many intervals after `anchor`, both in Unix seconds."""
    moment = datetime.fromtimestamp(anchor, UTC)
    count = steps * int(recurring["interval_count"])
    match recurring["interval"]:
        case "day":
            moment += timedelta(days=count)
        case "week":
            moment += timedelta(weeks=count)
        case "month":
            moment = _add_months(moment, count)
        case _:
            moment = _add_months(moment, 12 * count)
    return int(moment.timestamp())


def _add_months(moment: datetime, count: int) -> datetime:
    years, month = divmod(moment.month - 1 + count, 12)
    year = moment.year + years
    day = min(moment.day, calendar.monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)
