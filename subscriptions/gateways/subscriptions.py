"""Subscriptions as Stripe has them now."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from subscriptions.gateways.connection import PAGE, api, id_of, in_our_words, moment, pages, surely


@dataclass(frozen=True)
class ItemSnapshot:
    """What is subscribed to: `quantity` of a price, minor units each; `interval` is month or year."""

    id: str
    price: str
    product: str
    amount: int
    currency: str
    interval: str
    quantity: int
    period_start_at: datetime
    period_end_at: datetime


@dataclass(frozen=True)
class CardSnapshot:
    """All we know, and may know, of a card (PCI DSS): brand, last four digits, month and year of expiry."""

    brand: str = ""
    last4: str = ""
    expires: str = ""


@dataclass(frozen=True)
class SubscriptionSnapshot:
    """A subscription as fetched; times are aware."""

    id: str
    customer: str
    status: str
    items: tuple[ItemSnapshot, ...]
    started_at: datetime
    trial_end_at: datetime | None
    cancels_at: datetime | None
    cancelled_at: datetime | None
    ended_at: datetime | None
    end_reason: str
    pause_behavior: str
    resumes_at: datetime | None
    has_pending_update: bool
    discount: str
    card: CardSnapshot
    pay_url: str


EXPANDED = (
    "latest_invoice",
    "default_payment_method",
    "customer.invoice_settings.default_payment_method",
    "discounts.source.coupon",
)


@in_our_words
def fetch_subscription(subscription_id: str) -> SubscriptionSnapshot:
    """The subscription as it is now, never as an event said it was (rule S5)."""
    return read_subscription(api().subscriptions.retrieve(subscription_id, {"expand": list(EXPANDED)}))


@in_our_words
def list_subscriptions(**filters: Any) -> list[SubscriptionSnapshot]:
    """Subscriptions in whatever state, newest first; `filters` are Stripe's (`customer`)."""
    params = {"status": "all", "limit": PAGE, "expand": [f"data.{path}" for path in EXPANDED], **filters}
    return [read_subscription(row) for row in pages(api().subscriptions.list(params))]


@in_our_words
def set_price(subscription_id: str, *, item: str, price: str, key: str) -> None:
    """Charge another price from the next renewal on; the running period stays as it was paid."""
    params = {"items": [{"id": item, "price": price}], "proration_behavior": "none"}
    api().subscriptions.update(subscription_id, params, {"idempotency_key": key})


def read_subscription(subscription: Any) -> SubscriptionSnapshot:
    """Stripe's object in our words. Latest invoice, cards and coupons are to be expanded."""
    items = tuple(_item(item) for item in subscription["items"].data)
    # A subscription may be set to end with its period, or (as the Portal does in newer versions) at a moment.
    cancels_at = moment(subscription.cancel_at) or (
        items[0].period_end_at if subscription.cancel_at_period_end else None
    )
    pause = subscription.pause_collection
    return SubscriptionSnapshot(
        id=subscription.id,
        customer=id_of(subscription.customer),
        status=subscription.status,
        items=items,
        started_at=surely(subscription.start_date),
        trial_end_at=moment(subscription.trial_end),
        cancels_at=cancels_at,
        cancelled_at=moment(subscription.canceled_at),
        ended_at=moment(subscription.ended_at),
        end_reason=subscription.cancellation_details.reason or ""
        if subscription.cancellation_details
        else "",
        pause_behavior=pause.behavior if pause else "",
        resumes_at=moment(pause.resumes_at) if pause else None,
        has_pending_update=bool(subscription.pending_update),
        discount=_coupon_name(subscription.discounts),
        card=_card(subscription.default_payment_method or _default_of(subscription.customer)),
        pay_url=_pay_url(subscription.latest_invoice),
    )


def _item(item: Any) -> ItemSnapshot:
    price = item.price
    return ItemSnapshot(
        id=item.id,
        price=price.id,
        product=id_of(price.product),
        amount=price.unit_amount or 0,
        currency=price.currency,
        interval=price.recurring.interval,
        quantity=item.quantity or 1,
        period_start_at=surely(item.current_period_start),
        period_end_at=surely(item.current_period_end),
    )


def _coupon_name(discounts: Any) -> str:
    for discount in discounts or ():
        if not isinstance(discount, str) and discount.source and not isinstance(discount.source.coupon, str):
            return str(discount.source.coupon.name or discount.source.coupon.id)
    return ""


def _default_of(customer: Any) -> Any:
    """The card that pays what has no card of its own; nobody's, of a deleted customer."""
    settings = getattr(customer, "invoice_settings", None)
    return settings.default_payment_method if settings else None


def _card(method: Any) -> CardSnapshot:
    if not method or isinstance(method, str) or method.type != "card":
        return CardSnapshot()
    card = method.card
    return CardSnapshot(card.brand, card.last4, f"{card.exp_month:02d}/{card.exp_year}")


def _pay_url(invoice: Any) -> str:
    is_open = invoice is not None and not isinstance(invoice, str) and invoice.status == "open"
    return (invoice.hosted_invoice_url or "") if is_open else ""
