"""Stripe's hosted pages: Checkout Sessions and the Customer Portal."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from subscriptions.gateways.connection import api, id_of, in_our_words, surely

LOCALES = frozenset(
    "bg cs da de el en es et fi fil fr hr hu id it ja ko lt lv ms mt nb nl pl pt ro ru sk sl sv tr vi".split()
)
"""Languages that Checkout speaks by their two or three letters alone."""


@dataclass(frozen=True)
class SessionTerms:
    """All that a session for a subscription is opened with.

    It sells `quantity` of the price `price_id`; where that is empty, of a price made for it: `amount` minor
    units of `currency` for each `interval`, of `product`. Without `trial_needs_card` no card is asked for
    while nothing is due, and a trial without one ends paused. A `coupon` shuts out codes to type.
    `print_countries` are those a printed copy is sent to; empty asks for no postal address. `notice` stands
    beside the button that pays.
    """

    customer: str
    reference: str
    success_url: str
    cancel_url: str
    currency: str
    amount: int
    interval: str
    price_id: str = ""
    product: str = ""
    quantity: int = 1
    trial_days: int = 0
    trial_needs_card: bool = True
    coupon: str = ""
    takes_codes: bool = False
    is_taxed: bool = False
    tax_behavior: str = ""
    print_countries: tuple[str, ...] = ()
    language: str = ""
    notice: str = ""
    metadata: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class GiftTerms:
    """All that a session for one payment is opened with: `amount` minor units of `currency` for `name`."""

    customer: str
    reference: str
    success_url: str
    cancel_url: str
    name: str
    amount: int
    currency: str
    language: str = ""
    is_taxed: bool = False
    tax_behavior: str = ""
    metadata: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class SessionSnapshot:
    """A session as it is now.

    `discounts` are the ids of the coupons and promotion codes it used, `intent` is the payment intent of one
    that sells no subscription.
    """

    id: str
    url: str
    status: str
    payment_status: str
    subscription: str
    client_reference: str
    expires_at: datetime
    discounts: tuple[str, ...] = ()
    intent: str = ""


@in_our_words
def create_session(terms: SessionTerms, *, key: str) -> SessionSnapshot:
    """Open a Checkout Session for a subscription. `key` makes a double click open only one (rule S11)."""
    return _session(api().checkout.sessions.create(_params(terms), {"idempotency_key": key}))


@in_our_words
def create_gift_session(terms: GiftTerms, *, key: str) -> SessionSnapshot:
    """Open a Checkout Session for a single payment. `key` makes a double click open only one (rule S11)."""
    price: dict[str, Any] = {
        "currency": terms.currency,
        "unit_amount": terms.amount,
        "product_data": {"name": terms.name},
    }
    if terms.tax_behavior:
        price["tax_behavior"] = terms.tax_behavior
    params: dict[str, Any] = {
        "mode": "payment",
        "customer": terms.customer,
        "client_reference_id": terms.reference,
        "line_items": [{"price_data": price, "quantity": 1}],
        "success_url": terms.success_url,
        "cancel_url": terms.cancel_url,
        "locale": _locale(terms.language),
        "metadata": dict(terms.metadata),
        "payment_intent_data": {"metadata": dict(terms.metadata)},
    }
    if terms.is_taxed:
        params |= {"automatic_tax": {"enabled": True}, "customer_update": {"address": "auto"}}
    return _session(api().checkout.sessions.create(params, {"idempotency_key": key}))


def _locale(language: str) -> str:
    short = language.split("-", maxsplit=1)[0]
    return short if short in LOCALES else "auto"


def _params(terms: SessionTerms) -> dict[str, Any]:
    return {
        "mode": "subscription",
        "customer": terms.customer,
        "client_reference_id": terms.reference,
        "line_items": [_line(terms)],
        "success_url": terms.success_url,
        "cancel_url": terms.cancel_url,
        "locale": _locale(terms.language),
        "metadata": dict(terms.metadata),
        "subscription_data": {"metadata": dict(terms.metadata), **_trial(terms)},
        **({"custom_text": {"submit": {"message": terms.notice}}} if terms.notice else {}),
        **_collecting(terms),
        **_reducing(terms),
    }


def _line(terms: SessionTerms) -> dict[str, Any]:
    if terms.price_id:
        return {"price": terms.price_id, "quantity": terms.quantity}
    price = {
        "currency": terms.currency,
        "product": terms.product,
        "recurring": {"interval": terms.interval},
        "unit_amount": terms.amount,
    }
    if terms.tax_behavior:
        price["tax_behavior"] = terms.tax_behavior
    return {"price_data": price, "quantity": terms.quantity}


def _trial(terms: SessionTerms) -> dict[str, Any]:
    if not terms.trial_days:
        return {}
    trial: dict[str, Any] = {"trial_period_days": terms.trial_days}
    if not terms.trial_needs_card:
        trial["trial_settings"] = {"end_behavior": {"missing_payment_method": "pause"}}
    return trial


def _collecting(terms: SessionTerms) -> dict[str, Any]:
    """What else the page asks for, and what of it becomes the customer's."""
    asked: dict[str, Any] = {}
    updates: dict[str, str] = {}
    if terms.trial_days and not terms.trial_needs_card:
        asked["payment_method_collection"] = "if_required"
    if terms.is_taxed:
        asked |= {"automatic_tax": {"enabled": True}, "tax_id_collection": {"enabled": True}}
        updates |= {"address": "auto", "name": "auto"}
    if terms.print_countries:
        asked["shipping_address_collection"] = {"allowed_countries": list(terms.print_countries)}
        updates["shipping"] = "auto"
    return asked | ({"customer_update": updates} if updates else {})


def _reducing(terms: SessionTerms) -> dict[str, Any]:
    if terms.coupon:
        return {"discounts": [{"coupon": terms.coupon}]}
    return {"allow_promotion_codes": True} if terms.takes_codes else {}


@in_our_words
def fetch_session(session_id: str) -> SessionSnapshot:
    return _session(api().checkout.sessions.retrieve(session_id))


@in_our_words
def expire_session(session_id: str) -> None:
    api().checkout.sessions.expire(session_id)


def _session(session: Any) -> SessionSnapshot:
    used = [id_of(each[kind]) for each in session.discounts or () for kind in ("coupon", "promotion_code")]
    return SessionSnapshot(
        id=session.id,
        url=session.url or "",
        status=session.status,
        payment_status=session.payment_status,
        subscription=id_of(session.subscription),
        client_reference=session.client_reference_id or "",
        expires_at=surely(session.expires_at),
        discounts=tuple(filter(None, used)),
        intent=id_of(session.payment_intent),
    )


@in_our_words
def open_portal(*, customer: str, return_url: str) -> str:
    """The address of a fresh Customer Portal session."""
    session = api().billing_portal.sessions.create({"customer": customer, "return_url": return_url})
    return str(session.url)
