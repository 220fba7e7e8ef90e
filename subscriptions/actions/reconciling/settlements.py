"""What a person decides about drift that does not repair itself, and what the click then does."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from accounts.models import AuditEntry, User
from subscriptions.actions.access import follow_subscription
from subscriptions.actions.books import OVER, sync_customer
from subscriptions.actions.reconciling.doubles import find_double
from subscriptions.actions.reconciling.drift import CannotSettle, require_open, settle_drift
from subscriptions.actions.reconciling.findings import Kind
from subscriptions.actions.reconciling.repairs import SAFE, NotRepaired, repair_one
from subscriptions.gateways import (
    SubscriptionSnapshot,
    end_now,
    fetch_customer,
    fetch_subscription,
    refund_payment,
)
from subscriptions.models import Customer, Drift, Plan, PlanPrice, Status, Subscription


def repair_drift(*, drift: Drift, by: User, reason: str, at: datetime, plan: Plan | None = None) -> None:
    """Do what the explanation of a drift says its button does.

    `plan` is what a foreign price is to count as.

    Raises:
        CannotSettle: settled already, no reason given, or it cannot be done; the message says why.
        StripeUnavailable, StripeRefused: it stays open; doing it again takes up where it stopped.
    """
    require_open(drift)
    if not reason.strip():
        raise CannotSettle("Say why: it is kept in the audit trail.")
    if drift.kind in SAFE:
        try:
            repair_one(drift=drift, by=by, at=at, reason=reason.strip())
        except NotRepaired as trouble:
            raise CannotSettle(str(trouble)) from trouble
        return
    if drift.kind == Kind.FOREIGN_PRICE:
        note = _keep_as(drift, plan, by=by, at=at)
    else:
        note = SETTLEMENTS[Kind(drift.kind)](drift, by, at)
    settle_drift(drift=drift, note=f"{note} {reason.strip()}", by=by, at=at)


def _end_double(drift: Drift, by: User, at: datetime) -> str:
    """Give the money for the extra one back, then end it; keys make each happen once (rule S11)."""
    double = find_double(drift.stripe_id)
    if double is None:
        return "There is only one subscription by now."
    refund = double.refund
    for payment in double.payments:
        refund_payment(intent=payment.intent_id, amount=None, key=f"double-{payment.stripe_id}")
    end_now(double.extra.stripe_id, feedback="", comment="", key=f"double-{double.extra.stripe_id}")
    AuditEntry.record("end double subscription", double.extra, by=by, at=at, reason=refund)
    sync_customer(customer=double.extra.customer, at=at)
    return f"The second subscription was ended and {refund or 'nothing'} given back."


def _keep_as(drift: Drift, plan: Plan | None, *, by: User, at: datetime) -> str:
    if plan is None:
        raise CannotSettle("Choose the plan that this price is to count as.")
    if drift.customer is None:
        raise CannotSettle("No reader of ours is concerned.")
    snapshot = fetch_subscription(drift.stripe_id)
    price = _keep_price(snapshot, plan, by=by, at=at)
    sync_customer(customer=drift.customer, at=at)
    return f"Price {price.stripe_id} counts as {plan.name} from now on."


@transaction.atomic
def _keep_price(snapshot: SubscriptionSnapshot, plan: Plan, *, by: User, at: datetime) -> PlanPrice:
    item = snapshot.items[0]
    facts = {"plan": plan, "currency": item.currency, "amount": item.amount, "interval": item.interval}
    price, is_new = PlanPrice.objects.get_or_create(stripe_id=item.price, defaults=facts)
    if is_new:
        AuditEntry.record("take up price", price, by=by, at=at, reason=f"As {plan.name}.")
    return price


def _end_orphan(drift: Drift, by: User, at: datetime) -> str:
    if drift.stripe_id.startswith("cus_"):
        return _part_with(drift, by, at)
    subscription = Subscription.objects.select_related("customer__user").get(stripe_id=drift.stripe_id)
    _end_here([subscription], by=by, at=at)
    return "The subscription was ended here."


@transaction.atomic
def _part_with(drift: Drift, by: User, at: datetime) -> str:
    customer = Customer.objects.select_for_update().get(stripe_id=drift.stripe_id)
    _end_here(list(customer.subscriptions.exclude(status__in=OVER)), by=by, at=at)
    customer.deleted_at = customer.deleted_at or at
    customer.save(update_fields=("deleted_at",))
    AuditEntry.record("part with customer", customer, by=by, at=at)
    return "Their subscriptions were ended here; they can subscribe again."


@transaction.atomic
def _end_here(subscriptions: list[Subscription], *, by: User, at: datetime) -> None:
    for subscription in subscriptions:
        before = subscription.status
        subscription.status, subscription.ended_at = Status.CANCELED, subscription.ended_at or at
        subscription.save(update_fields=("status", "ended_at"))
        follow_subscription(subscription=subscription, at=at)
        AuditEntry.record(
            "end subscription here",
            subscription,
            by=by,
            at=at,
            from_state=before,
            to_state=Status.CANCELED,
            reason="Stripe does not know it.",
        )


def _link_stranger(drift: Drift, by: User, at: datetime) -> str:
    """Give the subscription to the account with its payer's address."""
    payer = fetch_customer(fetch_subscription(drift.stripe_id).customer)
    user = account_of(payer.email)
    if user is None:
        raise CannotSettle(f"No account has the address {payer.email or 'of this payer'}; none is given.")
    if Customer.objects.filter(user=user, deleted_at__isnull=True).exclude(stripe_id=payer.id).exists():
        raise CannotSettle(
            f"{user.email} pays as another customer already. Two customers cannot be joined: cancel this "
            "subscription at Stripe, or dismiss it."
        )
    customer, is_new = Customer.objects.get_or_create(stripe_id=payer.id, defaults={"user": user})
    if is_new:
        AuditEntry.record("link customer", customer, by=by, at=at)
    sync_customer(customer=customer, at=at)
    return f"It belongs to {user.email} now."


def account_of(email: str) -> User | None:
    """The account with an e-mail address; None for none."""
    return User.objects.filter(email__iexact=email).first() if email else None


SETTLEMENTS: dict[Kind, Callable[[Drift, User, datetime], str]] = {
    Kind.DOUBLE: _end_double,
    Kind.ORPHAN: _end_orphan,
    Kind.STRANGER: _link_stranger,
}
