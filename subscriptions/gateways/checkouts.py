"""Stripe's hosted pages: Checkout Sessions and the Customer Portal."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from subscriptions.gateways.connection import api, id_of, in_our_words, surely


@dataclass(frozen=True)
class SessionSnapshot:
    id: str
    url: str
    status: str
    payment_status: str
    subscription: str
    client_reference: str
    expires_at: datetime


@in_our_words
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
    return _session(api().checkout.sessions.create(params, {"idempotency_key": key}))


@in_our_words
def fetch_session(session_id: str) -> SessionSnapshot:
    return _session(api().checkout.sessions.retrieve(session_id))


@in_our_words
def expire_session(session_id: str) -> None:
    api().checkout.sessions.expire(session_id)


def _session(session: Any) -> SessionSnapshot:
    return SessionSnapshot(
        id=session.id,
        url=session.url or "",
        status=session.status,
        payment_status=session.payment_status,
        subscription=id_of(session.subscription),
        client_reference=session.client_reference_id or "",
        expires_at=surely(session.expires_at),
    )


@in_our_words
def open_portal(*, customer: str, return_url: str) -> str:
    """The address of a fresh Customer Portal session."""
    session = api().billing_portal.sessions.create({"customer": customer, "return_url": return_url})
    return str(session.url)
