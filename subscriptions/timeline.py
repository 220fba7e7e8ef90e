"""A reader's story with us in plain words, told from the rows, the latest first."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

from django.utils.formats import date_format
from django.utils.timezone import localtime

from accounts.models import AuditEntry, Consent, User
from kit.money import format_money
from subscriptions.cards import brand_in_words
from subscriptions.models import (
    Checkout,
    Dispute,
    Drift,
    Gift,
    Grant,
    Invoice,
    Notice,
    Payment,
    Seat,
    Source,
    Status,
    Subscription,
    Withdrawal,
)


@dataclass(frozen=True)
class Happening:
    """One line: when, what in words, a few words more, and whether it is trouble."""

    at: datetime
    text: str
    more: str = ""
    is_trouble: bool = False


@dataclass(frozen=True)
class Records:
    """All rows about one reader that something can be told from."""

    user: User
    checkouts: Sequence[Checkout] = ()
    subscriptions: Sequence[Subscription] = ()
    invoices: Sequence[Invoice] = ()
    payments: Sequence[Payment] = ()
    disputes: Sequence[Dispute] = ()
    grants: Sequence[Grant] = ()
    gifts: Sequence[Gift] = ()
    seats: Sequence[Seat] = ()
    notices: Sequence[Notice] = ()
    withdrawals: Sequence[Withdrawal] = ()
    consents: Sequence[Consent] = ()
    drifts: Sequence[Drift] = ()
    trail: Sequence[AuditEntry] = ()
    plan_names: dict[str, str] = field(default_factory=dict)
    """Names of plans by Stripe price."""


def timeline_of(records: Records) -> list[Happening]:
    """Everything that happened, the latest first."""
    told = [
        Happening(records.user.joined_at, "Made an account"),
        *_checkouts(records),
        *_subscriptions(records),
        *_invoices(records),
        *_payments(records),
        *_disputes(records.disputes),
        *_endings(records.subscriptions),
        *_grants(records.grants),
        *_gifts(records),
        *_seats(records),
        *_notices(records.notices),
        *_withdrawals(records.withdrawals),
        *(Happening(row.given_at, f"Agreed to: {row.get_kind_display()}") for row in records.consents),
        *_drifts(records.drifts),
        *_trail(records),
    ]
    # At one moment what follows stands above what it follows from, as they are listed here.
    return sorted(told, key=lambda happening: happening.at)[::-1]


def day_in_words(moment: datetime) -> str:
    """`May 6, 2026`, in the newsroom's time zone."""
    return date_format(localtime(moment).date(), "F j, Y")


# ----------------------------------------------------------------------------------------- subscribing


def _checkouts(records: Records) -> Iterator[Happening]:
    for visit in records.checkouts:
        if visit.subscription_id is None and visit.gift_id is None:
            what = f"Went to pay for {visit.plan.name}{_through(visit)}"
            outcome = {
                Checkout.State.OPEN: "not finished yet",
                Checkout.State.EXPIRED: "and did not finish",
                Checkout.State.COMPLETE: "",
            }
            yield Happening(visit.created_at, what, outcome[Checkout.State(visit.state)])


def _through(visit: Checkout | None) -> str:
    if visit is None or not visit.return_path:
        return ""
    return f" through the wall of {visit.return_path}" if visit.wall else f" from {visit.return_path}"


def _subscriptions(records: Records) -> Iterator[Happening]:
    visits = {visit.subscription_id: visit for visit in records.checkouts if visit.subscription_id}
    for row in records.subscriptions:
        yield Happening(row.started_at, _beginning(records, row) + _through(visits.get(row.pk)))


def _endings(rows: Iterable[Subscription]) -> Iterator[Happening]:
    for row in rows:
        if row.status == Status.INCOMPLETE_EXPIRED and row.ended_at:
            yield Happening(row.ended_at, "The first payment was never made: nothing began")
        elif row.ended_at:
            why = END_REASONS.get(row.end_reason, "")
            yield Happening(row.ended_at, f"The subscription to {_plan(row)} ended", why, bool(why))
        if row.cancelled_at and row.cancels_at and not row.ended_at:
            yield Happening(row.cancelled_at, f"Cancelled, to end on {day_in_words(row.cancels_at)}")
        if row.trial_end_at and row.synced_at >= row.trial_end_at and row.status != Status.CANCELED:
            after = "without a card: paused" if row.status == Status.PAUSED else ""
            yield Happening(row.trial_end_at, "The free time ended", after, bool(after))


END_REASONS = {
    "payment_failed": "because the payment did not go through",
    "payment_disputed": "because a payment was disputed",
}
"""In Stripe's words, why a subscription was ended by anyone but its reader."""


