"""Plans, access, Stripe's objects and its events in the admin, one module per noun."""

from subscriptions.admin.events import StripeEventAdmin
from subscriptions.admin.gifts import GiftAdmin
from subscriptions.admin.grants import GrantAdmin
from subscriptions.admin.institutions import InstitutionAdmin
from subscriptions.admin.invoices import DisputeAdmin, InvoiceAdmin, PaymentAdmin
from subscriptions.admin.notices import NoticeAdmin
from subscriptions.admin.offers import OfferAdmin
from subscriptions.admin.plans import PlanAdmin
from subscriptions.admin.price_rises import PriceRiseAdmin
from subscriptions.admin.subscriptions import CustomerAdmin, SubscriptionAdmin
from subscriptions.admin.withdrawals import WithdrawalAdmin

__all__ = [
    "CustomerAdmin",
    "DisputeAdmin",
    "GiftAdmin",
    "GrantAdmin",
    "InstitutionAdmin",
    "InvoiceAdmin",
    "NoticeAdmin",
    "OfferAdmin",
    "PaymentAdmin",
    "PlanAdmin",
    "PriceRiseAdmin",
    "StripeEventAdmin",
    "SubscriptionAdmin",
    "WithdrawalAdmin",
]
