"""A reader at the till: the Stripe sandbox over HTTP, with its own customers and cards."""

import json
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import stripe
from django.conf import settings as django_settings
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from sandbox.running import Sandbox
from subscriptions.actions.checkouts import ensure_customer
from subscriptions.actions.events import record_event
from subscriptions.actions.plans import sync_plans
from subscriptions.actions.settling import settle_due_events
from subscriptions.gateways import read_event
from subscriptions.models import Plan, StripeEvent

VISA, DECLINED, NEEDS_3DS = "4242424242424242", "4000000000000002", "4000002760003184"


@dataclass
class Till:
    """What Stripe and its hosted pages do, as seen by the one who pays."""

    v1: Any
    url: str

    def pay(self, url: str, *, card: str = VISA, **more: str) -> int:
        """Fill in the hosted Checkout page and submit it; returns the status of the answer."""
        form = {
            "email": "reader@example.com",
            "name": "Sabine Orlund",
            "country": "US",
            "number": card,
            "expiry": "12 / 34",
            "cvc": "123",
        }
        return post_form(url, form | more)

    def type_code(self, url: str, code: str) -> int:
        """Enter a promotion code on the hosted Checkout page; returns the status of the answer."""
        return post_form(f"{url}/order", {"promotion_code": code})

    def subscribe(self, user: User, plan: Plan, *, card: str = "pm_card_visa", **terms: Any) -> Any:
        """A subscription made in Stripe behind our back, as a lost event would leave it."""
        customer = ensure_customer(user=user)
        method = self.v1.payment_methods.attach(card, {"customer": customer.stripe_id})
        params = {"customer": customer.stripe_id, "items": [{"price": plan.stripe_price_id}]}
        return self.v1.subscriptions.create({**params, "default_payment_method": method.id, **terms})


def post_form(url: str, form: dict[str, str]) -> int:
    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *args: Any, **kwargs: Any) -> None:
            return None

    data = urllib.parse.urlencode(form).encode()
    try:
        with urllib.request.build_opener(Stay).open(url, data) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


@pytest.fixture
def till(sandbox: Sandbox, settings: Settings) -> Till:
    """The sandbox, with the settings pointing at it."""
    settings.STRIPE_API_BASE = sandbox.stripe_url
    client = stripe.StripeClient(
        django_settings.STRIPE_SECRET_KEY,
        stripe_version=django_settings.STRIPE_API_VERSION,
        base_addresses={"api": sandbox.stripe_url},
    )
    return Till(client.v1, sandbox.stripe_url)


@pytest.fixture
def plan(till: Till, db: None) -> Plan:
    plan = Plan.objects.create(key="monthly", name="Monthly", amount=900, interval="month")
    list(sync_plans())
    plan.refresh_from_db()
    return plan


@pytest.fixture
def other_plan(till: Till, plan: Plan) -> Plan:
    other = Plan.objects.create(key="yearly", name="Yearly", amount=9000, interval="year", trial_days=14)
    list(sync_plans())
    other.refresh_from_db()
    return other


@pytest.fixture
def reader(db: None) -> User:
    # Stripe remembers idempotency keys for a day, so every test's reader is somebody new to it.
    return User.objects.create_user(
        f"reader-{datetime.now(UTC).timestamp()}@example.com", name="Rafe Idunsen"
    )


def event_about(kind: str, thing: Any, event_id: str) -> bytes:
    """The body of an event as Stripe would send it."""
    event = {"id": event_id, "object": "event", "type": kind, "livemode": False, "data": {"object": thing}}
    return json.dumps(event).encode()


def store(body: bytes, *, at: datetime | None = None) -> StripeEvent:
    """An event as it lies in our books once it was proved."""
    event = record_event(event=read_event(body.decode()), body=body, at=at or timezone.now())
    assert event is not None
    return event


def deliver(kind: str, thing: Any, event_id: str) -> StripeEvent:
    """An event whose body says `thing`, stored and acted on."""
    event = store(event_about(kind, thing, event_id))
    settle_due_events(clock=timezone.now, until=timezone.now() + timedelta(minutes=1))
    event.refresh_from_db()
    return event
