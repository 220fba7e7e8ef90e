"""Events that could not be acted on, and visits to Checkout whose end we were never told."""

from datetime import timedelta

from django.db.models import Q

from subscriptions.actions.reconciling.findings import Finding, Kind, Leaf, Scope
from subscriptions.gateways import StripeRefused, fetch_session
from subscriptions.models import Checkout, Customer, Drift, StripeEvent

EVENTS_AT_ONCE, CHECKOUTS_AT_ONCE = 200, 20
TOO_LONG = timedelta(days=1)
"""Longer than any outage that the sweep of waiting events should take to get over."""
WHILE_PAYING = timedelta(minutes=30)


def compare_events(scope: Scope) -> Leaf:
    """Events that failed, have waited for more than a day, or wait again after a repair that failed."""
    named = Drift.objects.filter(kind=Kind.FAILED_HANDLER, state=Drift.State.OPEN).values("stripe_id")
    overdue = Q(received_at__lt=scope.at - TOO_LONG) | Q(stripe_id__in=named)
    stuck = Q(state__in=StripeEvent.UNSETTLED) & overdue
    rows = StripeEvent.objects.filter(Q(state=StripeEvent.State.FAILED) | stuck)
    found = list(rows.filter(pk__gt=int(scope.cursor or 0)).order_by("pk")[:EVENTS_AT_ONCE])
    findings = tuple(
        Finding(
            Kind.FAILED_HANDLER,
            row.stripe_id,
            f"{row.get_state_display()} after {row.attempts} tries: {row.note}"[:300],
            row.type,
        )
        for row in found
    )
    cursor = str(found[-1].pk) if len(found) == EVENTS_AT_ONCE else ""
    return Leaf(cursor, len(found), findings)


def compare_checkouts(scope: Scope) -> Leaf:
    """Visits to Checkout that are open here; most are over, and few are ever open."""
    rows = Checkout.objects.filter(state=Checkout.State.OPEN, created_at__lt=scope.at - WHILE_PAYING)
    rows = rows.filter(pk__gt=int(scope.cursor or 0)).select_related("user").order_by("pk")
    found = list(rows[:CHECKOUTS_AT_ONCE])
    findings = [finding for row in found for finding in compare_checkout(row)]
    cursor = str(found[-1].pk) if len(found) == CHECKOUTS_AT_ONCE else ""
    return Leaf(cursor, len(found), tuple(findings))


def compare_checkout(row: Checkout) -> tuple[Finding, ...]:
    """What became of one, asked of Stripe."""
    try:
        status = fetch_session(row.stripe_id).status
    except StripeRefused as refusal:
        if not refusal.is_missing:
            raise
        status = "unknown"
    if status == Checkout.State.OPEN:
        return ()
    customer = Customer.objects.filter(user=row.user, deleted_at__isnull=True).first()
    ours, theirs = f"checkout: {row.state}", f"checkout: {status}"
    return (Finding(Kind.MISSED_EVENT, row.stripe_id, ours, theirs, customer),)
