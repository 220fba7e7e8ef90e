"""Acting on stored events: a worker takes those of one Stripe object together, and one fetch settles them."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.db import OperationalError, transaction

from subscriptions.actions.books import sync_customer
from subscriptions.actions.checkouts import settle_checkout
from subscriptions.gateways import (
    SESSION,
    StripeRefused,
    StripeUnavailable,
    fetch_owner,
    fetch_session,
    is_askable,
    thing_in,
)
from subscriptions.models import Checkout, Customer, Invoice, NotHeeded, Payment, StripeEvent, Subscription

logger = logging.getLogger(__name__)

State = StripeEvent.State
LEASE = timedelta(minutes=5)
"""How long a worker is left alone with what it took; past it, it is taken for dead."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=1)
MAX_ATTEMPTS = 80
"""With these pauses an event outlives an outage of three days, as Stripe's own retries do (rule S7)."""
MAX_FAULTS = 8
"""Of an event that Stripe refuses or that our code stumbles over: three hours, then a person looks."""
AWAY_AFTER = 3
"""Failures in a row after which Stripe or the database is left in peace until the next sweep."""


def settle_due_events(*, clock: Callable[[], datetime], until: datetime) -> bool:
    """Settle what is due, object after object; whether time ran out before all of it was."""
    failures = 0
    while events := claim_events(at=clock()):
        try:
            settle_events(events=events, at=clock())
            failures = 0
        except (StripeUnavailable, OperationalError) as trouble:
            logger.warning("Stripe events about %s wait: %s", events[0].subject, trouble)
            failures += 1
        if failures == AWAY_AFTER:
            return False
        if clock() >= until:
            return True
    return False


def claim_events(*, at: datetime) -> list[StripeEvent]:
    """Take all unsettled events of the object whose turn it is, those that pause too; none when none is due.

    No other worker gets events of the same object until these are settled or the lease is over, so that a
    burst costs one fetch, and one more for what came while that ran.
    """
    due = StripeEvent.objects.due(at=at).values_list("subject", flat=True)
    while (subject := due.first()) is not None:
        if claimed := _claim(subject, at=at):
            return claimed
    return []


@transaction.atomic
def _claim(subject: str, *, at: datetime) -> list[StripeEvent]:
    rows = list(StripeEvent.objects.unsettled().filter(subject=subject).order_by("pk").select_for_update())
    if any(row.state == State.WORKING and row.try_after_at and row.try_after_at > at for row in rows):
        return []  # another worker was quicker
    for row in rows:
        row.state, row.try_after_at = State.WORKING, at + LEASE
    StripeEvent.objects.bulk_update(rows, ("state", "try_after_at"))
    return rows


def settle_events(*, events: Sequence[StripeEvent], at: datetime) -> None:
    """Fetch what these events of one object point at and set our state from it (rules S4, S5).

    Safe to run twice or at the same time. What cannot be done is tried again with growing pauses; what
    Stripe refuses or our code stumbles over, a few times only, so that none comes back for ever.

    Raises:
        StripeUnavailable, OperationalError: Stripe or the database is away; the events wait.
    """
    subject = events[0].subject
    try:
        found, notes = _act_on(subject, at=at)
    except (StripeUnavailable, OperationalError) as trouble:
        _postpone(events, str(trouble), at=at, tries=MAX_ATTEMPTS)
        raise
    except StripeRefused as refusal:
        _postpone(events, str(refusal), at=at, tries=MAX_FAULTS)
    except Exception as fault:
        logger.exception("Stripe events about %s could not be acted on.", subject)
        _postpone(events, f"{type(fault).__name__}: {fault}", at=at, tries=MAX_FAULTS)
    else:
        for event in events:
            event.subject, event.note = found, notes.get("") or notes.get(thing_in(event.body), "")
            event.state = State.IGNORED if event.note else State.DONE
            event.try_after_at, event.settled_at = None, at
        _save(events)


Notes = dict[str, str]
"""Why there was nothing to do: for the objects named, and under the empty name for all of them."""


def _act_on(subject: str, *, at: datetime) -> tuple[str, Notes]:
    """Do the work; the answer says whose it was, a customer's where there is one."""
    if subject.startswith(SESSION):
        return subject, _act_on_session(subject, at=at)
    owner = _owner_of(subject) if is_askable(subject) else subject
    customer = Customer.objects.filter(stripe_id=owner).select_related("user").first()
    if customer is None:
        return owner or subject, {"": NotHeeded.STRANGER if owner else NotHeeded.NO_CONCERN}
    return owner, sync_customer(customer=customer, at=at).foreign


def _act_on_session(session_id: str, *, at: datetime) -> Notes:
    checkout = Checkout.objects.filter(stripe_id=session_id).select_related("user").first()
    if checkout is None:
        return {"": NotHeeded.FOREIGN_CHECKOUT}
    settle_checkout(checkout=checkout, session=fetch_session(session_id), at=at)
    return {}


def _owner_of(subject: str) -> str:
    """The customer behind an object: from our books, else from Stripe; empty if it has none."""
    for model in (Subscription, Invoice, Payment):
        known = model.objects.filter(stripe_id=subject, customer__isnull=False)
        for owner in known.values_list("customer__stripe_id", flat=True):
            return str(owner)
    return fetch_owner(subject)


def _postpone(events: Sequence[StripeEvent], note: str, *, at: datetime, tries: int) -> None:
    """Wait for twice as long as the last time, up to an hour; after so many tries leave it to a person."""
    for event in events:
        is_last = event.attempts + 1 >= tries
        event.note, event.state = note, State.FAILED if is_last else State.WAITING
        event.settled_at = at if is_last else None
        pause = min(FIRST_PAUSE * 2 ** min(event.attempts + 1, 12), LONGEST_PAUSE)
        event.try_after_at = None if is_last else at + pause
    _save(events)


def _save(events: Sequence[StripeEvent]) -> None:
    for event in events:
        event.attempts += 1
    written = ("state", "subject", "note", "attempts", "try_after_at", "settled_at")
    StripeEvent.objects.bulk_update(events, written)
