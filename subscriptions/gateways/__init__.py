"""Stripe, spoken to from here alone.

Everything comes back as a frozen snapshot of ours, so that no other module
depends on the shape of Stripe's objects. Two kinds of errors leave this
package: `StripeUnavailable` (worth another try; `StripeBusy` among them) and
`StripeRefused` (not).
"""

from subscriptions.gateways.books import Books, fetch_books
from subscriptions.gateways.checkouts import (
    GiftTerms,
    SessionSnapshot,
    SessionTerms,
    create_gift_session,
    create_session,
    expire_session,
    fetch_session,
    open_portal,
)
from subscriptions.gateways.connection import StripeBusy, StripeRefused, StripeUnavailable
from subscriptions.gateways.customers import (
    CustomerSnapshot,
    create_customer,
    delete_customer,
    fetch_customer,
)
from subscriptions.gateways.events import (
    BadSignature,
    EventSnapshot,
    read_event,
    scrub_body,
    thing_in,
    verify_event,
)
from subscriptions.gateways.invoices import InvoiceSnapshot, LineSnapshot, fetch_invoice, list_invoices
from subscriptions.gateways.offers import (
    CouponSnapshot,
    CouponTerms,
    PromotionSnapshot,
    create_coupon,
    create_promotion,
    delete_coupon,
    fetch_coupon,
    fetch_promotion,
    rename_coupon,
    switch_promotion,
)
from subscriptions.gateways.pacing import Pace, paced
from subscriptions.gateways.pages import (
    ChargeSummary,
    Page,
    RefundSummary,
    page_of_charges,
    page_of_customers,
    page_of_disputes,
    page_of_invoices,
    page_of_refunds,
    page_of_subscriptions,
)
from subscriptions.gateways.payments import (
    ChargeSnapshot,
    DisputeSnapshot,
    fetch_charge,
    fetch_dispute,
    list_charges,
    refund_payment,
)
from subscriptions.gateways.prices import (
    PriceSnapshot,
    create_price,
    find_prices,
    retire_price,
    set_tax_behavior,
)
from subscriptions.gateways.subjects import SESSION, fetch_owner, is_askable
from subscriptions.gateways.subscriptions import (
    CardSnapshot,
    ItemSnapshot,
    SubscriptionSnapshot,
    fetch_subscription,
    list_subscriptions,
)

__all__ = [
    "SESSION",
    "BadSignature",
    "Books",
    "CardSnapshot",
    "ChargeSnapshot",
    "ChargeSummary",
    "CouponSnapshot",
    "CouponTerms",
    "CustomerSnapshot",
    "DisputeSnapshot",
    "EventSnapshot",
    "GiftTerms",
    "InvoiceSnapshot",
    "ItemSnapshot",
    "LineSnapshot",
    "Pace",
    "Page",
    "PriceSnapshot",
    "PromotionSnapshot",
    "RefundSummary",
    "SessionSnapshot",
    "SessionTerms",
    "StripeBusy",
    "StripeRefused",
    "StripeUnavailable",
    "SubscriptionSnapshot",
    "create_coupon",
    "create_customer",
    "create_gift_session",
    "create_price",
    "create_promotion",
    "create_session",
    "delete_coupon",
    "delete_customer",
    "expire_session",
    "fetch_books",
    "fetch_charge",
    "fetch_coupon",
    "fetch_customer",
    "fetch_dispute",
    "fetch_invoice",
    "fetch_owner",
    "fetch_promotion",
    "fetch_session",
    "fetch_subscription",
    "find_prices",
    "is_askable",
    "list_charges",
    "list_invoices",
    "list_subscriptions",
    "open_portal",
    "paced",
    "page_of_charges",
    "page_of_customers",
    "page_of_disputes",
    "page_of_invoices",
    "page_of_refunds",
    "page_of_subscriptions",
    "read_event",
    "refund_payment",
    "rename_coupon",
    "retire_price",
    "scrub_body",
    "set_tax_behavior",
    "switch_promotion",
    "thing_in",
    "verify_event",
]
