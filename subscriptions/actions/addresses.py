"""Where printed copies go."""

from datetime import datetime

from accounts.models import AuditEntry, User
from subscriptions.actions.books import sync_customer
from subscriptions.gateways import set_shipping
from subscriptions.models import Customer


def change_address(*, customer: Customer, name: str, address: dict[str, str], by: User, at: datetime) -> None:
    """Send printed copies to `address` (Stripe's parts: line1, line2, postal_code, city, state, country).

    Raises:
        StripeUnavailable, StripeRefused: the old one stays.
    """
    set_shipping(customer.stripe_id, name=name, address=address)
    sync_customer(customer=customer, at=at)
    AuditEntry.record("change postal address", customer, by=by, at=at)
