"""Repairs that take no decision: our books follow Stripe's, and grants follow our books."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime

from accounts.models import User
from subscriptions.actions.access import follow_subscription
from subscriptions.actions.books import sync_customer
from subscriptions.actions.checkouts import settle_checkout
from subscriptions.actions.events import CannotProcess, process_again
from subscriptions.actions.plans import sync_plan
from subscriptions.actions.reconciling.drift import settle_drift
from subscriptions.actions.reconciling.findings import Kind
from subscriptions.actions.reconciling.invoices import UNSETTLED
from subscriptions.actions.reconciling.prices import is_as_wanted, wanted_for
from subscriptions.actions.settling import settle_events
from subscriptions.gateways import StripeRefused, StripeUnavailable, fetch_session, find_prices
from subscriptions.models import Checkout, Drift, Invoice, StripeEvent, Subscription

logger = logging.getLogger(__name__)

SYNCED = (Kind.MISSED_EVENT, Kind.WRONG_PERIOD, Kind.MISSED_INVOICE, Kind.CUSTOMER_DELETED)
"""What setting our books of one customer from Stripe's repairs."""
SAFE = (*SYNCED, Kind.WRONG_GRANT, Kind.FAILED_HANDLER, Kind.WRONG_PRICE)


class NotRepaired(Exception):
    """The repair did not help, or is a person's to decide; the message says why."""


def repair_safely(*, drifts: Iterable[Drift], clock: Callable[[], datetime]) -> int:
    """Repair what repairs itself, and say how many; what cannot be repaired stays open with a note.

    Raises:
        StripeUnavailable: the rest waits for the next comparison.
    """
    repaired = 0
    synced: set[int] = set()
    for drift in drifts:
        if drift.kind not in SAFE or (drift.customer_id in synced and drift.kind in SYNCED):
            continue
        try:
            repaired += len(repair_one(drift=drift, by=None, at=clock()))
        except StripeUnavailable:
            raise
        except NotRepaired as reason:
            _annotate(drift, str(reason))
        except Exception as fault:
            logger.exception("Drift %s could not be repaired.", drift.pk)
            _annotate(drift, f"{type(fault).__name__}: {fault}")
        if drift.kind in SYNCED and drift.customer_id:
            synced.add(drift.customer_id)
    return repaired


def _annotate(drift: Drift, note: str) -> None:
    drift.note = note[:300]
    drift.save(update_fields=("note",))


def repair_one(*, drift: Drift, by: User | None, at: datetime, reason: str = "") -> list[Drift]:
    """Repair one drift of a safe kind, and with it all that the same step repairs; returns those.

    A person gives a `reason`, which is kept with what was done.

    Raises:
        NotRepaired, StripeRefused: it stays open.
        StripeUnavailable: the same.
    """
    if drift.stripe_id.startswith("cs_"):
        note, along = _settle_visit(drift, at=at), [drift]
    elif drift.kind in SYNCED:
        note, along = _sync(drift, at=at), _of_same_customer(drift)
    else:
        note, along = REPAIRS[Kind(drift.kind)](drift, by, at), [drift]
    for each in along:
        settle_drift(drift=each, note=f"{note} {reason}".strip(), by=by, at=at)
    return along


def _sync(drift: Drift, *, at: datetime) -> str:
    if drift.customer is None:
        raise NotRepaired("No customer of ours is concerned.")
    sync_customer(customer=drift.customer, at=at)
    # An invoice that Stripe does not know any more was a draft: nobody is to pay it.
    lost = Invoice.objects.filter(stripe_id=drift.stripe_id, status__in=UNSETTLED, synced_at__lt=at)
    lost.update(status=Invoice.Status.VOID, synced_at=at)
    return "Our books of this customer were set from Stripe's."


def _of_same_customer(drift: Drift) -> list[Drift]:
    rows = Drift.objects.filter(customer=drift.customer, kind__in=SYNCED, state=Drift.State.OPEN)
    return list(rows.exclude(stripe_id__startswith="cs_"))


def _settle_visit(drift: Drift, *, at: datetime) -> str:
    checkout = Checkout.objects.select_related("user", "plan").get(stripe_id=drift.stripe_id)
    try:
        settle_checkout(checkout=checkout, session=fetch_session(drift.stripe_id), at=at)
    except StripeRefused as refusal:
        if not refusal.is_missing:
            raise
        Checkout.objects.filter(pk=checkout.pk).update(state=Checkout.State.EXPIRED)
    return "The visit to Checkout was settled as Stripe says."


def _follow(drift: Drift, by: User | None, at: datetime) -> str:
    subscription = Subscription.objects.select_related("customer__user", "plan").get(
        stripe_id=drift.stripe_id
    )
    follow_subscription(subscription=subscription, at=at)
    return "The grants were made to follow the subscription."


def _process_again(drift: Drift, by: User | None, at: datetime) -> str:
    event = StripeEvent.objects.get(stripe_id=drift.stripe_id)
    try:
        process_again(event=event, by=by, at=at)
    except CannotProcess as reason:
        raise NotRepaired(str(reason)) from reason
    event.refresh_from_db()
    if event.state == StripeEvent.State.WAITING:
        settle_events(events=[event], at=at)
    if event.state not in (StripeEvent.State.DONE, StripeEvent.State.IGNORED):
        raise NotRepaired(f"It failed again: {event.note}")
    return f"The event was processed again: {event.get_state_display()}."


def _match_price(drift: Drift, by: User | None, at: datetime) -> str:
    """Note the price that Stripe has. To make a new one there is for a person to decide."""
    wanted = wanted_for(drift.stripe_id)
    if wanted is None:
        return "The plan is not sold at this price any more."
    if by is None and not is_as_wanted(wanted, find_prices([wanted.lookup_key]).get(wanted.lookup_key)):
        raise NotRepaired("Stripe has no such price: a person decides whether to make one.")
    return "; ".join(sync_plan(plan=wanted.plan))


REPAIRS: dict[Kind, Callable[[Drift, User | None, datetime], str]] = {
    Kind.WRONG_GRANT: _follow,
    Kind.FAILED_HANDLER: _process_again,
    Kind.WRONG_PRICE: _match_price,
}
