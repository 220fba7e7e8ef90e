"""Sample readers in every state.

The readers pay in the Stripe sandbox as anyone would; this module plays them at the till, and is the
only one beside the gateway that speaks to Stripe. What our side knows of them it learns by fetching.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode, urlsplit
from urllib.request import urlopen

import stripe
from django.conf import settings
from django.utils.timezone import localdate

from accounts.models import User
from demo.logins import READERS
from demo.newsroom import make_user
from subscriptions.actions.books import sync_customer
from subscriptions.actions.checkouts import ensure_customer, finish_checkout
from subscriptions.actions.gifts import redeem_gift
from subscriptions.actions.giving import Present, order_gift
from subscriptions.actions.grants import give_comp
from subscriptions.actions.groups import invite_to_seat, rename_group, take_seat
from subscriptions.models import Customer, Gift, Group, Plan


class HalfLoaded(Exception):
    """An earlier start was interrupted while it made the sample readers."""

    def __init__(self, email: str) -> None:
        super().__init__(f"{email} was left half-made by an interrupted start. Run: make demo-reset demo")


def load_readers(*, at: datetime) -> None:
    """Make the readers that are missing. Raises HalfLoaded after a start that was interrupted.

    Two states take weeks to reach. Those readers come first, alone, and the sandbox lets the weeks go by
    for them before anybody else is there.
    """
    if not Customer.objects.exists():
        _load_missing([reader for reader in READERS if reader[0] in LONG_LIVES], at)
        _let_weeks_pass(at)
    _load_missing(READERS, at)


def _load_missing(readers: Iterable[tuple[str, str, str]], at: datetime) -> None:
    for kind, email, name in readers:
        user = User.objects.filter(email=email).first()
        if user is None:
            user = make_user(email, name=name)
            # What is done at Stripe cannot be rolled back: a reader who is not complete is not active.
            User.objects.filter(pk=user.pk).update(is_active=False)
            LIVES[kind](user, at)
            User.objects.filter(pk=user.pk).update(is_active=True)
        elif not user.is_active:
            raise HalfLoaded(email)


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
    """Cancelled at once, with the money back: who keeps it unspent reads on to the period's end."""
    subscription = _subscribe(user, at)
    _till().subscriptions.cancel(subscription)
    for charge in _till().charges.list({"customer": ensure_customer(user=user).stripe_id}):
        _till().refunds.create({"charge": charge.id})
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


def _owning_a_group(user: User, at: datetime) -> None:
    price = Plan.objects.get(key="group-yearly").stripe_price_id
    _subscribe(user, at, plan="group-yearly", items=[{"price": price, "quantity": 5}])
    group = Group.objects.get(subscription__customer__user=user)
    rename_group(group=group, name="Saldane Evening School", by=user, at=at)
    invite_to_seat(group=group, email="mentor@saldane-evening.example", by=user, at=at)


def _in_a_group(user: User, at: datetime) -> None:
    group = Group.objects.select_related("subscription__customer__user").get()
    seat = invite_to_seat(group=group, email=user.email, by=group.subscription.customer.user, at=at)
    take_seat(seat=seat, user=user, at=at)


def _given_a_gift(user: User, at: datetime) -> None:
    """Bought at the till by the subscriber, and redeemed."""
    giver = User.objects.get(email="subscriber@example.com")
    present = Present(
        plan=Plan.objects.get(key="digital-monthly"),
        giver_name="Sabine",
        recipient_name=user.get_short_name(),
        recipient_email=user.email,
        deliver_on=localdate(at),
        message="For the evenings on the ferry.",
    )
    checkout = order_gift(giver=giver, present=present, at=at)
    _pay(checkout.url, giver)
    finish_checkout(user=giver, session_id=checkout.stripe_id, at=at)
    redeem_gift(code=Gift.objects.get(checkout=checkout).code, user=user, at=at)


def _pay(url: str, user: User) -> None:
    """Fill in the till's page. Its answer leads back to the site, which is not up yet."""
    card = {"number": "4242424242424242", "expiry": "12 / 44", "cvc": "123"}
    form = {"email": user.email, "name": str(user), "country": "US", **card}
    place = urlsplit(url)
    till = HTTPConnection(place.netloc)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    till.request("POST", place.path, urlencode(form), headers)
    till.getresponse().read()
    till.close()


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
    "group owner": _owning_a_group,
    "in a group": _in_a_group,
    "given a gift": _given_a_gift,
    "registered": _registered,
}
