"""Work on Stripe's events, away from the request that brought them."""

import logging

from celery import shared_task
from django.db import OperationalError
from django.utils import timezone

from subscriptions.actions import notices
from subscriptions.actions.events import process_event
from subscriptions.gateways import StripeUnavailable
from subscriptions.models import Notice, StripeEvent
from subscriptions.queries import waiting_events

logger = logging.getLogger(__name__)

AT_ONCE = 500


@shared_task
def settle_event(event_id: int) -> None:
    """Act on one stored event; when Stripe or the database is away it waits for the sweep."""
    try:
        process_event(event=StripeEvent.objects.get(pk=event_id), at=timezone.now())
    except (StripeUnavailable, OperationalError) as trouble:
        logger.warning("Event %s waits: %s", event_id, trouble)


@shared_task
def sweep_events() -> None:
    """Queue the events whose turn it is: those postponed, and those a broker or a worker lost."""
    for event_id in waiting_events(at=timezone.now()).values_list("pk", flat=True)[:AT_ONCE]:
        settle_event.delay(event_id)


@shared_task
def send_notice(notice_id: int) -> None:
    """Send one letter, as soon as it was given."""
    notices.send_notice(notice=Notice.objects.get(pk=notice_id), at=timezone.now())


@shared_task
def send_notices() -> None:
    """Send the letters whose turn it is: those that failed, and those a broker or a worker lost."""
    notices.send_notices(at=timezone.now())
