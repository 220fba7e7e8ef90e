"""Buying a subscription through Stripe Checkout."""

from contextlib import suppress
from datetime import datetime
from hashlib import sha256

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from accounts.models import AuditEntry, User
from subscriptions.actions.books import sync_customer
from subscriptions.gateways import (
    SessionSnapshot,
    StripeRefused,
    create_customer,
    create_session,
    expire_session,
    fetch_session,
)
from subscriptions.models import Checkout, Customer, Plan, Status, Subscription
from subscriptions.queries import customer_of

# With an unfinished first payment a reader may start again (rules, section 7).
BLOCKING = (Status.ACTIVE, Status.TRIALING, Status.PAST_DUE, Status.UNPAID, Status.PAUSED)
PAID = ("paid", "no_payment_required")


class AlreadySubscribed(Exception):
    """The reader has a subscription; a second one would charge them twice."""


class PlanNotOnSale(Exception):
    """The plan is off sale or not yet known to Stripe (`manage.py sync_plans`)."""


class NotYourCheckout(Exception):
    """The session is unknown, or somebody else's."""


def ensure_customer(*, user: User) -> Customer:
    """The reader's one Stripe customer, made on first need."""
    known = customer_of(user)
    if known:
        return known
    nth = Customer.objects.filter(user=user).count()
    stripe_id = create_customer(email=user.email, name=user.name, user_id=user.pk, nth=nth)
    return Customer.objects.get_or_create(user=user, deleted_at=None, defaults={"stripe_id": stripe_id})[0]


def start_checkout(*, user: User, plan: Plan, return_path: str, at: datetime) -> Checkout:
    """The one open Checkout Session of a reader, for `plan`; asked twice, the same one (rule S11).

    What their earlier sessions came to is asked of Stripe first, so that one just paid in another tab
    is not paid again, and one for another plan is closed.

    Raises:
        AlreadySubscribed, PlanNotOnSale: nothing is opened.
        StripeUnavailable, StripeRefused: nothing is opened.
    """
    if not plan.is_active or not plan.stripe_price_id:
        raise PlanNotOnSale
    _refuse_second(user)
    same = _settle_open(user=user, plan=plan, at=at)
    _refuse_second(user)
    return same or _open_checkout(user=user, plan=plan, return_path=return_path, at=at)


def _refuse_second(user: User) -> None:
    if Subscription.objects.filter(customer__user=user, status__in=BLOCKING).exists():
        raise AlreadySubscribed


def _settle_open(*, user: User, plan: Plan, at: datetime) -> Checkout | None:
    """Settle or close the reader's open sessions, but keep and return one that sells just this."""
    same = None
    for checkout in Checkout.objects.filter(user=user, state=Checkout.State.OPEN).select_related("plan"):
        session = fetch_session(checkout.stripe_id)
        if session.status != "open":
            settle_checkout(checkout=checkout, session=session, at=at)
        elif checkout.price_id == plan.stripe_price_id and same is None:
            same = checkout
        else:
            _expire(checkout, at=at)
    return same


def _open_checkout(*, user: User, plan: Plan, return_path: str, at: datetime) -> Checkout:
    customer = ensure_customer(user=user)
    success = settings.SITE_URL + reverse("checkout_success") + "?session_id={CHECKOUT_SESSION_ID}"
    cancel = settings.SITE_URL + reverse("plans")
    trial_days = 0 if Subscription.objects.filter(customer=customer).exists() else plan.trial_days
    # Two clicks at once count the same sessions so far, ask with the same key and get one session.
    nth = Checkout.objects.filter(user=user).count()
    facts = f"{user.pk}|{plan.stripe_price_id}|{trial_days}|{customer.stripe_id}|{success}|{nth}"
    session = create_session(
        customer=customer.stripe_id,
        price=plan.stripe_price_id,
        reference=str(user.pk),
        trial_days=trial_days,
        success_url=success,
        cancel_url=cancel,
        key="checkout-" + sha256(facts.encode()).hexdigest()[:40],
    )
    values = {
        "user": user,
        "plan": plan,
        "price_id": plan.stripe_price_id,
        "amount": plan.amount,
        "currency": plan.currency,
        "url": session.url,
        "return_path": return_path[:300],
        "created_at": at,
        "expires_at": session.expires_at,
    }
    checkout, _ = Checkout.objects.get_or_create(stripe_id=session.id, defaults=values)
    # Of two for different plans, asked for at once, only the later stays open.
    _expire_others(checkout, at=at, begun_before=True)
    return checkout


def finish_checkout(*, user: User, session_id: str, at: datetime) -> Checkout:
    """What became of a session, asked of Stripe and never of the address bar (rule S10).

    A session that is complete and paid brings its subscription and closes the reader's other open
    sessions; any other is returned as it is.

    Raises:
        NotYourCheckout: forged, foreign or unknown; nothing changes.
        StripeUnavailable: nothing changes.
    """
    checkout = Checkout.objects.filter(user=user, stripe_id=session_id).select_related("plan").first()
    if checkout is None:
        raise NotYourCheckout
    try:
        session = fetch_session(session_id)
    except StripeRefused as error:
        raise NotYourCheckout from error
    if session.client_reference != str(user.pk):
        raise NotYourCheckout
    settle_checkout(checkout=checkout, session=session, at=at)
    return checkout


def settle_checkout(*, checkout: Checkout, session: SessionSnapshot, at: datetime) -> None:
    """Bring our row, the subscription and the reader's other sessions in line with Stripe's session."""
    if session.status == "expired":
        _close(checkout, Checkout.State.EXPIRED, at=at)
    elif session.status == "complete" and session.payment_status in PAID and session.subscription:
        _bring_subscription(checkout, session.subscription, at=at)
        _close(checkout, Checkout.State.COMPLETE, at=at)
        _expire_others(checkout, at=at)


def _bring_subscription(checkout: Checkout, stripe_id: str, *, at: datetime) -> None:
    sync_customer(customer=ensure_customer(user=checkout.user), at=at)
    checkout.subscription = Subscription.objects.filter(stripe_id=stripe_id).first()
    checkout.save(update_fields=("subscription",))


@transaction.atomic
def _close(checkout: Checkout, state: Checkout.State, *, at: datetime) -> None:
    changed = Checkout.objects.filter(pk=checkout.pk).exclude(state=state).update(state=state)
    checkout.state = state
    if changed and state == Checkout.State.COMPLETE:
        AuditEntry.record("complete checkout", checkout, by=checkout.user, at=at)


def _expire_others(checkout: Checkout, *, at: datetime, begun_before: bool = False) -> None:
    others = Checkout.objects.filter(user=checkout.user, state=Checkout.State.OPEN).exclude(pk=checkout.pk)
    for other in others.filter(pk__lt=checkout.pk) if begun_before else others:
        _expire(other, at=at)


def _expire(checkout: Checkout, *, at: datetime) -> None:
    with suppress(StripeRefused):  # it has ended by itself
        expire_session(checkout.stripe_id)
    _close(checkout, Checkout.State.EXPIRED, at=at)
