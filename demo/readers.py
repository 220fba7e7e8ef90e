"""Sample plans and readers in every state.

The readers pay in the Stripe sandbox as anyone would; this module plays them at the till, and is the
only one beside the gateway that speaks to Stripe. What our side knows of them it learns by fetching.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any
from urllib.request import urlopen

import stripe
from django.conf import settings
from django.db import transaction

from accounts.models import User
from demo.logins import READERS
from demo.newsroom import make_user
from subscriptions.actions.books import sync_customer
from subscriptions.actions.checkouts import ensure_customer
from subscriptions.actions.grants import give_comp
from subscriptions.actions.plans import sync_plans
from subscriptions.models import Customer, Plan

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
    """Make the readers that are missing, each wholly or not at all.

    Two states take weeks to reach. Those readers come first, alone, and the sandbox lets the weeks go by
    for them before anybody else is there.
    """
    if not Customer.objects.exists():
        _load_missing([reader for reader in READERS if reader[0] in LONG_LIVES], at)
        _let_weeks_pass(at)
    _load_missing(READERS, at)


def _load_missing(readers: Iterable[tuple[str, str, str]], at: datetime) -> None:
    for kind, email, name in readers:
        if not User.objects.filter(email=email).exists():
            # Over calls to the sandbox, which answers at once, while nothing else is running yet.
            with transaction.atomic():
                LIVES[kind](make_user(email, name=name), at)


def _let_weeks_pass(at: datetime) -> None:
    """Have the sandbox do what is due within the weeks of Stripe's retries, and fetch what came of it."""
    until = int((at + timedelta(days=20)).timestamp())
    urlopen(f"{settings.STRIPE_API_BASE}/sandbox/tick?at={until}", data=b"").close()  # noqa: S310 (the sandbox's own)
    for customer in Customer.objects.all():
        sync_customer(customer=customer, at=at)


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
    price = Plan.objects.get(key=plan).stripe_price_id
    params: dict[str, Any] = {"customer": customer.stripe_id, "items": [{"price": price}], **terms}
    if card:
        method = _till().payment_methods.attach(card, {"customer": customer.stripe_id})
        params["default_payment_method"] = method.id
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
    sync_customer(customer=ensure_customer(user=user), at=at)


def _left(user: User, at: datetime) -> None:
    subscription = _subscribe(user, at)
    _till().subscriptions.cancel(subscription)
    sync_customer(customer=ensure_customer(user=user), at=at)


def _declining(user: User, at: datetime) -> None:
    """A trial that is ended at once, on a card that then declines: past due."""
    subscription = _subscribe(user, at, card="pm_card_chargeCustomerFail", trial_period_days=1)
    _till().subscriptions.update(subscription, {"trial_end": "now"})
    sync_customer(customer=ensure_customer(user=user), at=at)


def _pausing(user: User, at: datetime) -> None:
    """A trial without a card that ends within the minute: paused by itself."""
    ending = {"end_behavior": {"missing_payment_method": "pause"}}
    _subscribe(user, at, card="", trial_end=_soon(at), trial_settings=ending)


def _soon(at: datetime) -> int:
    return int((at + timedelta(seconds=30)).timestamp())


def _unfinished(user: User, at: datetime) -> None:
    _subscribe(user, at, card="pm_card_threeDSecure2Required")


def _complimentary(user: User, at: datetime) -> None:
    ends_at = at + timedelta(days=90)
    give_comp(user=user, ends_at=ends_at, reason="With our thanks for your letters.", by=None, at=at)


def _registered(user: User, at: datetime) -> None:
    """An account and nothing more."""


LONG_LIVES = ("unpaid", "never paid")
LIVES: dict[str, Callable[[User, datetime], None]] = {
    "unpaid": _declining,
    "never paid": _unfinished,
    "paused": _pausing,
    "subscriber": _active,
    "on trial": _trialing,
    "has cancelled": _leaving,
    "former subscriber": _left,
    "payment overdue": _declining,
    "payment unfinished": _unfinished,
    "complimentary": _complimentary,
    "registered": _registered,
}
