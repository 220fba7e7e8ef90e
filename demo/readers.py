"""Sample plans and readers in every state that can be reached at once.

The readers pay in the Stripe sandbox as anyone would; this module plays them at the till, and is the
only one beside the gateway that speaks to Stripe. What our side knows of them it learns by fetching.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import stripe
from django.conf import settings
from django.db import transaction

from accounts.models import User
from demo.logins import READERS
from demo.newsroom import make_user
from subscriptions.actions.checkouts import ensure_customer
from subscriptions.actions.grants import give_comp
from subscriptions.actions.plans import sync_plans
from subscriptions.actions.subscriptions import sync_customer
from subscriptions.models import Plan

PLANS = (
    {
        "key": "digital-monthly",
        "name": "Digital, monthly",
        "description": "Every story in full, and the weekly digest.",
        "amount": 900,
        "interval": "month",
        "trial_days": 0,
    },
    {
        "key": "digital-yearly",
        "name": "Digital, yearly",
        "description": "The same for twelve months: two of them free.",
        "amount": 9000,
        "interval": "year",
        "trial_days": 14,
    },
    {
        "key": "supporter-yearly",
        "name": "Supporter, yearly",
        "description": "For readers who want to pay for a little more reporting than they read.",
        "amount": 18000,
        "interval": "year",
        "trial_days": 0,
    },
)


def load_plans() -> list[str]:
    """Put the plans on sale, here and in Stripe; returns what was done."""
    for position, values in enumerate(PLANS):
        Plan.objects.get_or_create(key=values["key"], defaults={**values, "position": position})
    return list(sync_plans())


def load_readers(*, at: datetime) -> None:
    """Make the readers that are missing, each wholly or not at all."""
    for kind, email, name in READERS:
        if not User.objects.filter(email=email).exists():
            with transaction.atomic():
                LIVES[kind](make_user(email, name=name), at)


def _till() -> Any:
    client = stripe.StripeClient(
        settings.STRIPE_SECRET_KEY,
        stripe_version=settings.STRIPE_API_VERSION,
        base_addresses={"api": settings.STRIPE_API_BASE},
    )
    return client.v1


def _subscribe(
    user: User, at: datetime, *, card: str = "pm_card_visa", plan: str = "digital-monthly", **terms: Any
) -> str:
    """Pay for a plan with one of Stripe's test cards; returns the subscription's id."""
    customer = ensure_customer(user=user)
    method = _till().payment_methods.attach(card, {"customer": customer.stripe_id})
    params = {
        "customer": customer.stripe_id,
        "items": [{"price": Plan.objects.get(key=plan).stripe_price_id}],
        "default_payment_method": method.id,
        **terms,
    }
    subscription = _till().subscriptions.create(params)
    sync_customer(customer=customer, at=at)
    return str(subscription.id)


def _active(user: User, at: datetime) -> None:
    _subscribe(user, at, plan="digital-yearly")


def _trialing(user: User, at: datetime) -> None:
    _subscribe(user, at, plan="digital-yearly", trial_period_days=14)


def _leaving(user: User, at: datetime) -> None:
    subscription = _subscribe(user, at)
    _till().subscriptions.update(subscription, {"cancel_at_period_end": True})
    sync_customer(customer=user.customer, at=at)


def _left(user: User, at: datetime) -> None:
    subscription = _subscribe(user, at)
    _till().subscriptions.cancel(subscription)
    sync_customer(customer=user.customer, at=at)


def _declining(user: User, at: datetime) -> None:
    """A trial that ends within the minute, on a card that then declines: past due by itself."""
    ends = int((at + timedelta(seconds=30)).timestamp())
    _subscribe(user, at, card="pm_card_chargeCustomerFail", trial_end=ends)


def _unfinished(user: User, at: datetime) -> None:
    _subscribe(user, at, card="pm_card_threeDSecure2Required")


def _complimentary(user: User, at: datetime) -> None:
    ends_at = at + timedelta(days=90)
    give_comp(user=user, ends_at=ends_at, reason="With our thanks for your letters.", by=None, at=at)


def _registered(user: User, at: datetime) -> None:
    """An account and nothing more."""


LIVES: dict[str, Callable[[User, datetime], None]] = {
    "subscriber": _active,
    "on trial": _trialing,
    "has cancelled": _leaving,
    "former subscriber": _left,
    "payment overdue": _declining,
    "payment unfinished": _unfinished,
    "complimentary": _complimentary,
    "registered": _registered,
}