def _beginning(records: Records, row: Subscription) -> str:
    """What was begun; the plan may have been another then, as the first invoice tells."""
    first = [invoice for invoice in records.invoices if invoice.subscription_id == row.pk]
    first = [invoice for invoice in first if invoice.billing_reason == "subscription_create"]
    plan = (_bought(records, first[0]) if first else "") or _plan(row)
    if row.status in (Status.INCOMPLETE, Status.INCOMPLETE_EXPIRED):
        return f"Began to subscribe to {plan}, the first payment not made"
    seats = f" for {row.quantity} seats" if row.quantity > 1 else ""
    is_free = bool(first) and not first[0].total and row.trial_end_at is not None
    return f"Began a trial of {plan}{seats}" if is_free else f"Subscribed to {plan}{seats}"


def _plan(row: Subscription) -> str:
    return row.plan.name if row.plan else "a plan"


# --------------------------------------------------------------------------------------------- money


REASONS = {
    "subscription_create": "first payment",
    "subscription_cycle": "renewal",
    "subscription_update": "change",
    "subscription_threshold": "renewal",
    "manual": "made by hand",
}


def _invoices(records: Records) -> Iterator[Happening]:
    for row in records.invoices:
        words = f"{_reason(row)}, invoice {row.number or row.stripe_id}"
        if row.billing_reason == "subscription_update":
            plan = _bought(records, row)
            if plan:
                yield Happening(row.created_at, f"Changed to {plan}")
        if row.paid_at and row.total:
            yield Happening(row.paid_at, _settled(row), words)
        if row.status == Invoice.Status.UNCOLLECTIBLE:
            yield Happening(row.created_at, f"{_money(row.total, row)} written off", words, is_trouble=True)


def _settled(row: Invoice) -> str:
    if row.amount_paid > 0:
        return f"Paid {_money(row.amount_paid, row)}"
    if row.total < 0:
        return f"{_money(-row.total, row)} kept as credit"
    return f"{_money(row.total, row)} settled from credit"


def _reason(row: Invoice) -> str:
    return REASONS.get(row.billing_reason, "charge")


def _bought(records: Records, row: Invoice) -> str:
    """The plan that the costliest line pays for; its lines are to be prefetched."""
    lines = sorted(row.lines.all(), key=lambda line: (line.is_proration, -line.amount))
    names = [records.plan_names.get(line.price_id, "") for line in lines if line.amount >= 0]
    return next(filter(None, names), "")


def _money(amount: int, row: Invoice | Payment | Dispute | Gift) -> str:
    return format_money(amount, row.currency)


def _payments(records: Records) -> Iterator[Happening]:
    invoices = {row.pk: row for row in records.invoices}
    tries: dict[int | None, list[Payment]] = {}
    for row in sorted(records.payments, key=lambda payment: (payment.created_at, payment.pk)):
        tries.setdefault(row.invoice_id, []).append(row)
    for invoice_id, attempts in tries.items():
        following: list[Payment | None] = [later for _, later in pairwise(attempts)]
        for row, later in zip(attempts, [*following, None], strict=True):
            yield from _attempt(row, later, invoices.get(invoice_id or 0))


def _attempt(row: Payment, later: Payment | None, invoice: Invoice | None) -> Iterator[Happening]:
    if row.status == "failed":
        yield Happening(
            row.created_at, f"Card declined{_why(row)}{_next(later, invoice)}", _tried(row), is_trouble=True
        )
    elif row.status == "pending":
        yield Happening(row.created_at, f"{_money(row.amount, row)} on its way from the bank")
    if row.amount_refunded and row.refunded_at:
        part = "" if row.amount_refunded >= row.amount else f" of {_money(row.amount, row)}"
        yield Happening(row.refunded_at, f"{_money(row.amount_refunded, row)}{part} given back")


def _why(row: Payment) -> str:
    words = row.failure_code.replace("_", " ")
    return f" ({words})" if words else ""


def _next(later: Payment | None, invoice: Invoice | None) -> str:
    """When it was tried again, or will be."""
    if later:
        return f", tried again on {day_in_words(later.created_at)}"
    if invoice is None or invoice.status != Invoice.Status.OPEN:
        return ""
    if invoice.next_try_at:
        return f", next try on {day_in_words(invoice.next_try_at)}"
    return ", not tried again by itself"


def _tried(row: Payment) -> str:
    card = f", {brand_in_words(row.card_brand)} ending in {row.card_last4}" if row.card_last4 else ""
    return f"{_money(row.amount, row)}{card}"


def _disputes(rows: Iterable[Dispute]) -> Iterator[Happening]:
    for row in rows:
        why = row.reason.replace("_", " ")
        yield Happening(
            row.opened_at, f"{_money(row.amount, row)} disputed at the bank", why, is_trouble=True
        )
        if row.closed_at:
            outcome = row.status.replace("_", " ")
            yield Happening(row.closed_at, f"The dispute was closed: {outcome}", is_trouble=row.is_lost)


