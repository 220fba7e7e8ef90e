"""Buying a gift, and giving its money back."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256

from django.conf import settings
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import get_language

from accounts.models import AuditEntry, User
from subscriptions.actions.books import sync_customer
from subscriptions.actions.checkouts import ensure_customer
from subscriptions.actions.plans import tax_behavior
from subscriptions.gateways import GiftTerms, create_gift_session, refund_payment
from subscriptions.models import Checkout, Gift, Plan
from subscriptions.orders import Order, quote_of

LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""No letter or digit that is taken for another when read aloud or written by hand."""
CODE_LENGTH = 16
AHEAD = timedelta(days=366)


class CannotGive(Exception):
    """The gift makes no sense; the message says why."""


class CannotRefund(Exception):
    """There is nothing to give back; the message says why."""


@dataclass(frozen=True)
class Present:
    """What someone gives, to whom, and when it is to arrive."""

    plan: Plan
    giver_name: str
    recipient_name: str
    recipient_email: str
    deliver_on: date
    message: str = ""
    currency: str = ""


def order_gift(*, giver: User, present: Present, at: datetime) -> Checkout:
    """A visit to Stripe's till to pay for a gift. The same ordered twice at once is one visit (rule S11).

    Raises:
        CannotGive, PlanNotOnSale: nothing is opened.
        StripeUnavailable, StripeRefused: nothing is opened.
    """
    if not present.plan.is_giftable:
        raise CannotGive(f"{present.plan.name} cannot be given.")
    today = localtime(at).date()
    if not today <= present.deliver_on <= today + AHEAD:
        raise CannotGive("Choose a day within the coming year for the gift to arrive.")
    quote = quote_of(Order(plan=present.plan, currency=present.currency))
    open_already = _same_open(giver, present, at=at)
    if open_already:
        return open_already
    gift = Gift.objects.create(
        plan=present.plan,
        giver=giver,
        giver_name=present.giver_name,
        recipient_name=present.recipient_name,
        recipient_email=present.recipient_email,
        message=present.message,
        deliver_on=present.deliver_on,
        code="".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH)),
        amount=quote.amount,
        currency=quote.currency,
        created_at=at,
    )
    return _open_till(gift, at=at)


def _same_open(giver: User, present: Present, *, at: datetime) -> Checkout | None:
    """The visit begun for this very gift, while its session is open."""
    visits = Checkout.objects.filter(user=giver, state=Checkout.State.OPEN, expires_at__gt=at)
    same = visits.filter(
        gift__state=Gift.State.UNPAID,
        gift__plan=present.plan,
        gift__giver_name=present.giver_name,
        gift__recipient_name=present.recipient_name,
        gift__recipient_email=present.recipient_email,
        gift__deliver_on=present.deliver_on,
        gift__message=present.message,
    )
    if present.currency:
        same = same.filter(currency=present.currency)
    return same.order_by("-pk").first()


def _open_till(gift: Gift, *, at: datetime) -> Checkout:
    terms = GiftTerms(
        customer=ensure_customer(user=gift.giver).stripe_id,
        reference=str(gift.giver.pk),
        success_url=settings.SITE_URL + reverse("gift_done") + "?session_id={CHECKOUT_SESSION_ID}",
        cancel_url=settings.SITE_URL + reverse("gift_order"),
        name=f"A gift: {gift.plan.name}",
        amount=gift.amount,
        currency=gift.currency,
        language=get_language() or "",
        is_taxed=settings.STRIPE_TAX,
        tax_behavior=tax_behavior(),
        metadata=(("user", str(gift.giver.pk)), ("gift", str(gift.pk))),
    )
    session = create_gift_session(terms, key="gift-" + sha256(repr(terms).encode()).hexdigest()[:40])
    return Checkout.objects.create(
        user=gift.giver,
        plan=gift.plan,
        gift=gift,
        stripe_id=session.id,
        amount=gift.amount,
        currency=gift.currency,
        url=session.url,
        created_at=at,
        expires_at=session.expires_at,
    )


def refund_gift(*, gift: Gift, reason: str, by: User | None, at: datetime) -> None:
    """Give all of the money back, redeemed or not: the code is void, and access through it ends now.

    Raises:
        CannotRefund: it was not paid, or is refunded; or no reason is given.
        StripeUnavailable, StripeRefused: nothing changes.
    """
    if gift.state in (Gift.State.UNPAID, Gift.State.REFUNDED):
        raise CannotRefund("Nothing was paid for it, or the money has been given back.")
    if not reason.strip():
        raise CannotRefund("Say why the money is given back.")
    refund_payment(intent=gift.intent_id, amount=None, key=f"refund-gift-{gift.intent_id}")
    AuditEntry.record("refund gift", gift, by=by, at=at, reason=reason.strip())
    sync_customer(customer=ensure_customer(user=gift.giver), at=at)
