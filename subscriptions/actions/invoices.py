"""Our copies of invoices, payments and disputes, and what follows from them for a subscription."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Sum

from subscriptions.gateways import ChargeSnapshot, DisputeSnapshot, InvoiceSnapshot, LineSnapshot
from subscriptions.models import Customer, Dispute, Invoice, InvoiceLine, Payment, Subscription, Withdrawal

WITHDRAWN = (Withdrawal.State.ACCEPTED, Withdrawal.State.EXECUTED)
COPIED = (
    "number",
    "status",
    "billing_reason",
    "currency",
    "subtotal",
    "discount",
    "tax",
    "total",
    "amount_due",
    "amount_paid",
    "amount_remaining",
    "attempt_count",
    "next_try_at",
    "hosted_url",
    "pdf_url",
    "created_at",
    "paid_at",
)


def write_invoices(*, customer: Customer, invoices: Iterable[InvoiceSnapshot], at: datetime) -> None:
    """Set our invoices and their lines from Stripe's; those for subscriptions of others are left out."""
    ours = dict(Subscription.objects.filter(customer=customer).values_list("stripe_id", "pk"))
    for snapshot in invoices:
        if snapshot.subscription and snapshot.subscription not in ours:
            continue
        values: dict[str, Any] = {name: getattr(snapshot, name) for name in COPIED}
        values |= {
            "customer": customer,
            "subscription_id": ours.get(snapshot.subscription),
            "synced_at": at,
        }
        invoice, _ = Invoice.objects.update_or_create(stripe_id=snapshot.id, defaults=values)
        _write_lines(invoice, snapshot.lines)


def _write_lines(invoice: Invoice, lines: tuple[LineSnapshot, ...]) -> None:
    """A draft's lines change; once an invoice is open they stay, and are then left alone."""
    kept = {line.stripe_id for line in invoice.lines.all()}
    if kept == {line.id for line in lines} and invoice.status != Invoice.Status.DRAFT:
        return
    invoice.lines.all().delete()
    InvoiceLine.objects.bulk_create(
        InvoiceLine(
            invoice=invoice,
            stripe_id=line.id,
            price_id=line.price,
            description=line.description,
            quantity=line.quantity,
            amount=line.amount,
            discount=line.discount,
            discount_once=line.discount_once,
            tax=line.tax,
            is_proration=line.is_proration,
            period_start_at=line.period_start_at,
            period_end_at=line.period_end_at,
        )
        for line in lines
    )


def write_charges(
    *,
    customer: Customer,
    charges: Iterable[ChargeSnapshot],
    invoices: Iterable[InvoiceSnapshot],
    at: datetime,
) -> None:
    """Set our payments and disputes from Stripe's, and what has been given back on each invoice."""
    paying = {intent: invoice.id for invoice in invoices for intent in invoice.intents}
    ours = {row.stripe_id: row for row in Invoice.objects.filter(customer=customer)}
    for charge in charges:
        _write_charge(customer, charge, ours.get(paying.get(charge.intent, "")), at=at)
    for invoice in ours.values():
        refunded = invoice.payments.aggregate(sum=Sum("amount_refunded"))["sum"] or 0
        if refunded != invoice.amount_refunded:
            invoice.amount_refunded = refunded
            invoice.save(update_fields=("amount_refunded",))


def _write_charge(
    customer: Customer, charge: ChargeSnapshot, invoice: Invoice | None, *, at: datetime
) -> None:
    values = {
        "customer": customer,
        "invoice": invoice,
        "intent_id": charge.intent,
        "status": charge.status,
        "currency": charge.currency,
        "amount": charge.amount,
        "amount_refunded": charge.amount_refunded,
        "refunded_at": charge.refunded_at,
        "failure_code": charge.failure_code,
        "failure_message": charge.failure_message,
        "card_brand": charge.card_brand,
        "card_last4": charge.card_last4,
        "created_at": charge.created_at,
    }
    payment, _ = Payment.objects.update_or_create(stripe_id=charge.id, defaults=values)
    for dispute in charge.disputes:
        _write_dispute(payment, dispute, at=at)


def _write_dispute(payment: Payment, snapshot: DisputeSnapshot, *, at: datetime) -> None:
    values = {
        "payment": payment,
        "status": snapshot.status,
        "reason": snapshot.reason,
        "amount": snapshot.amount,
        "currency": snapshot.currency,
        "opened_at": snapshot.opened_at,
    }
    dispute, _ = Dispute.objects.update_or_create(stripe_id=snapshot.id, defaults=values)
    if not dispute.is_open and dispute.closed_at is None:
        dispute.closed_at = at
        dispute.save(update_fields=("closed_at",))


def derive_from_invoices(*, subscription: Subscription) -> None:
    """Note on a subscription how far it is settled and paid, and whether that money was given back."""
    settled = subscription.invoices.filter(status=Invoice.Status.PAID).order_by("-created_at", "-pk")
    rows = list(settled.prefetch_related("lines", "payments__disputes"))
    costly = [row for row in rows if _covers_until(row, least=1)]
    kept = [row for row in costly if _lost_at(row) is None]
    covering = [row for row in rows if _covers_until(row, least=0)]
    subscription.covered_until_at = _covers_until(covering[0], least=0) if covering else None
    is_withdrawn = subscription.withdrawals.filter(state__in=WITHDRAWN).exists()
    subscription.paid_until_at = _covers_until(kept[0], least=1) if kept and not is_withdrawn else None
    # Free time given after a refund is read: it has an invoice of its own, over nothing.
    lost_at = _lost_at(costly[0]) if costly and costly[0] == covering[0] else None
    still_paid = subscription.paid_until_at
    subscription.money_back_at = None if lost_at and still_paid and still_paid > lost_at else lost_at
    subscription.disputed_at = _disputed_at(subscription)
    subscription.save(update_fields=("covered_until_at", "paid_until_at", "money_back_at", "disputed_at"))


def _covers_until(invoice: Invoice, *, least: int) -> datetime | None:
    """The end of the longest period that a line of at least `least` minor units pays for; credits do not."""
    ends = (line.period_end_at for line in invoice.lines.all() if line.amount - line.discount >= least)
    return max(ends, default=None)


def _lost_at(invoice: Invoice) -> datetime | None:
    """When the money of a paid invoice was gone again: given back in full, or lost to its payer's bank."""
    moments = [row.refunded_at for row in invoice.payments.all() if invoice.is_refunded and row.refunded_at]
    for payment in invoice.payments.all():
        for dispute in payment.disputes.all():
            if dispute.is_lost:
                moments.append(dispute.closed_at or dispute.opened_at)
            elif dispute.is_open and settings.DISPUTE_ENDS_ACCESS:
                moments.append(dispute.opened_at)
    return max(moments, default=None)


def _disputed_at(subscription: Subscription) -> datetime | None:
    disputes = Dispute.objects.filter(payment__invoice__subscription=subscription)
    return next((row.opened_at for row in disputes if row.is_open), None)