# -------------------------------------------------------------------------------------------- access


def _grants(rows: Iterable[Grant]) -> Iterator[Happening]:
    for row in rows:
        until = f" until {day_in_words(row.ends_at)}" if row.ends_at else " without an end"
        if row.source == Source.COMP:
            who = str(row.granted_by) if row.granted_by else "The house"
            yield Happening(row.starts_at, f"{who} gave access{until}: {row.reason}")
        elif row.source in (Source.INSTITUTION, Source.STAFF):
            yield Happening(row.starts_at, f"Access{until}: {row.reason}")


def _gifts(records: Records) -> Iterator[Happening]:
    for row in records.gifts:
        if row.giver_id == records.user.pk:
            yield from _given(row)
        else:
            yield from _received(row)


def _given(row: Gift) -> Iterator[Happening]:
    what = f"a gift of {row.plan.name} for {row.recipient_name}"
    if row.paid_at:
        yield Happening(row.paid_at, f"Bought {what}, {row.price}")
    if row.delivered_at:
        yield Happening(row.delivered_at, f"The gift for {row.recipient_name} was delivered")
    if row.redeemed_at:
        yield Happening(row.redeemed_at, f"The gift for {row.recipient_name} was redeemed")
    if row.refunded_at:
        yield Happening(row.refunded_at, f"The gift for {row.recipient_name} was refunded and is void")


def _received(row: Gift) -> Iterator[Happening]:
    if row.delivered_at:
        yield Happening(row.delivered_at, f"Was sent a gift of {row.plan.name} by {row.giver_name}")
    if row.redeemed_at:
        yield Happening(row.redeemed_at, f"Redeemed the gift of {row.plan.name} from {row.giver_name}")
    if row.refunded_at:
        yield Happening(row.refunded_at, f"The gift from {row.giver_name} was refunded and is void")


def _seats(records: Records) -> Iterator[Happening]:
    for row in records.seats:
        yield Happening(row.invited_at, f"Was offered a seat in {row.group}")
        if row.taken_at:
            yield Happening(row.taken_at, f"Took the seat in {row.group}")
        if row.returned_at:
            yield Happening(row.returned_at, f"The seat in {row.group} was taken back")


# --------------------------------------------------------------------------- letters, law and the desk


def _notices(rows: Iterable[Notice]) -> Iterator[Happening]:
    for row in rows:
        if row.sent_at:
            yield Happening(row.sent_at, f"Letter sent: {row.subject or row.get_kind_display()}")
        elif row.dropped_at:
            yield Happening(
                row.dropped_at, f"Letter not sent: {row.get_kind_display()}", row.trouble, is_trouble=True
            )


def _withdrawals(rows: Iterable[Withdrawal]) -> Iterator[Happening]:
    for row in rows:
        yield Happening(row.confirmed_at, f"Withdrew from {row.contract}")
        if row.settled_at:
            yield Happening(row.settled_at, f"The withdrawal was {row.get_state_display()}", row.note)


def _drifts(rows: Iterable[Drift]) -> Iterator[Happening]:
    for row in rows:
        yield Happening(row.found_at, f"Found: {row.get_kind_display()}", row.stripe_id, is_trouble=True)


TOLD_BY_ROWS = frozenset(
    {
        "buy gift",
        "carry out withdrawal",
        "complete checkout",
        "give access",
        "receive withdrawal",
        "redeem gift",
        "take seat",
        "take seat back",
        "void gift",
    }
)
"""Entries of the audit trail that a row tells better."""


def _trail(records: Records) -> Iterator[Happening]:
    for row in reversed(records.trail):  # they come with the latest first
        if row.action in TOLD_BY_ROWS:
            continue
        if row.action == "sync subscription":
            if row.from_state:  # without one it has just begun, which its own row tells
                yield _new_state(row)
            continue
        states = (row.from_state.replace("_", " "), row.to_state.replace("_", " "))
        moved = " → ".join(filter(None, states)) if row.to_state else ""
        text = " · ".join(filter(None, (row.action.capitalize(), moved)))
        who = "the reader" if row.by_id == records.user.pk else row.by_label
        yield Happening(row.at, f"{text} (by {who})", row.reason)


LABELS: dict[str, str] = dict(Status.choices)
TROUBLED = (Status.PAST_DUE, Status.UNPAID, Status.PAUSED)


def _new_state(row: AuditEntry) -> Happening:
    """Stripe told us of another state."""
    now, before = LABELS.get(row.to_state, row.to_state), LABELS.get(row.from_state, row.from_state)
    text = f"The subscription is now {now}"
    return Happening(row.at, text, f"before: {before}", row.to_state in TROUBLED)
