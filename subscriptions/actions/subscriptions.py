"""Our row of one subscription, set from a fresh fetch."""

from datetime import datetime
from typing import Any

from accounts.models import AuditEntry
from subscriptions.gateways import ItemSnapshot, SubscriptionSnapshot
from subscriptions.models import Customer, Plan, PlanPrice, Subscription


class NotOurs(Exception):
    """A subscription to a price that we do not sell; the message says which."""


def write_subscription(*, customer: Customer, snapshot: SubscriptionSnapshot, at: datetime) -> Subscription:
    """Set our row from Stripe's. Grants and what follows from invoices are set by `sync_customer`.

    Raises:
        NotOurs: none of its prices sells one of our plans; nothing is written.
    """
    known = Subscription.objects.filter(stripe_id=snapshot.id).select_related("plan").first()
    item, plan = _what_is_ours(snapshot, known)
    subscription, _ = Subscription.objects.update_or_create(
        stripe_id=snapshot.id,
        defaults=_values(snapshot, item) | {"customer": customer, "plan": plan, "synced_at": at},
    )
    before = known.status if known else ""
    if before != snapshot.status:
        AuditEntry.record(
            "sync subscription", subscription, by=None, at=at, from_state=before, to_state=snapshot.status
        )
    return subscription


def _values(snapshot: SubscriptionSnapshot, item: ItemSnapshot) -> dict[str, Any]:
    return {
        "status": snapshot.status,
        "started_at": snapshot.started_at,
        "period_start_at": item.period_start_at,
        "period_end_at": item.period_end_at,
        "trial_end_at": snapshot.trial_end_at,
        "cancels_at": snapshot.cancels_at,
        "cancelled_at": snapshot.cancelled_at,
        "ended_at": snapshot.ended_at,
        "end_reason": snapshot.end_reason,
        "pay_url": snapshot.pay_url,
        "price_id": item.price,
        "item_id": item.id,
        "amount": item.amount,
        "currency": item.currency,
        "interval": item.interval,
        "quantity": item.quantity,
        "discount": snapshot.discount[:80],
        "pause_behavior": snapshot.pause_behavior,
        "resumes_at": snapshot.resumes_at,
        "has_pending_update": snapshot.has_pending_update,
        "card_brand": snapshot.card.brand[:20],
        "card_last4": snapshot.card.last4,
        "card_expires": snapshot.card.expires,
    }


def _what_is_ours(
    snapshot: SubscriptionSnapshot, known: Subscription | None
) -> tuple[ItemSnapshot, Plan | None]:
    """The item that sells one of our plans; of a subscription we know, failing that, its first item.

    A reader of ours whom someone moved to a foreign price keeps the plan they had: reconciliation shows it
    to a person, and meanwhile nobody who pays is locked out.
    """
    for item in snapshot.items:
        plan = plan_sold_by(item)
        if plan:
            return item, plan
    if known:
        return snapshot.items[0], known.plan
    prices = " and ".join(item.price for item in snapshot.items)
    raise NotOurs(f"Price {prices} is not one of our plans.")


def plan_sold_by(item: ItemSnapshot) -> Plan | None:
    """The plan whose price this is or once was, or whose product it is of: a price its reader chose."""
    price = PlanPrice.objects.filter(stripe_id=item.price).select_related("plan").first()
    if price:
        return price.plan
    plan = Plan.objects.filter(stripe_product_id=item.product).first() if item.product else None
    if plan:
        facts = {"plan": plan, "currency": item.currency, "amount": item.amount, "interval": item.interval}
        PlanPrice.objects.get_or_create(stripe_id=item.price, defaults=facts)
    return plan
