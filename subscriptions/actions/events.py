"""Stripe's events: stored once, then acted on by fetching what they point at."""

import json
import logging
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import OperationalError

from subscriptions.actions.books import sync_customer
from subscriptions.actions.checkouts import settle_checkout
from subscriptions.gateways import (
    EventSnapshot,
    StripeRefused,
    StripeUnavailable,
    fetch_charge,
    fetch_session,
    fetch_subscription,
)
from subscriptions.models import Checkout, Customer, Payment, StripeEvent, Subscription

logger = logging.getLogger(__name__)

# With these an event outlives an outage of three days, as Stripe's own retries do (rule S7).
FIRST_PAUSE, LONGEST_PAUSE, MAX_ATTEMPTS = timedelta(seconds=30), timedelta(hours=1), 80
HEEDED = ("customer.", "invoice.", "charge.", "refund.", "payment_method.")
"""The families of events after which a customer's books may differ from ours (rule S12)."""


def record_event(*, event: EventSnapshot, body: bytes, at: datetime) -> StripeEvent | None:
    """Store a verified event; None when it was stored before, even a moment ago by another request (rule S4).

    Events of the other mode (test or live) and thin events are stored as ignored (rules S3, S9).
    """
    note = ""
    if event.livemode != settings.STRIPE_LIVEMODE:
        note = "Sent from Stripe's other mode (test or live)."
        logger.error("Stripe event %s comes from the other mode; check the endpoint's settings.", event.id)
    elif event.is_thin:
        note = "A thin event; this endpoint works from snapshot events."
    values = {
        "type": event.type,
        "livemode": event.livemode,
        "body": body.decode(),
        "state": StripeEvent.State.IGNORED if note else StripeEvent.State.WAITING,
        "note": note,
        "received_at": at,
    }
    row, is_new = StripeEvent.objects.get_or_create(stripe_id=event.id, defaults=values)
    return row if is_new else None


def process_event(*, event: StripeEvent, at: datetime) -> None:
    """Fetch what the event points at and set our state from it; safe to run twice or at the same time.

    Whatever else goes wrong ends as a failed event, so that none comes back every minute for ever.

    Raises:
        StripeUnavailable, OperationalError: Stripe or the database is away; the event stays waiting for
            its next try, at most `MAX_ATTEMPTS` times.
    """
    if event.state in (StripeEvent.State.DONE, StripeEvent.State.IGNORED):
        return
    try:
        note = _act_on(event, at=at)
    except StripeRefused as refusal:
        _settle(event, StripeEvent.State.FAILED, str(refusal), at=at)
    except (StripeUnavailable, OperationalError) as trouble:
        _postpone(event, str(trouble), at=at)
        raise
    except Exception as fault:
        logger.exception("Stripe event %s could not be acted on.", event.stripe_id)
        _settle(event, StripeEvent.State.FAILED, f"{type(fault).__name__}: {fault}", at=at)
    else:
        _settle(event, StripeEvent.State.IGNORED if note else StripeEvent.State.DONE, note, at=at)


def _act_on(event: StripeEvent, *, at: datetime) -> str:
    """Do the work; the answer is empty, or says why there was none to do."""
    thing: dict[str, Any] = json.loads(event.body)["data"]["object"]
    if event.type.startswith("checkout.session."):
        return _act_on_session(thing["id"], at=at)
    if not event.type.startswith(HEEDED):
        return "Nothing here depends on this type."
    return _act_on_customer(_customer_of(thing), thing["id"], at=at)


def _act_on_session(session_id: str, *, at: datetime) -> str:
    checkout = Checkout.objects.filter(stripe_id=session_id).select_related("user").first()
    if checkout is None:
        return "A checkout that this site did not open."
    settle_checkout(checkout=checkout, session=fetch_session(session_id), at=at)
    return ""


def _act_on_customer(stripe_id: str, thing_id: str, *, at: datetime) -> str:
    customer = Customer.objects.filter(stripe_id=stripe_id).select_related("user").first()
    if customer is None:
        return f"Customer {stripe_id} is not ours." if stripe_id else "It names no customer."
    return sync_customer(customer=customer, at=at).foreign.get(thing_id, "")


def _customer_of(thing: dict[str, Any]) -> str:
    """The id of the customer whom an event's object is or concerns; asked of Stripe when it does not say."""
    kind, named = thing.get("object"), _id_of(thing.get("customer"))
    if named or kind == "customer":
        return named or str(thing["id"])
    if thing.get("charge"):
        charge = _id_of(thing["charge"])
        known = Payment.objects.filter(stripe_id=charge, customer__isnull=False).first()
        return known.customer.stripe_id if known and known.customer else fetch_charge(charge).customer
    subscription = _subscription_of(thing)
    if not subscription:
        return ""
    ours = Subscription.objects.filter(stripe_id=subscription).select_related("customer").first()
    return ours.customer.stripe_id if ours else fetch_subscription(subscription).customer


def _subscription_of(thing: dict[str, Any]) -> str:
    """The id of the subscription that an object is, or is the invoice of."""
    details = (thing.get("parent") or {}).get("subscription_details") or {}
    return _id_of(details.get("subscription")) or (thing["id"] if thing["id"].startswith("sub_") else "")


def _id_of(value: Any) -> str:
    return value["id"] if isinstance(value, dict) else value or ""


def _settle(event: StripeEvent, state: StripeEvent.State, note: str, *, at: datetime) -> None:
    event.state, event.note, event.settled_at = state, note, at
    event.attempts += 1
    event.save(update_fields=("state", "note", "settled_at", "attempts"))


def _postpone(event: StripeEvent, note: str, *, at: datetime) -> None:
    """Wait for twice as long as the last time, up to an hour; after `MAX_ATTEMPTS` leave it to a person."""
    event.attempts += 1
    event.note = note
    if event.attempts >= MAX_ATTEMPTS:
        event.state, event.settled_at = StripeEvent.State.FAILED, at
    event.try_after_at = at + min(FIRST_PAUSE * 2 ** min(event.attempts, 12), LONGEST_PAUSE)
    event.save(update_fields=("state", "note", "settled_at", "try_after_at", "attempts"))
