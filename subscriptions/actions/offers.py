"""Offers: kept equal in Stripe, put before readers once, and taken."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from hashlib import sha256

from django.db import transaction
from django.db.models import Q

from accounts.models import AuditEntry, User
from subscriptions.gateways import (
    CouponSnapshot,
    CouponTerms,
    StripeRefused,
    create_coupon,
    create_promotion,
    delete_coupon,
    fetch_coupon,
    fetch_promotion,
    rename_coupon,
    switch_promotion,
)
from subscriptions.models import Checkout, Offer, OfferShowing


class OfferGone(Exception):
    """The offer was never shown to this reader, is closed, or was taken already."""


def sync_offers(*, at: datetime) -> Iterator[str]:
    """Match each offer that is open at `at` with a coupon in Stripe, and a code to type with a promotion
    code; close the codes of the others. Yields what was done.

    What a coupon takes off cannot be changed: a new one takes over, and those who have the old one keep it.

    Raises:
        StripeUnavailable, StripeRefused: what came before stays done; run it again.
    """
    for offer in Offer.objects.prefetch_related("plans"):
        if offer.is_active and is_open(offer, at=at):
            yield _open(offer)
        elif offer.stripe_promotion_id:
            yield _shut(offer)


def is_open(offer: Offer, *, at: datetime) -> bool:
    """Whether the clock lets readers have it."""
    return not (offer.starts_at and offer.starts_at > at) and not (offer.ends_at and offer.ends_at <= at)


def _open(offer: Offer) -> str:
    known = _coupon_of(offer)
    wanted = _terms_of(offer)
    if known and known.terms == wanted:
        verb = "matched"
        if known.name != offer.name:
            rename_coupon(known.id, offer.name)
            verb = "renamed"
        _set_code(offer, known.id)
    else:
        verb = _replace(offer, wanted, known)
    return f"{offer}: {verb} {offer.stripe_coupon_id}{f', code {offer.code}' if offer.code else ''}"


def _coupon_of(offer: Offer) -> CouponSnapshot | None:
    if not offer.stripe_coupon_id:
        return None
    with suppress(StripeRefused):  # somebody deleted it in the Dashboard
        return fetch_coupon(offer.stripe_coupon_id)
    return None


def _terms_of(offer: Offer) -> CouponTerms:
    products = (plan.stripe_product_id for plan in offer.plans.all())
    return CouponTerms(
        percent_off=offer.percent_off,
        amount_off=offer.amount_off,
        currency=offer.currency if offer.amount_off else "",
        duration=offer.duration,
        months=offer.months if offer.duration == Offer.Duration.REPEATING else None,
        products=tuple(sorted(filter(None, products))),
        max_redemptions=offer.max_redemptions,
        redeem_by=offer.ends_at.replace(microsecond=0) if offer.ends_at else None,
    )


def _replace(offer: Offer, wanted: CouponTerms, known: CouponSnapshot | None) -> str:
    """Let a new coupon take over; the old one ends only once the new one stands in our books."""
    facts = f"{offer.pk}|{offer.name}|{wanted}|{offer.stripe_coupon_id}"
    key = "coupon-" + sha256(facts.encode()).hexdigest()[:40]
    coupon = create_coupon(name=offer.name, terms=wanted, key=key)
    _set_code(offer, coupon.id)
    offer.stripe_coupon_id = coupon.id
    offer.save(update_fields=("stripe_coupon_id", "stripe_promotion_id"))
    if known:
        delete_coupon(known.id)
    return f"replaced {known.id} with" if known else "created"


def _set_code(offer: Offer, coupon_id: str) -> None:
    """Make the offer's code, if it has one, stand for this coupon and be open."""
    known = fetch_promotion(offer.stripe_promotion_id) if offer.stripe_promotion_id else None
    if known and (known.code, known.coupon) == (offer.code, coupon_id):
        if not known.is_active:
            switch_promotion(known.id, is_active=True)
        return
    if known and known.is_active:
        switch_promotion(known.id, is_active=False)
    promotion_id = ""
    if offer.kind == Offer.Kind.CODE:
        key = f"promotion-{coupon_id}-{offer.code}-{offer.stripe_promotion_id}"
        promotion_id = create_promotion(coupon=coupon_id, code=offer.code, key=key).id
    offer.stripe_promotion_id = promotion_id
    offer.save(update_fields=("stripe_promotion_id",))


def _shut(offer: Offer) -> str:
    if fetch_promotion(offer.stripe_promotion_id).is_active:
        switch_promotion(offer.stripe_promotion_id, is_active=False)
        return f"{offer}: closed code {offer.code}"
    return f"{offer}: closed"


@transaction.atomic
def show_offer(*, user: User, offer: Offer, at: datetime) -> OfferShowing:
    """Note that an offer was put before a reader; the first time counts."""
    return OfferShowing.objects.get_or_create(offer=offer, user=user, defaults={"shown_at": at})[0]


@transaction.atomic
def take_offer(*, user: User, offer: Offer, at: datetime) -> OfferShowing:
    """Note that a reader took an offer that was shown to them; giving the reduction is the caller's.

    Raises:
        OfferGone: nothing is noted.
    """
    showing = OfferShowing.objects.select_for_update().filter(offer=offer, user=user).first()
    if showing is None or showing.taken_at or not offer.is_active or not is_open(offer, at=at):
        raise OfferGone
    return _note_taken(showing, at=at)


@transaction.atomic
def record_redemption(*, checkout: Checkout, discounts: tuple[str, ...], at: datetime) -> None:
    """Note which offer a finished checkout used, and that its reader has it; repeated, once.

    `discounts` are the coupons and promotion codes that Stripe says it used.
    """
    if checkout.offer is None and discounts:
        by_id = Q(stripe_coupon_id__in=discounts) | Q(stripe_promotion_id__in=discounts)
        checkout.offer = Offer.objects.filter(by_id).first()
        checkout.save(update_fields=("offer",))
    if checkout.offer and checkout.offer.kind != Offer.Kind.CODE:
        showing = show_offer(user=checkout.user, offer=checkout.offer, at=at)
        if showing.taken_at is None:
            _note_taken(showing, at=at)


def _note_taken(showing: OfferShowing, *, at: datetime) -> OfferShowing:
    showing.taken_at = at
    showing.save(update_fields=("taken_at",))
    AuditEntry.record("take offer", showing.offer, by=showing.user, at=at)
    return showing
