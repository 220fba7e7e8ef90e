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
    """The publisher's choices: how long a reader keeps reading, and what money given back does."""

    past_due_grace: timedelta
    renewal_slack: timedelta
    keeps_paid_time: bool = True
    refund_ends_access: bool = True


@dataclass(frozen=True)
class Facts:
    """What is known of a subscription. The last four follow from its invoices and payments.

    `covered_until_at` is the end of the last settled period (free ones count), `paid_until_at` of the
    last that money was taken for and kept; `money_back_at` is when the money for the running period was
    given back in full or lost in a dispute.
    """

    status: str
    started_at: datetime
    period_start_at: datetime
    period_end_at: datetime
    cancels_at: datetime | None = None
    ended_at: datetime | None = None
    is_paused: bool = False
    covered_until_at: datetime | None = None
    paid_until_at: datetime | None = None
    money_back_at: datetime | None = None


def entitle(facts: Facts, *, policy: Policy) -> Window | None:
    """The window of access that a subscription gives, or None for no access at all."""
    ends_at = _end(facts, policy)
    if ends_at and facts.money_back_at and policy.refund_ends_access:
        ends_at = min(ends_at, facts.money_back_at)
    return Window(facts.started_at, ends_at) if ends_at and ends_at > facts.started_at else None


def _end(facts: Facts, policy: Policy) -> datetime | None:
    """When access ends, money given back aside. Unpaid, paused, incomplete, unknown: no access."""
    if facts.status in (Status.ACTIVE, Status.TRIALING):
        return _running_end(facts, policy)
    if facts.status == Status.PAST_DUE:
        # Counted from what was settled last: a subscription left past due for ever opens new periods.
        end = (facts.covered_until_at or facts.period_start_at) + policy.past_due_grace
        return min(end, facts.cancels_at) if facts.cancels_at else end
    if facts.status == Status.CANCELED and facts.ended_at:
        paid = facts.paid_until_at if policy.keeps_paid_time else None
        return max(facts.ended_at, paid) if paid else facts.ended_at
    return None


def _running_end(facts: Facts, policy: Policy) -> datetime:
    """A renewing subscription reads `renewal_slack` past its period: the next is known only once invoiced.

    With collection paused periods go on unpaid: access ends with the last one that was settled.
    """
    if facts.is_paused:
        end = facts.covered_until_at or facts.period_end_at
        return min(end, facts.cancels_at) if facts.cancels_at else end
    return facts.cancels_at or facts.period_end_at + policy.renewal_slack
