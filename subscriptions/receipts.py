"""Invoices as their reader sees them."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.timezone import localtime

from accounts.models import User
from kit.money import format_money
from subscriptions.cards import brand_in_words
from subscriptions.models import Invoice, InvoiceLine, Payment


@dataclass(frozen=True)
class Attempt:
    """A payment, or a try at one: `$9 from Visa ending in 4242 on March 3, 2026`."""

    text: str
    is_failed: bool


@dataclass(frozen=True)
class Receipt:
    """One invoice. `pay_url` while it is to be paid, else `see_url` to look at it; `pdf_url` to keep."""

    number: str
    created_at: datetime
    lines: tuple[str, ...]
    total: str
    tax: str
    status: str
    is_open: bool
    refunded: str
    attempts: tuple[Attempt, ...]
    pay_url: str
    see_url: str
    pdf_url: str


def invoices_of(user: User) -> QuerySet[Invoice]:
    """The invoices made out to a reader, newest first, without drafts."""
    mine = Invoice.objects.filter(customer__user=user).exclude(status=Invoice.Status.DRAFT)
    return mine.prefetch_related("lines", "payments")


def read_receipt(invoice: Invoice) -> Receipt:
    currency = invoice.currency
    is_open = invoice.status == Invoice.Status.OPEN
    return Receipt(
        number=invoice.number or invoice.stripe_id,
        created_at=invoice.created_at,
        lines=tuple(_line(line) for line in invoice.lines.all()),
        total=format_money(invoice.total, currency),
        tax=format_money(invoice.tax, currency) if invoice.tax else "",
        status=_status(invoice),
        is_open=is_open,
        refunded=format_money(invoice.amount_refunded, currency) if invoice.amount_refunded else "",
        attempts=tuple(_attempt(payment) for payment in invoice.payments.all()),
        pay_url=invoice.hosted_url if is_open else "",
        see_url="" if is_open else invoice.hosted_url,
        pdf_url=invoice.pdf_url,
    )


def _line(line: InvoiceLine) -> str:
    """Stripe's own description, and the days it is for."""
    start, end = _day(line.period_start_at), _day(line.period_end_at)
    return f"{line.description}, {start} to {end}" if start != end else line.description


def _status(invoice: Invoice) -> str:
    if invoice.status == Invoice.Status.PAID:
        if invoice.is_refunded:
            return "Refunded"
        return "Partly refunded" if invoice.amount_refunded else _paid(invoice)
    return {"open": "To be paid", "void": "Cancelled", "uncollectible": "Not paid"}[invoice.status]


def _paid(invoice: Invoice) -> str:
    if invoice.total < 0:
        return "Kept as credit"
    return "Paid" if invoice.amount_paid or not invoice.total else "Paid from credit"


def _attempt(payment: Payment) -> Attempt:
    card = (
        f"{brand_in_words(payment.card_brand)} ending in {payment.card_last4}" if payment.card_last4 else ""
    )
    money, day = format_money(payment.amount, payment.currency), _day(payment.created_at)
    source = f" from {card}" if card else ""
    if payment.status == "failed":
        return Attempt(f"{money}{source} declined on {day}", is_failed=True)
    verb = "paid" if payment.status == "succeeded" else "on its way"
    return Attempt(f"{money} {verb}{source} on {day}", is_failed=False)


def _day(moment: datetime) -> str:
    return date_format(localtime(moment).date(), "M j, Y")
