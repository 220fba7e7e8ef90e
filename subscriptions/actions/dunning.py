"""Letters that follow from what our rows say of a subscription, after each comparison with Stripe.

They come from rows and not from events, so that an event delivered twice, late or never changes nothing:
each step has a key of its own, and what happened longer ago than `RECENTLY` is left alone, so that a first
comparison of old books writes to nobody.
"""

from datetime import datetime, timedelta

from accounts.models import User
from accounts.roles import PUBLISHER
from subscriptions.actions.milestones import is_withdrawn, note_milestones
from subscriptions.actions.notices import Fact, give_notice, tell_owner
from subscriptions.actions.staleness import ASK_FOR_MONEY
from subscriptions.declines import CONFIRM, HARD_DECLINES
from subscriptions.models import Dispute, Invoice, Notice, Payment, Status, Subscription
from subscriptions.windows import window_of

Kind = Notice.Kind

RECENTLY = timedelta(days=3)
UNSTARTED = (Status.INCOMPLETE, Status.INCOMPLETE_EXPIRED)
USELESS_CARDS = HARD_DECLINES | {
    "expired_card",
    "card_not_supported",
    "invalid_account",
    "new_account_information_available",
}
"""Refusals that another card mends, and waiting does not (rule C7)."""


def note_changes(*, subscription: Subscription, before: Subscription | None, at: datetime) -> None:
    """Write to a subscription's owner what is new: to be called in the transaction that wrote our rows.

    `before` is our row as it was, None for one just met. A first payment that was never made is followed
    by no letter at all (rule C1).
    """
    if subscription.status in UNSTARTED:
        return
    note_milestones(subscription=subscription, before=before, since=at - RECENTLY, at=at)
    _note_bills(subscription, at=at)
    note_stop(subscription=subscription, at=at)
    _note_refunds(subscription, at=at)
    if subscription.disputed_at:
        _note_disputes(subscription, at=at)


# ------------------------------------------------------------------------------------------- dunning


def _note_bills(subscription: Subscription, *, at: datetime) -> None:
    for invoice in subscription.invoices.filter(attempt_count__gt=0):
        if invoice.status == Invoice.Status.OPEN and subscription.status == Status.PAST_DUE:
            _note_failure(subscription, invoice, at=at)
        elif invoice.status == Invoice.Status.PAID and invoice.paid_at and invoice.paid_at > at - RECENTLY:
            _note_recovery(subscription, invoice, at=at)


def _note_failure(subscription: Subscription, invoice: Invoice, *, at: datetime) -> None:
    """One letter for each attempt that Stripe counts, in other words where only the reader can help."""
    failed = _last_failure(invoice)
    if not _is_news(invoice, failed, at=at):
        return
    window = window_of(subscription)
    tell_owner(
        subscription=subscription,
        kind=_kind_of_failure(subscription, failed),
        key=f"{invoice.stripe_id}:{invoice.attempt_count}",
        invoice=invoice,
        facts={
            "amount": invoice.amount_remaining,
            "currency": invoice.currency,
            "attempt": invoice.attempt_count,
            "next_try_at": invoice.next_try_at,
            "code": failed.failure_code if failed else "",
            "reads_until_at": window.ends_at if window else None,
        },
        at=at,
    )


def _kind_of_failure(subscription: Subscription, failed: Payment | None) -> Notice.Kind:
    """An attempt that left no failed charge waits for 3D Secure, unless there was no card to charge."""
    if failed is None:
        return Kind.CONFIRM_PAYMENT if subscription.card_last4 else Kind.CARD_REFUSED
    if failed.failure_code in CONFIRM:
        return Kind.CONFIRM_PAYMENT
    return Kind.CARD_REFUSED if failed.failure_code in USELESS_CARDS else Kind.PAYMENT_FAILED


def _last_failure(invoice: Invoice) -> Payment | None:
    return invoice.payments.filter(status="failed").order_by("-created_at", "-pk").first()


def _is_news(invoice: Invoice, failed: Payment | None, *, at: datetime) -> bool:
    """Whether the trouble is recent, or its reader has followed it from the start."""
    return (failed.created_at if failed else invoice.created_at) > at - RECENTLY or _was_told(invoice)


