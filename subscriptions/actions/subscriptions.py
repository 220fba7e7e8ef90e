"""Setting our copy of a subscription, and the grant that follows from it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F

from accounts.models import AuditEntry
from subscriptions.entitlement import Policy, Window, entitle
from subscriptions.gateways import SubscriptionSnapshot, fetch_subscription, fetch_subscriptions_of
from subscriptions.models import Checkout, Customer, Grant, Plan, Source, Subscription, SyncTicket


class NotOurs(Exception):
    """A subscription of a customer or a price that we do not know; the message says which."""


@dataclass(frozen=True)
class Owner:
    """Whose subscription it is, and to which of our plans."""

    customer: Customer
    plan: Plan


def current_policy() -> Policy:
    """The publisher's ceilings, from settings."""
    return Policy(
        past_due_grace=timedelta(days=settings.PAST_DUE_GRACE_DAYS),
        renewal_slack=timedelta(days=settings.RENEWAL_SLACK_DAYS),
    )


def sync_subscription(*, stripe_id: str, at: datetime) -> Subscription | None:
    """Fetch a subscription from Stripe and make our copy and its grant equal to it.

    Any number of these may overlap, in any order: the fetch begun last decides. Returns None when a
    later fetch has already been written.

    Raises:
        NotOurs: the customer or the price is not ours; nothing is written.
        StripeUnavailable, StripeRefused: nothing is written.
    """
    number = _draw_ticket(stripe_id)
    return _write(fetch_subscription(stripe_id), number=number, at=at)


def sync_customer(*, customer: Customer, at: datetime) -> list[Subscription]:
    """Fetch all subscriptions of one customer; those to foreign prices are left alone."""
    synced = []
    for snapshot in fetch_subscriptions_of(customer.stripe_id):
        try:
            synced.append(sync_subscription(stripe_id=snapshot.id, at=at))
        except NotOurs:
            continue
    return [subscription for subscription in synced if subscription]


def _draw_ticket(stripe_id: str) -> int:
    with transaction.atomic():
        SyncTicket.objects.get_or_create(stripe_id=stripe_id)
        SyncTicket.objects.filter(stripe_id=stripe_id).update(drawn=F("drawn") + 1)
        return SyncTicket.objects.get(stripe_id=stripe_id).drawn


@transaction.atomic
def _write(snapshot: SubscriptionSnapshot, *, number: int, at: datetime) -> Subscription | None:
    ticket = SyncTicket.objects.select_for_update().get(stripe_id=snapshot.id)
    if ticket.written > number:
        return None
    ticket.written = number
    ticket.save()
    return _set_subscription(snapshot, _find_owner(snapshot), at=at)


def _find_owner(snapshot: SubscriptionSnapshot) -> Owner:
    customer = Customer.objects.filter(stripe_id=snapshot.customer).select_related("user").first()
    if customer is None:
        raise NotOurs(f"Customer {snapshot.customer} is not ours.")
    known = Subscription.objects.filter(stripe_id=snapshot.id).select_related("plan").first()
    plan = _sold_as(snapshot.price) or (known.plan if known else None)
    if plan is None:
        raise NotOurs(f"Price {snapshot.price} is not one of our plans.")
    return Owner(customer, plan)


def _sold_as(price: str) -> Plan | None:
    """The plan that costs `price`, or did when a reader went to pay it: prices change meanwhile."""
    plan = Plan.objects.filter(stripe_price_id=price).first()
    checkout = Checkout.objects.filter(price_id=price).select_related("plan").first()
    return plan or (checkout.plan if checkout else None)


def _set_subscription(snapshot: SubscriptionSnapshot, owner: Owner, *, at: datetime) -> Subscription:
    before = Subscription.objects.filter(stripe_id=snapshot.id).values_list("status", flat=True).first() or ""
    values: dict[str, Any] = {
        "customer": owner.customer,
        "plan": owner.plan,
        "status": snapshot.status,
        "started_at": snapshot.started_at,
        "period_start_at": snapshot.period_start_at,
        "period_end_at": snapshot.period_end_at,
        "trial_end_at": snapshot.trial_end_at,
        "cancels_at": snapshot.cancels_at,
        "ended_at": snapshot.ended_at,
        "pay_url": snapshot.pay_url,
        "synced_at": at,
    }
    subscription, _ = Subscription.objects.update_or_create(stripe_id=snapshot.id, defaults=values)
    _set_grant(subscription, at=at)
    if before != snapshot.status:
        AuditEntry.record(
            "sync subscription", subscription, by=None, at=at, from_state=before, to_state=snapshot.status
        )
    return subscription


def _set_grant(subscription: Subscription, *, at: datetime) -> None:
    """Make the grant of one subscription follow it; grants from elsewhere are never touched."""
    window = entitle(
        status=subscription.status,
        started_at=subscription.started_at,
        period_start_at=subscription.period_start_at,
        period_end_at=subscription.period_end_at,
        cancels_at=subscription.cancels_at,
        ended_at=subscription.ended_at,
        policy=current_policy(),
    )
    if window:
        _open_grant(subscription, window)
    else:
        Grant.objects.filter(subscription=subscription).current(at=at).update(ends_at=at)


def _open_grant(subscription: Subscription, window: Window) -> None:
    plan = subscription.plan.name if subscription.plan else "a plan"
    Grant.objects.update_or_create(
        subscription=subscription,
        defaults={
            "user": subscription.customer.user,
            "source": Source.STRIPE,
            "starts_at": window.starts_at,
            "ends_at": window.ends_at,
            "reason": f"You subscribe: {plan}.",
        },
    )
