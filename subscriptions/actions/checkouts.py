"""Buying a subscription through Stripe Checkout."""

from contextlib import suppress
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import get_language

from accounts.models import AuditEntry, User
from subscriptions.actions.books import sync_customer
from subscriptions.actions.gifts import pay_gift
from subscriptions.actions.offers import record_redemption
from subscriptions.actions.plans import tax_behavior
from subscriptions.gateways import (
    SessionSnapshot,
    SessionTerms,
    StripeRefused,
    create_customer,
    create_session,
    expire_session,
    fetch_session,
)
from subscriptions.models import Checkout, Customer, Status, Subscription
from subscriptions.offers import has_open_codes, win_back_for
from subscriptions.orders import Order, Quote, quote_of
from subscriptions.queries import customer_of, has_subscribed, refused_payment
from subscriptions.shop import CANCELLING

# With an unfinished first payment a reader may start again (rules, section 7).
BLOCKING = (Status.ACTIVE, Status.TRIALING, Status.PAST_DUE, Status.UNPAID, Status.PAUSED)
LONGEST_PATH = 300
PAID = ("paid", "no_payment_required")


class AlreadySubscribed(Exception):
    """The reader has a subscription; a second one would charge them twice."""


class PaymentPending(Exception):
    """A payment by a slow method (a bank debit) is on its way; a second one would charge them twice."""

    def __init__(self, checkout: Checkout) -> None:
        super().__init__(checkout.stripe_id)
        self.checkout = checkout


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


def start_checkout(*, user: User, order: Order, at: datetime) -> Checkout:
    """The one open Checkout Session of a reader, for `order`; asked twice, the same one (rule S11).

    What their earlier sessions came to is asked of Stripe first, so that one just paid in another tab
    is not paid again, and one for another order is closed. An offer to readers who come back applies by
    itself.

    Raises:
        PlanNotOnSale, OrderRefused, AlreadySubscribed, PaymentPending: nothing is opened.
        StripeUnavailable, StripeRefused: nothing is opened.
    """
    wanted = _wanted(user, order, quote_of(order), at=at)
    _refuse_second(user)
    same = _settle_open(user=user, wanted=wanted, at=at)
    _refuse_second(user)
    if same:
        return _lead_back(same, order)
    return _open_checkout(user=user, order=order, wanted=wanted, at=at)


def _wanted(user: User, order: Order, quote: Quote, *, at: datetime) -> dict[str, Any]:
    """What tells one order from another, as fields of a checkout."""
    return {
        "plan": order.plan,
        "price_id": quote.price_id,
        "amount": quote.amount,
        "currency": quote.currency,
        "quantity": quote.seats,
        "group_name": order.group_name.strip()[:120] if order.plan.is_for_groups else "",
        "offer": order.offer or win_back_for(user, plan=order.plan, currency=quote.currency, at=at),
    }


def _refuse_second(user: User) -> None:
    if Subscription.objects.filter(customer__user=user, status__in=BLOCKING).exists():
        raise AlreadySubscribed


def _settle_open(*, user: User, wanted: dict[str, Any], at: datetime) -> Checkout | None:
    """Settle or close the reader's open sessions, but keep and return one that sells just this."""
    same = None
    for checkout in _open_sessions(user):
        session = fetch_session(checkout.stripe_id)
        if session.status != "open":
            settle_checkout(checkout=checkout, session=session, at=at)
            _refuse_while_pending(checkout, session, at=at)
        elif same is None and all(getattr(checkout, name) == value for name, value in wanted.items()):
            same = checkout
        else:
            _expire(checkout, at=at)
    return same


def _open_sessions(user: User) -> QuerySet[Checkout]:
    """The reader's visits to the till for themselves: gifts are bought beside them."""
    mine = Checkout.objects.filter(user=user, state=Checkout.State.OPEN, gift__isnull=True)
    return mine.select_related("plan", "offer")


