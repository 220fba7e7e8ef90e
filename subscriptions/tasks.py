"""Work on Stripe's events, away from the request that brought them."""

from datetime import timedelta

from celery import Task, shared_task
from django.utils import timezone

from subscriptions.actions.events import process_event
from subscriptions.gateways import StripeUnavailable
from subscriptions.models import StripeEvent


@shared_task(bind=True, max_retries=8)
def settle_event(self: "Task[[int], None]", event_id: int) -> None:
    """Act on one stored event; when Stripe is away, again after 5 s, 10 s, 20 s …"""
    try:
        process_event(event=StripeEvent.objects.get(pk=event_id), at=timezone.now())
    except StripeUnavailable as trouble:
        raise self.retry(exc=trouble, countdown=5 * 2**self.request.retries) from trouble


@shared_task
def sweep_events() -> None:
    """Queue the events that have waited for a minute: whatever a broker or a worker lost."""
    late = timezone.now() - timedelta(minutes=1)
    waiting = StripeEvent.objects.filter(state=StripeEvent.State.WAITING, received_at__lte=late)
    for event_id in waiting.order_by("received_at").values_list("pk", flat=True)[:500]:
        settle_event.delay(event_id)
