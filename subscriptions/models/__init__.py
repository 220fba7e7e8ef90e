"""Who has paid for what, and what that lets them read."""

from subscriptions.models.checkout import Checkout
from subscriptions.models.customer import Customer
from subscriptions.models.event import EventCounts, NotHeeded, StripeEvent
from subscriptions.models.gift import Gift
from subscriptions.models.grant import Grant, Source
from subscriptions.models.group import Group, GroupDomain, Seat
from subscriptions.models.institution import Institution, InstitutionDomain, InstitutionNetwork
from subscriptions.models.invoice import Dispute, Invoice, InvoiceLine, Payment
from subscriptions.models.notice import Notice
from subscriptions.models.offer import Offer, OfferShowing
from subscriptions.models.plan import Interval, Plan, PlanCurrency, PlanPrice
from subscriptions.models.price_rise import PriceRise, PriceRiseStep
from subscriptions.models.reconciliation import Drift, Reconciliation
from subscriptions.models.subscription import Status, Subscription, SyncTicket
from subscriptions.models.withdrawal import Withdrawal

__all__ = [
    "Checkout",
    "Customer",
    "Dispute",
    "Drift",
    "EventCounts",
    "Gift",
    "Grant",
    "Group",
    "GroupDomain",
    "Institution",
    "InstitutionDomain",
    "InstitutionNetwork",
    "Interval",
    "Invoice",
    "InvoiceLine",
    "NotHeeded",
    "Notice",
    "Offer",
    "OfferShowing",
    "Payment",
    "Plan",
    "PlanCurrency",
    "PlanPrice",
    "PriceRise",
    "PriceRiseStep",
    "Reconciliation",
    "Seat",
    "Source",
    "Status",
    "StripeEvent",
    "Subscription",
    "SyncTicket",
    "Withdrawal",
]
