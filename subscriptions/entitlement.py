"""What a subscription's state entitles its reader to (rules, section 7), as a pure function."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from subscriptions.models import Status


@dataclass(frozen=True)
class Window:
    """A span in which someone may read: the start counts, the end does not."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Policy:
    """How long a reader keeps reading while a payment is being settled."""

    past_due_grace: timedelta
    renewal_slack: timedelta


def entitle(
    *,
    status: str,
    started_at: datetime,
    period_start_at: datetime,
    period_end_at: datetime,
    cancels_at: datetime | None,
    ended_at: datetime | None,
    policy: Policy,
) -> Window | None:
    """The window of access that a subscription gives, or None for no access at all.

    A renewing subscription gets `renewal_slack` past its period, because the next period is known only
    once Stripe has made and settled the invoice. A past-due one counts from the start of the period
    that was not paid. Unpaid, paused and incomplete give nothing.
    """
    if status in (Status.ACTIVE, Status.TRIALING):
        return Window(started_at, cancels_at or period_end_at + policy.renewal_slack)
    if status == Status.PAST_DUE:
        end = period_start_at + policy.past_due_grace
        return Window(started_at, min(end, cancels_at) if cancels_at else end)
    if status == Status.CANCELED and ended_at and ended_at > started_at:
        return Window(started_at, ended_at)
    return None
