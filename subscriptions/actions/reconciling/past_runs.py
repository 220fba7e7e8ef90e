"""What earlier comparisons leave to know."""

from datetime import datetime, timedelta

from subscriptions.models import Reconciliation

State = Reconciliation.State

SILENT = timedelta(minutes=10)
"""A running comparison that gave no sign of life for so long has died; its longest pauses add up to less."""
STALE = timedelta(hours=12)
"""One begun longer ago than this is not resumed but begun anew: too much has changed since."""
OVERLAP = timedelta(hours=1)
"""How far before the last comparison new objects count as new: clocks differ, and lists lag behind."""
BY_HAND = ""
"""The trouble of a comparison that somebody stopped: the clock leaves it alone until the next night."""


def last_finished() -> Reconciliation | None:
    """The last comparison that came to its end."""
    return Reconciliation.objects.filter(state=State.DONE).first()


def new_since() -> datetime | None:
    """Since when objects are new to the comparison; None when all are."""
    last = last_finished()
    return last.started_at - OVERLAP if last else None


def unfinished() -> Reconciliation | None:
    """The latest comparison, if it did not come to its end."""
    last = Reconciliation.objects.first()
    return last if last and last.state != State.DONE else None


def stalled(*, at: datetime) -> Reconciliation | None:
    """The latest comparison, if it should go on without being asked: it died, or something failed."""
    last = unfinished()
    if last is None or last.started_at <= at - STALE:
        return None
    is_dead = last.state == State.RUNNING and last.touched_at < at - SILENT
    return last if is_dead or (last.state == State.STOPPED and last.trouble != BY_HAND) else None
