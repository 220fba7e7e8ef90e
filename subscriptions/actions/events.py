"""Stripe's events: stored once, put back by hand, scrubbed in time. `settling` acts on them."""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from accounts.models import AuditEntry, User
from subscriptions.gateways import EventSnapshot, read_event, scrub_body
from subscriptions.models import NotHeeded, StripeEvent

logger = logging.getLogger(__name__)

SCRUBBED_AT_ONCE = 500


class CannotProcess(Exception):
    """A worker has the event in hand."""


def record_event(*, event: EventSnapshot, body: bytes, at: datetime) -> StripeEvent | None:
    """Store a verified event; None when it was stored before, even a moment ago by another request (rule S4).

    Events of the other mode (test or live) and those on which
    nothing here depends are settled with that (rules S6, S9).

    Raises:
        OperationalError: the database is away; Stripe has to send it again.
    """
    state, note = _first_state(event)
    row = StripeEvent(
        stripe_id=event.id,
        type=event.type,
        subject=event.subject or "",
        livemode=event.livemode,
        body=body.decode(),
        state=state,
        note=note,
        received_at=at,
        settled_at=None if state == StripeEvent.State.WAITING else at,
    )
    return row if StripeEvent.objects.all().insert_once(row) else None


def _first_state(event: EventSnapshot) -> tuple[StripeEvent.State, str]:
    if event.livemode != settings.STRIPE_LIVEMODE:
        logger.error("Stripe event %s comes from the other mode; check the endpoint's settings.", event.id)
        return StripeEvent.State.IGNORED, NotHeeded.OTHER_MODE
    if event.subject is None:
        logger.error("Stripe event %s (%s) cannot be read.", event.id, event.type)
        return StripeEvent.State.FAILED, "Its body does not say what it is about."
    if not event.subject:
        return StripeEvent.State.IGNORED, NotHeeded.NO_CONCERN
    return StripeEvent.State.WAITING, ""


@transaction.atomic
def process_again(*, event: StripeEvent, by: User | None, at: datetime) -> None:
    """Put a settled or failed event back among those that wait; whoever calls wakes the worker.

    What it is about is read anew: newer code may know better.

    Raises:
        CannotProcess: it is being worked on.
    """
    event = StripeEvent.objects.select_for_update().get(pk=event.pk)
    if event.state == StripeEvent.State.WORKING and event.try_after_at and event.try_after_at > at:
        raise CannotProcess("A worker has it in hand.")
    before, found = event.state, read_event(event.body)
    event.state, event.note = _first_state(found)
    event.subject, event.attempts = found.subject or "", 0
    event.try_after_at = None
    event.settled_at = None if event.state == StripeEvent.State.WAITING else at
    event.save()
    AuditEntry.record(
        "process Stripe event again", event, by=by, at=at, from_state=before, to_state=event.state
    )


def scrub_events(*, at: datetime) -> int:
    """Take what they say of persons out of bodies older than `EVENT_BODY_DAYS`; how many.

    In batches of their own, so that a run that was stopped is gone on with by the next.
    """
    before = at - timedelta(days=settings.EVENT_BODY_DAYS)
    old = StripeEvent.objects.filter(scrubbed_at__isnull=True, received_at__lte=before)
    count = 0
    while batch := list(old.order_by("-received_at")[:SCRUBBED_AT_ONCE]):  # past them, all is scrubbed
        for event in batch:
            event.body, event.scrubbed_at = scrub_body(event.body), at
        StripeEvent.objects.bulk_update(batch, ("body", "scrubbed_at"))
        count += len(batch)
    return count
