"""Whom the printed copy is sent to."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db.models import Q, QuerySet

from subscriptions.models import Customer, Grant, Source, Subscription

PARTS = ("line1", "line2", "postal_code", "city", "state", "country")
"""Of a postal address, as Stripe names them."""
HEADING = ("name", *PARTS, "copies", "plan", "e-mail", "paid until")


def address_of(customer: Customer) -> str:
    """Where the printed copy goes, in one line; empty when nobody said."""
    parts = (customer.shipping_name, *(customer.shipping_address.get(part, "") for part in PARTS))
    return ", ".join(filter(None, parts)) if customer.shipping_address else ""


def print_subscriptions(*, at: datetime) -> QuerySet[Subscription]:
    """Subscriptions to plans with print whose readers may read at `at`: those are the copies paid for."""
    readable = Grant.objects.current(at=at).filter(source=Source.STRIPE)
    printed = Subscription.objects.filter(Q(plan__has_print=True) & Q(grant__in=readable))
    return printed.select_related("plan", "customer__user").order_by("customer__shipping_name", "pk")


def label_rows(*, at: datetime) -> Iterator[Sequence[object]]:
    """The addresses as rows for a spreadsheet, the heading first; those without an address come as gaps."""
    yield HEADING
    for subscription in print_subscriptions(at=at).iterator(chunk_size=1000):
        customer = subscription.customer
        address = [customer.shipping_address.get(part, "") for part in PARTS]
        name = customer.shipping_name or customer.user.get_full_name()
        until = subscription.period_end_at.date().isoformat()
        yield (
            name,
            *address,
            subscription.quantity,
            subscription.plan.name if subscription.plan else "",
            customer.user.email,
            until,
        )