def _refuse_while_pending(checkout: Checkout, session: SessionSnapshot, *, at: datetime) -> None:
    if session.status != "complete" or session.payment_status in PAID:
        return
    if not refused_payment(checkout):
        raise PaymentPending(checkout)
    _close(checkout, Checkout.State.EXPIRED, at=at)


def _lead_back(checkout: Checkout, order: Order) -> Checkout:
    """A session found again leads back to the page its reader came from last."""
    if order.return_path:
        checkout.return_path, checkout.wall = _short(order.return_path), order.wall[:20]
        checkout.save(update_fields=("return_path", "wall"))
    return checkout


def _open_checkout(*, user: User, order: Order, wanted: dict[str, Any], at: datetime) -> Checkout:
    terms = _terms(user, order, wanted, at=at)
    # Two clicks at once count the same sessions so far, ask with the same key and get one session.
    nth = Checkout.objects.filter(user=user).count()
    key = "checkout-" + sha256(f"{terms}|{nth}".encode()).hexdigest()[:40]
    session = create_session(terms, key=key)
    values = {
        **wanted,
        "user": user,
        "url": session.url,
        "return_path": _short(order.return_path),
        "wall": order.wall[:20],
        "created_at": at,
        "expires_at": session.expires_at,
    }
    checkout, _ = Checkout.objects.get_or_create(stripe_id=session.id, defaults=values)
    # Of two for different orders, asked for at once, only the later stays open.
    _expire_others(checkout, at=at, begun_before=True)
    return checkout


def _short(path: str) -> str:
    """A page to lead back to, if its address is one we can keep: half of one leads nowhere."""
    return path if len(path) <= LONGEST_PATH else ""


def _terms(user: User, order: Order, wanted: dict[str, Any], *, at: datetime) -> SessionTerms:
    plan, offer = order.plan, wanted["offer"]
    return SessionTerms(
        customer=ensure_customer(user=user).stripe_id,
        reference=str(user.pk),
        success_url=settings.SITE_URL + reverse("checkout_success") + "?session_id={CHECKOUT_SESSION_ID}",
        cancel_url=f"{settings.SITE_URL}{reverse('plans')}?{order.as_query()}",
        currency=wanted["currency"],
        amount=wanted["amount"],
        interval=plan.interval,
        price_id=wanted["price_id"],
        product=plan.stripe_product_id,
        quantity=wanted["quantity"],
        trial_days=0 if has_subscribed(user) else plan.trial_days,
        trial_needs_card=plan.trial_needs_card,
        coupon=offer.stripe_coupon_id if offer else "",
        takes_codes=has_open_codes(plan, currency=wanted["currency"], at=at),
        is_taxed=settings.STRIPE_TAX,
        tax_behavior=tax_behavior(),
        print_countries=tuple(settings.PRINT_COUNTRIES) if plan.has_print else (),
        language=get_language() or "",
        notice=CANCELLING,
        metadata=(("user", str(user.pk)), ("plan", plan.key)),
    )


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
    """Bring our row, the subscription and the reader's other sessions in line with Stripe's session.

    One that is complete but unpaid, by a slow method, gives nothing yet (rule S10).
    """
    if session.status == "expired":
        _close(checkout, Checkout.State.EXPIRED, at=at)
    elif session.status != "complete" or session.payment_status not in PAID:
        return
    elif checkout.gift:
        pay_gift(gift=checkout.gift, intent_id=session.intent, at=at)
        _close(checkout, Checkout.State.COMPLETE, at=at)
    elif session.subscription:
        _bring_subscription(checkout, session.subscription, at=at)
        record_redemption(checkout=checkout, discounts=session.discounts, at=at)
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
    others = _open_sessions(checkout.user).exclude(pk=checkout.pk)
    for other in others.filter(pk__lt=checkout.pk) if begun_before else others:
        _expire(other, at=at)


def _expire(checkout: Checkout, *, at: datetime) -> None:
    with suppress(StripeRefused):  # it has ended by itself
        expire_session(checkout.stripe_id)
    _close(checkout, Checkout.State.EXPIRED, at=at)
