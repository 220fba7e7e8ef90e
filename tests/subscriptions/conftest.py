"""A reader at the till: the Stripe sandbox over HTTP, with its own customers and cards."""

import json
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
import stripe
from django.conf import settings as django_settings
from pytest_django.fixtures import Settings

from accounts.models import User
from sandbox.running import Sandbox
from subscriptions.actions.checkouts import ensure_customer
from subscriptions.actions.plans import sync_plans
from subscriptions.models import Plan

VISA, DECLINED, NEEDS_3DS = "4242424242424242", "4000000000000002", "4000002760003184"


@dataclass
class Till:
    """What Stripe and its hosted pages do, as seen by the one who pays."""

    v1: Any
    url: str

    def pay(self, url: str, *, card: str = VISA) -> int:
        """Fill in the hosted Checkout page and submit it; returns the status of the answer."""
        form = {
            "email": "reader@example.com",
            "name": "Sabine Orlund",
            "country": "US",
            "number": card,
            "expiry": "12 / 34",
            "cvc": "123",
        }
        return post_form(url, form)

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


def event_about(kind: str, thing: dict[str, Any], event_id: str) -> bytes:
    """The body of an event as Stripe would send it."""
    event = {"id": event_id, "object": "event", "type": kind, "livemode": False, "data": {"object": thing}}
    return json.dumps(event).encode()
