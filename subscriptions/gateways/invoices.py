"""Invoices and their lines."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import stripe

from subscriptions.gateways.connection import PAGE, api, id_of, in_our_words, moment, pages, surely


@dataclass(frozen=True)
class LineSnapshot:
    """What an invoice charges for. `amount` in minor units, before discount and tax.

    `discount_once` is what of the discount a coupon for one charge took: the next is not reduced by it.
    """

    id: str
    price: str
    description: str
    quantity: int
    amount: int
    discount: int
    discount_once: int
    tax: int
    is_proration: bool
    period_start_at: datetime
    period_end_at: datetime


@dataclass(frozen=True)
class InvoiceSnapshot:
    """An invoice as fetched. Amounts in minor units; `intents` are the payment intents that pay it."""

    id: str
    customer: str
    subscription: str
    number: str
    status: str
    billing_reason: str
    currency: str
    subtotal: int
    discount: int
    tax: int
    total: int
    amount_due: int
    amount_paid: int
    amount_remaining: int
    attempt_count: int
    next_try_at: datetime | None
    hosted_url: str
    pdf_url: str
    created_at: datetime
    paid_at: datetime | None
    lines: tuple[LineSnapshot, ...]
    intents: tuple[str, ...]


EXPANDED = ("payments", "discounts.source.coupon")


@in_our_words
def fetch_invoice(invoice_id: str) -> InvoiceSnapshot:
    return read_invoice(api().invoices.retrieve(invoice_id, {"expand": list(EXPANDED)}))


@in_our_words
def list_invoices(**filters: Any) -> list[InvoiceSnapshot]:
    """Invoices, newest first; `filters` are Stripe's (`customer`, `subscription`, `status`, `created`)."""
    params = {"limit": PAGE, "expand": [f"data.{path}" for path in EXPANDED], **filters}
    return [read_invoice(row) for row in pages(api().invoices.list(params))]


def read_invoice(invoice: Any) -> InvoiceSnapshot:
    """Stripe's object in our words. Its payments and coupons are to be expanded."""
    details = invoice.parent.subscription_details if invoice.parent else None
    passing = _passing(invoice.discounts)
    return InvoiceSnapshot(
        id=getattr(invoice, "id", ""),
        customer=id_of(invoice.customer),
        subscription=id_of(details.subscription) if details else "",
        number=invoice.number or "",
        status=invoice.status or "",
        billing_reason=invoice.billing_reason or "",
        currency=invoice.currency,
        subtotal=invoice.subtotal,
        discount=_sum(invoice.total_discount_amounts),
        tax=_sum(invoice.total_taxes),
        total=invoice.total,
        amount_due=invoice.amount_due,
        amount_paid=invoice.amount_paid,
        amount_remaining=invoice.amount_remaining,
        attempt_count=invoice.attempt_count or 0,
        next_try_at=moment(invoice.next_payment_attempt),
        hosted_url=invoice.hosted_invoice_url or "",
        pdf_url=invoice.invoice_pdf or "",
        created_at=surely(invoice.created),
        paid_at=moment(invoice.status_transitions.paid_at),
        lines=tuple(_line(line, passing) for line in pages(invoice.lines)),
        intents=_intents(getattr(invoice, "payments", None)),
    )


def _passing(discounts: Any) -> frozenset[str]:
    """The discounts by coupons that lower one charge only."""
    known = (row for row in discounts or () if not isinstance(row, str) and row.source)
    return frozenset(row.id for row in known if row.source.coupon and _is_for_once(row.source.coupon))


def _is_for_once(coupon: Any) -> bool:
    """Whether a coupon lowers one charge; a discount that is used up names its coupon only."""
    return _duration(coupon) == "once" if isinstance(coupon, str) else bool(coupon.duration == "once")


@lru_cache(maxsize=1000)
def _duration(coupon: str) -> str:
    """How long a coupon lowers charges, which never changes; empty when it is gone."""
    try:
        return str(api().coupons.retrieve(coupon).duration)
    except stripe.InvalidRequestError:
        return ""


def _line(line: Any, passing: frozenset[str]) -> LineSnapshot:
    details = line.pricing.price_details if line.pricing else None
    return LineSnapshot(
        id=line.id,
        price=id_of(details.price) if details else "",
        description=(line.description or "")[:300],
        quantity=line.quantity or 1,
        amount=line.amount,
        discount=_sum(line.discount_amounts),
        discount_once=_sum(row for row in line.discount_amounts or () if id_of(row.discount) in passing),
        tax=_sum(line.taxes),
        is_proration=_is_proration(line.parent),
        period_start_at=surely(line.period.start),
        period_end_at=surely(line.period.end),
    )


def _is_proration(parent: Any) -> bool:
    details = parent and (parent.subscription_item_details or parent.invoice_item_details)
    return bool(details and details.proration)


def _intents(payments: Any) -> tuple[str, ...]:
    found = (id_of(row.payment.payment_intent) for row in payments.data) if payments else ()
    return tuple(intent for intent in found if intent)


def _sum(amounts: Any) -> int:
    return sum(row.amount for row in amounts or ())
