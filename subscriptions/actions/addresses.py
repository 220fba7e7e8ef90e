"""Where printed copies go, and Stripe's own mail."""

from datetime import datetime

from accounts.models import AuditEntry, User
from subscriptions.actions.books import sync_customer
from subscriptions.gateways import readdress_customer, set_shipping
from subscriptions.models import Customer
from subscriptions.queries import customer_of


def change_address(*, customer: Customer, name: str, address: dict[str, str], by: User, at: datetime) -> None:
    """Send printed copies to `address` (Stripe's parts: line1, line2, postal_code, city, state, country).

    Raises:
        StripeUnavailable, StripeRefused: the old one stays.
    """
    set_shipping(customer.stripe_id, name=name, address=address)
    sync_customer(customer=customer, at=at)
    AuditEntry.record("change postal address", customer, by=by, at=at)


def follow_email(*, user: User) -> None:
    """Let Stripe write to the address the reader has now. Raises StripeUnavailable, StripeRefused."""
    customer = customer_of(user)
    if customer:
        readdress_customer(customer.stripe_id, email=user.email)