def _was_told(invoice: Invoice) -> bool:
    """Whether its reader knows that there is trouble with this invoice."""
    return invoice.notices.filter(kind__in=ASK_FOR_MONEY, dropped_at__isnull=True).exists()


def _note_recovery(subscription: Subscription, invoice: Invoice, *, at: datetime) -> None:
    if not _was_told(invoice):
        return
    facts: dict[str, Fact] = {"amount": invoice.amount_paid, "currency": invoice.currency}
    tell_owner(
        subscription=subscription,
        kind=Kind.RECOVERED,
        key=invoice.stripe_id,
        invoice=invoice,
        facts=facts,
        at=at,
    )


def note_stop(*, subscription: Subscription, at: datetime) -> None:
    """Tell a reader whose access ended for want of payment: grace over, unpaid, or given up."""
    stopped_at = _stopped_at(subscription, at=at)
    if stopped_at is None or not at - RECENTLY < stopped_at <= at:
        return
    is_over = subscription.status == Status.CANCELED
    settled = subscription.covered_until_at or subscription.started_at
    tell_owner(
        subscription=subscription,
        kind=Kind.ACCESS_STOPPED,
        key=f"{subscription.stripe_id}:{settled:%Y-%m-%d}:{'over' if is_over else 'stopped'}",
        invoice=subscription.invoices.filter(status=Invoice.Status.OPEN).first(),
        facts={"is_over": is_over},
        at=at,
    )


def _stopped_at(subscription: Subscription, *, at: datetime) -> datetime | None:
    """When access ended for want of payment; None when it did not.

    When a subscription became unpaid Stripe does not say: a reader who was told of failing payments is
    told of their end as soon as it is seen.
    """
    if subscription.status == Status.CANCELED:
        return subscription.ended_at if subscription.end_reason == "payment_failed" else None
    if subscription.status == Status.PAST_DUE:
        window = window_of(subscription)
        return window.ends_at if window else None
    if subscription.status == Status.UNPAID:
        owed = subscription.invoices.filter(status=Invoice.Status.OPEN, attempt_count__gt=0).first()
        return at if owed and _is_news(owed, _last_failure(owed), at=at) else None
    return None


# ------------------------------------------------------------------------- money back, money contested


def _note_refunds(subscription: Subscription, *, at: datetime) -> None:
    refunded = Payment.objects.filter(
        invoice__subscription=subscription, refunded_at__gt=at - RECENTLY, amount_refunded__gt=0
    ).select_related("invoice")
    if refunded and not is_withdrawn(subscription):
        for payment in refunded:
            _note_refund(subscription, payment, at=at)


def _note_refund(subscription: Subscription, payment: Payment, *, at: datetime) -> None:
    """A refund in parts is told part by part: what is new since the letter before."""
    told = Notice.objects.filter(kind=Kind.REFUNDED, key__startswith=f"{payment.stripe_id}:")
    before = max((notice.facts["total"] for notice in told), default=0)
    if payment.amount_refunded <= before:
        return
    tell_owner(
        subscription=subscription,
        kind=Kind.REFUNDED,
        key=f"{payment.stripe_id}:{payment.amount_refunded}",
        invoice=payment.invoice,
        facts={
            "amount": payment.amount_refunded - before,
            "total": payment.amount_refunded,
            "currency": payment.currency,
            "is_full": payment.amount_refunded >= payment.amount,
        },
        at=at,
    )


def _note_disputes(subscription: Subscription, *, at: datetime) -> None:
    """Tell the publishers of a payment its card holder contests: the bank gives them days, not weeks."""
    disputes = Dispute.objects.filter(
        payment__invoice__subscription=subscription, opened_at__gt=at - RECENTLY
    )
    publishers = User.objects.filter(groups__name=PUBLISHER, is_active=True)
    for dispute in disputes:
        for publisher in publishers:
            give_notice(
                kind=Kind.DISPUTED,
                key=f"{dispute.stripe_id}:{publisher.pk}",
                address=publisher.email,
                user=publisher,
                subscription=subscription,
                facts={
                    "amount": dispute.amount,
                    "currency": dispute.currency,
                    "reason": dispute.reason.replace("_", " "),
                    "payer": str(subscription.customer.user),
                },
                at=at,
            )
