"""Who has paid for what, and what that lets them read."""

from subscriptions.models.checkout import Checkout
from subscriptions.models.customer import Customer
from subscriptions.models.event import StripeEvent
from subscriptions.models.grant import Grant, Source
from subscriptions.models.plan import Interval, Plan
from subscriptions.models.subscription import Status, Subscription, SyncTicket

__all__ = [
    "Checkout",
    "Customer",
    "Grant",
    "Interval",
    "Plan",
    "Source",
    "Status",
    "StripeEvent",
    "Subscription",
    "SyncTicket",
]
