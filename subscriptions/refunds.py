"""What of a reader's money can still be given back."""

from collections.abc import Iterator

from subscriptions.models import Invoice, Payment, Subscription


def refundable(invoice: Invoice) -> int:
    """How many minor units of an invoice can still be given back."""
    return sum(left for _, left in payments_left(invoice))


def payments_left(invoice: Invoice) -> Iterator[tuple[Payment, int]]:
    """The payments of an invoice with what is left of each, in minor units."""
    for payment in invoice.payments.all():
        left = payment.amount - payment.amount_refunded
        if payment.status == "succeeded" and payment.intent_id and left > 0:
            yield payment, left


def last_paid(subscription: Subscription) -> Invoice | None:
    """The newest invoice of a subscription of which money can be given back."""
    paid = subscription.invoices.filter(status=Invoice.Status.PAID, amount_paid__gt=0)
    return next((row for row in paid.prefetch_related("payments") if refundable(row)), None)
