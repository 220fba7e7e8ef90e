"""Leaving, and staying after all (rule L3: no more steps than it took to subscribe)."""

from datetime import datetime
from hashlib import sha256

from accounts.models import AuditEntry, User
from subscriptions.actions.books import sync_customer
from subscriptions.actions.offers import take_offer
from subscriptions.gateways import (
    StripeRefused,
    StripeUnavailable,
    default_card,
    end_now,
    go_on_renewing,
    reduce_price,
    restart,
    stop_renewing,
    use_card,
)
from subscriptions.models import Customer, Offer, OfferShowing, Status, Subscription

FEEDBACK = {
    "too_expensive": "It costs too much",
    "unused": "I read it too little",
    "missing_features": "I miss something",
    "low_quality": "The stories are not what I hoped for",
    "switched_service": "I read something else now",
    "too_complex": "The site is hard to use",
    "customer_service": "I was not treated well",
    "other": "Something else",
}
"""Why readers leave: Stripe's words (`cancellation_details.feedback`), and ours for them."""
RENEWING = (Status.ACTIVE, Status.TRIALING)
OVER = (Status.CANCELED, Status.INCOMPLETE_EXPIRED)


class CannotCancel(Exception):
    """There is nothing to cancel; the message says why."""


class CannotResume(Exception):
    """There is nothing to resume; the message says why."""


def ends_at_once(subscription: Subscription) -> bool:
    """Whether cancelling it ends it now: no period runs that has been paid for, or is free."""
    return subscription.status not in RENEWING


def cancel_subscription(
    *, subscription: Subscription, feedback: str = "", comment: str = "", by: User, at: datetime
) -> Subscription:
    """Let it end with the period that is paid for; at once, and with nothing more to pay, where none is.

    `feedback` is a key of `FEEDBACK` or empty. Asked twice, it is done once; the letter that confirms it
    follows from the books.

    Raises:
        CannotCancel: it is over already.
        StripeUnavailable, StripeRefused.
    """
    if subscription.status in OVER:
        raise CannotCancel("It has ended already.")
    if subscription.cancels_at:
        return subscription
    stop = end_now if ends_at_once(subscription) else stop_renewing
    key = _key("cancel", subscription, feedback, comment)
    stop(subscription.stripe_id, feedback=feedback, comment=comment, key=key)
    before = subscription.status
    after = _synced(subscription, at=at)
    AuditEntry.record(
        "cancel subscription", after, by=by, at=at, reason=feedback, from_state=before, to_state=after.status
    )
    return after


def resume_subscription(*, subscription: Subscription, by: User, at: datetime) -> Subscription:
    """Take a cancellation back while it still runs; or start again what a trial without a card paused.

    Raises:
        CannotResume: it has ended, or is paused and has no card.
        StripeUnavailable, StripeRefused.
    """
    if subscription.status == Status.PAUSED:
        return _restart(subscription, by=by, at=at)
    if subscription.status in OVER:
        raise CannotResume("It has ended. You are welcome to subscribe again.")
    if not subscription.cancels_at:
        return subscription
    go_on_renewing(subscription.stripe_id, key=_key("resume", subscription))
    after = _synced(subscription, at=at)
    AuditEntry.record("resume subscription", after, by=by, at=at)
    return after


def _restart(subscription: Subscription, *, by: User, at: datetime) -> Subscription:
    if not subscription.card_last4:
        raise CannotResume("Please add a card first.")
    restart(subscription.stripe_id, key=_key("restart", subscription, subscription.card_last4))
    after = _synced(subscription, at=at)
    AuditEntry.record(
        "resume subscription", after, by=by, at=at, from_state=Status.PAUSED, to_state=after.status
    )
    return after


def accept_retention(*, subscription: Subscription, offer: Offer, by: User, at: datetime) -> Subscription:
    """Stay for a reduction that was offered once, from the next charge on; a cancellation is taken back.

    Raises:
        OfferGone: it was never shown to this reader, is closed, or was taken already.
        CannotResume: the subscription has ended.
        StripeUnavailable, StripeRefused: the offer stays open.
    """
    if subscription.status not in RENEWING:
        raise CannotResume("There is no running subscription that it could lower.")
    showing = take_offer(user=by, offer=offer, at=at)
    # Once for good: after an answer that was lost our copy may be newer, and the reduction there already.
    key = f"offer-{subscription.stripe_id}-{offer.stripe_coupon_id}"
    try:
        reduce_price(subscription.stripe_id, coupon=offer.stripe_coupon_id, key=key)
    except (StripeUnavailable, StripeRefused):
        # No lock is held over a network call: the claim is given back, and the next try has the same key.
        OfferShowing.objects.filter(pk=showing.pk).update(taken_at=None)
        raise
    if subscription.cancels_at:
        go_on_renewing(subscription.stripe_id, key=_key("resume", subscription))
    return _synced(subscription, at=at)


def adopt_card(*, customer: Customer, before: str, by: User, at: datetime) -> bool:
    """Let all that runs be paid with the card just put on file, if it is another than `before` (its id).

    Stripe's page makes it the customer's default, but a subscription bought at Checkout has a card of its
    own and would go on with that.

    Raises:
        StripeUnavailable, StripeRefused.
    """
    sync_customer(customer=customer, at=at)
    card = default_card(customer.stripe_id)
    if not card or card == before:
        return False
    for subscription in customer.subscriptions.exclude(status__in=OVER):
        use_card(subscription.stripe_id, card=card, key=_key("card", subscription, card))
        AuditEntry.record("change card", subscription, by=by, at=at)
    sync_customer(customer=customer, at=at)
    return True


def _synced(subscription: Subscription, *, at: datetime) -> Subscription:
    sync_customer(customer=subscription.customer, at=at)
    return Subscription.objects.select_related("plan", "customer__user").get(pk=subscription.pk)


def _key(verb: str, subscription: Subscription, *parts: str) -> str:
    """One idempotency key for one state of our copy: a double click asks once, a later wish asks anew."""
    facts = "|".join((verb, subscription.stripe_id, subscription.synced_at.isoformat(), *parts))
    return f"{verb}-{sha256(facts.encode()).hexdigest()[:40]}"
