"""What is owed on subscriptions, and how the last attempt to collect it went."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from subscriptions.declines import CONFIRM, HARD_DECLINES
from subscriptions.models import Invoice, Payment, Subscription


class Trouble(StrEnum):
    """Why a bill is still open."""

    NEW = "not tried yet"
    ON_ITS_WAY = "begun, not settled"  # direct debits take days
    SOFT = "declined, worth another try"
    HARD = "declined for good"
    CONFIRM = "to be confirmed with the bank"


@dataclass(frozen=True)
class Bill:
    """The newest open invoice of a subscription: `amount` minor units of `currency` are left to pay."""

    amount: int
    currency: str
    pay_url: str
    trouble: Trouble
    next_try_at: datetime | None = None


OPEN = Invoice.objects.filter(
    subscription=OuterRef("pk"), status=Invoice.Status.OPEN, amount_remaining__gt=0
).order_by("-created_at", "-pk")
PAYMENTS = Payment.objects.filter(invoice=OuterRef("owed_id"))
FAILED = PAYMENTS.filter(status="failed").order_by("-created_at", "-pk")


def with_bills(subscriptions: QuerySet[Subscription]) -> list[tuple[Subscription, Bill | None]]:
    """These subscriptions, each with what is owed on it, in one query."""
    rows = subscriptions.select_related("plan").annotate(
        owed_id=Subquery(OPEN.values("pk")[:1]),
        owed_amount=Subquery(OPEN.values("amount_remaining")[:1]),
        owed_url=Subquery(OPEN.values("hosted_url")[:1]),
        owed_attempts=Subquery(OPEN.values("attempt_count")[:1]),
        owed_next_try_at=Subquery(OPEN.values("next_try_at")[:1]),
        owed_failure=Subquery(FAILED.values("failure_code")[:1]),
        owed_pending=Exists(PAYMENTS.filter(status="pending")),
    )
    return [(row, _bill(row, vars(row))) for row in rows]


def _bill(subscription: Subscription, found: dict[str, object]) -> Bill | None:
    if found["owed_id"] is None:
        return None
    return Bill(
        amount=int(str(found["owed_amount"])),
        currency=subscription.currency,
        pay_url=str(found["owed_url"] or subscription.pay_url),
        trouble=_trouble(subscription, found),
        next_try_at=_moment(found["owed_next_try_at"]),
    )


def _trouble(subscription: Subscription, found: dict[str, object]) -> Trouble:
    """An attempt that left no failed charge is one that waits for 3D Secure, unless there was no card."""
    code = found["owed_failure"]
    if found["owed_pending"]:
        return Trouble.ON_ITS_WAY
    if not found["owed_attempts"]:
        return Trouble.NEW
    if code is None:
        return Trouble.CONFIRM if subscription.card_last4 else Trouble.HARD
    if code in CONFIRM:
        return Trouble.CONFIRM
    return Trouble.HARD if code in HARD_DECLINES else Trouble.SOFT


def _moment(value: object) -> datetime | None:
    return value if isinstance(value, datetime) else None
