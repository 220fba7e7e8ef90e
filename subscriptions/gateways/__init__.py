"""Stripe, spoken to from here alone.

Everything comes back as a frozen snapshot of ours, so that no other module
depends on the shape of Stripe's objects. Two errors leave this module:
`StripeUnavailable` (worth another try) and `StripeRefused` (not).
"""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache, wraps
from typing import Any, ParamSpec, TypeVar

import stripe
from django.conf import settings

P = ParamSpec("P")
T = TypeVar("T")

SIGNATURE_TOLERANCE_SECONDS = 300
LONGEST_NAME = 80
"""Of an event or its type, in characters; Stripe's own are half as long."""


class StripeUnavailable(Exception):
    """Stripe did not answer, answered with a fault of its own, or asked us to slow down."""


class StripeRefused(Exception):
    """Stripe understood and said no; the message says why."""


class BadSignature(Exception):
    """A webhook body that is not proved to come from Stripe."""


@dataclass(frozen=True)
class PriceSnapshot:
    id: str
    product: str
    amount: int
    currency: str
    interval: str
    lookup_key: str


@dataclass(frozen=True)
class SubscriptionSnapshot:
    """A subscription as Stripe has it now; times are aware, the period is that of its first item."""

    id: str
    customer: str
    price: str
    status: str
    started_at: datetime
    period_start_at: datetime
    period_end_at: datetime
    trial_end_at: datetime | None
    cancels_at: datetime | None
    ended_at: datetime | None
    pay_url: str


@dataclass(frozen=True)
class SessionSnapshot:
    id: str
    url: str
    status: str
    payment_status: str
    subscription: str
    client_reference: str
    expires_at: datetime


@dataclass(frozen=True)
class EventSnapshot:
    """A verified webhook body. Thin events (`v2.core.event`) carry no snapshot and are marked as such."""

    id: str
    type: str
    livemode: bool
    is_thin: bool


@lru_cache(maxsize=4)
def _connect(key: str, base: str, version: str, timeout: int) -> stripe.StripeClient:
    return stripe.StripeClient(
        key,
        stripe_version=version,
        base_addresses={"api": base},
        max_network_retries=2,
        http_client=stripe.RequestsClient(timeout=timeout),
    )


def _api() -> Any:
    client = _connect(
        settings.STRIPE_SECRET_KEY,
        settings.STRIPE_API_BASE,
        settings.STRIPE_API_VERSION,
        settings.STRIPE_TIMEOUT_SECONDS,
    )
    return client.v1


def _in_our_words(call: Callable[P, T]) -> Callable[P, T]:
    """Turn the library's errors into the two that callers act on."""

    @wraps(call)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return call(*args, **kwargs)
        except (stripe.APIConnectionError, stripe.RateLimitError) as error:
            raise StripeUnavailable(str(error)) from error
        except stripe.StripeError as error:
            if error.http_status and error.http_status < 500:
                raise StripeRefused(error.user_message or str(error)) from error
            raise StripeUnavailable(str(error)) from error

    return run


def _moment(stamp: int | None) -> datetime | None:
    return None if stamp is None else datetime.fromtimestamp(stamp, UTC)


def _surely(stamp: int) -> datetime:
    return datetime.fromtimestamp(stamp, UTC)


def _id_of(value: Any) -> str:
    """The id of a field that may be null, an id, or an expanded object."""
    return value if isinstance(value, str) else value.id if value else ""


@_in_our_words
def create_customer(*, email: str, name: str, user_id: int) -> str:
    """Make a customer and return its id. Repeated for the same user it answers with the same customer."""
    params = {"email": email, "name": name, "metadata": {"user": str(user_id)}}
    return str(_api().customers.create(params, {"idempotency_key": f"customer-{user_id}-{email}"}).id)


@_in_our_words
def find_prices(lookup_keys: list[str]) -> dict[str, PriceSnapshot]:
    """The active prices that carry these lookup keys, by key."""
    found = _api().prices.list({"lookup_keys": lookup_keys, "active": True, "limit": 100})
    return {price.lookup_key: _price(price) for price in found.auto_paging_iter()}


@_in_our_words
def create_price(
    *,
    lookup_key: str,
    name: str,
    amount: int,
    currency: str,
    interval: str,
    in_place_of: PriceSnapshot | None = None,
) -> PriceSnapshot:
    """Make a price and move the lookup key to it; its product is that of the former price, or a new one."""
    params: dict[str, Any] = {
        "currency": currency,
        "unit_amount": amount,
        "recurring": {"interval": interval},
        "lookup_key": lookup_key,
        "transfer_lookup_key": True,
    }
    params |= {"product": in_place_of.product} if in_place_of else {"product_data": {"name": name}}
    # A price that comes back within a day is a new one: it stands in place of another.
    key = f"price-{lookup_key}-{amount}-{currency}-{interval}-{in_place_of.id if in_place_of else ''}"
    return _price(_api().prices.create(params, {"idempotency_key": key}))


@_in_our_words
def retire_price(price_id: str) -> None:
    """Stop selling a price; those who have it keep it."""
    _api().prices.update(price_id, {"active": False})


