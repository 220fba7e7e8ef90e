"""Everything Stripe knows of one customer, fetched in one go."""

from dataclasses import dataclass

from subscriptions.gateways.connection import StripeRefused
from subscriptions.gateways.customers import CustomerSnapshot, fetch_customer
from subscriptions.gateways.invoices import InvoiceSnapshot, list_invoices
from subscriptions.gateways.payments import ChargeSnapshot, list_charges
from subscriptions.gateways.subscriptions import SubscriptionSnapshot, fetch_subscription, list_subscriptions


@dataclass(frozen=True)
class Books:
    """A customer with their subscriptions, invoices and charges, oldest first."""

    customer: CustomerSnapshot
    subscriptions: tuple[SubscriptionSnapshot, ...]
    invoices: tuple[InvoiceSnapshot, ...]
    charges: tuple[ChargeSnapshot, ...]


def fetch_books(customer_id: str, *, known: tuple[str, ...] = ()) -> Books:
    """The books of a customer in four requests, more only where there are refunds, disputes or many rows.

    A deleted customer's lists are gone: then the subscriptions `known` by id are fetched one by one.

    Raises:
        StripeUnavailable, StripeRefused: also for a customer that never was.
    """
    customer = fetch_customer(customer_id)
    if customer.is_deleted:
        return Books(customer, tuple(_still_there(known)), (), ())
    return Books(
        customer,
        tuple(reversed(list_subscriptions(customer=customer_id))),
        tuple(reversed(list_invoices(customer=customer_id))),
        tuple(reversed(list_charges(customer=customer_id))),
    )


def _still_there(ids: tuple[str, ...]) -> list[SubscriptionSnapshot]:
    found = []
    for stripe_id in ids:
        try:
            found.append(fetch_subscription(stripe_id))
        except StripeRefused as refusal:
            if not refusal.is_missing:
                raise
    return found
