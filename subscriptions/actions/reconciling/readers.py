"""The same comparison for one reader, at once."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from accounts.models import User
from subscriptions.actions.reconciling.customers import check_customer
from subscriptions.actions.reconciling.doubles import doubles_of
from subscriptions.actions.reconciling.drift import close_gone, note_findings
from subscriptions.actions.reconciling.events import compare_checkout
from subscriptions.actions.reconciling.findings import Finding
from subscriptions.actions.reconciling.grants import compare_followers, with_grants
from subscriptions.actions.reconciling.repairs import repair_safely
from subscriptions.models import Checkout, Customer, Drift, Subscription

LOOKED_FOR = (
    Drift.Kind.MISSED_EVENT,
    Drift.Kind.WRONG_PERIOD,
    Drift.Kind.MISSED_INVOICE,
    Drift.Kind.WRONG_GRANT,
    Drift.Kind.DOUBLE,
    Drift.Kind.FOREIGN_PRICE,
)
"""What looking at one reader would find again if it were still there."""


def check_reader(*, user: User, at: datetime, repairs: bool = True) -> list[Drift]:
    """Compare all we have of one reader with Stripe's books, and repair the safe kinds.

    Four requests when nothing is wrong, and one for each visit to Checkout left open.

    Raises:
        StripeUnavailable, StripeRefused: what was found by then is kept.
    """
    visits = Checkout.objects.filter(user=user, state=Checkout.State.OPEN).select_related("user")
    found = _take([finding for row in visits for finding in compare_checkout(row)], at, repairs)
    for customer in Customer.objects.filter(user=user, deleted_at__isnull=True):
        found += _take(check_customer(customer, at=at), at, repairs)
    rows = with_grants(Subscription.objects.filter(customer__user=user))
    found += _take(compare_followers(list(rows), at=at), at, repairs)
    found += _take(doubles_of(user), at, repairs)
    seen = [drift.pk for drift in found]
    for gone in _open_of(user).exclude(pk__in=seen).filter(kind__in=LOOKED_FOR):
        close_gone(drift=gone, at=at)
    return list(Drift.objects.filter(pk__in=seen))


def _open_of(user: User) -> QuerySet[Drift]:
    return Drift.objects.filter(customer__user=user, state=Drift.State.OPEN)


def _take(findings: Iterable[Finding], at: datetime, repairs: bool) -> list[Drift]:
    drifts = note_findings(findings=findings, at=at)
    if repairs:
        repair_safely(drifts=drifts, clock=lambda: at)
    return drifts