def _price(price: Any) -> PriceSnapshot:
    return PriceSnapshot(
        id=price.id,
        product=_id_of(price.product),
        amount=price.unit_amount or 0,
        currency=price.currency,
        interval=price.recurring.interval if price.recurring else "",
        lookup_key=price.lookup_key or "",
    )


@_in_our_words
def create_session(
    *, customer: str, price: str, reference: str, trial_days: int, success_url: str, cancel_url: str, key: str
) -> SessionSnapshot:
    """Open a Checkout Session for one subscription. `key` makes a double click open only one (rule S11)."""
    params: dict[str, Any] = {
        "mode": "subscription",
        "customer": customer,
        "client_reference_id": reference,
        "line_items": [{"price": price, "quantity": 1}],
        "success_url": success_url,
        "cancel_url": cancel_url,
    }
    if trial_days:
        params["subscription_data"] = {"trial_period_days": trial_days}
    return _session(_api().checkout.sessions.create(params, {"idempotency_key": key}))


@_in_our_words
def fetch_session(session_id: str) -> SessionSnapshot:
    return _session(_api().checkout.sessions.retrieve(session_id))


@_in_our_words
def expire_session(session_id: str) -> None:
    _api().checkout.sessions.expire(session_id)


def _session(session: Any) -> SessionSnapshot:
    return SessionSnapshot(
        id=session.id,
        url=session.url or "",
        status=session.status,
        payment_status=session.payment_status,
        subscription=_id_of(session.subscription),
        client_reference=session.client_reference_id or "",
        expires_at=_surely(session.expires_at),
    )


@_in_our_words
def open_portal(*, customer: str, return_url: str) -> str:
    """The address of a fresh Customer Portal session."""
    session = _api().billing_portal.sessions.create({"customer": customer, "return_url": return_url})
    return str(session.url)


@_in_our_words
def fetch_subscription(subscription_id: str) -> SubscriptionSnapshot:
    """The subscription as it is now, never as an event said it was (rule S5)."""
    return _subscription(_api().subscriptions.retrieve(subscription_id, {"expand": ["latest_invoice"]}))


@_in_our_words
def fetch_subscriptions_of(customer: str) -> list[SubscriptionSnapshot]:
    """Every subscription the customer ever had."""
    params = {"customer": customer, "status": "all", "limit": 100, "expand": ["data.latest_invoice"]}
    return [_subscription(row) for row in _pages(_api().subscriptions.list(params))]


def _pages(first: Any) -> Iterator[Any]:
    yield from first.auto_paging_iter()


def _subscription(subscription: Any) -> SubscriptionSnapshot:
    item = subscription["items"].data[0]
    invoice = subscription.latest_invoice
    is_open = invoice is not None and not isinstance(invoice, str) and invoice.status == "open"
    # A subscription may be set to end with its period, or (as the Portal does in newer versions) at a moment.
    cancels_at = subscription.cancel_at or (
        item.current_period_end if subscription.cancel_at_period_end else None
    )
    return SubscriptionSnapshot(
        id=subscription.id,
        customer=_id_of(subscription.customer),
        price=item.price.id,
        status=subscription.status,
        started_at=_surely(subscription.start_date),
        period_start_at=_surely(item.current_period_start),
        period_end_at=_surely(item.current_period_end),
        trial_end_at=_moment(subscription.trial_end),
        cancels_at=_moment(cancels_at),
        ended_at=_moment(subscription.ended_at),
        pay_url=(invoice.hosted_invoice_url or "") if is_open else "",
    )


def verify_event(body: bytes, header: str) -> EventSnapshot:
    """Prove that `body` comes from Stripe and say which event it is.

    Any of the configured secrets will do, so that one can be rolled. Stamps more than five minutes old
    are refused by the library, those more than five minutes ahead here.

    Raises:
        BadSignature: the header is missing, forged or stale, or the body is no event.
    """
    for secret in settings.STRIPE_WEBHOOK_SECRETS:
        try:
            stripe.WebhookSignature.verify_header(body, header, secret, SIGNATURE_TOLERANCE_SECONDS)
        except (stripe.SignatureVerificationError, UnicodeDecodeError, TypeError):  # a mark beyond ASCII
            continue
        return _event(body, header)
    raise BadSignature("No signature matches.")


def _event(body: bytes, header: str) -> EventSnapshot:
    stamp = next(int(part[2:]) for part in header.split(",") if part.startswith("t="))
    if stamp > time.time() + SIGNATURE_TOLERANCE_SECONDS:
        raise BadSignature("The stamp lies in the future.")
    try:
        event = json.loads(body.decode())
        return EventSnapshot(
            id=_name(event["id"]),
            type=_name(event["type"]),
            livemode=bool(event["livemode"]),
            is_thin=event["object"] == "v2.core.event",
        )
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BadSignature("The body is not a Stripe event.") from error


def _name(value: Any) -> str:
    """`value` if it can name an event or its type, and be stored. Raises ValueError."""
    if isinstance(value, str) and 0 < len(value) <= LONGEST_NAME and value.isprintable():
        return value
    raise ValueError("Not a name.")
