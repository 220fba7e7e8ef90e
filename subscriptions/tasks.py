"""Work away from the requests that brought it: what Stripe told us, letters, the clock's errands."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from kit.queue import wake_on_commit
from subscriptions.actions import ahead, events, notices, withdrawals
from subscriptions.actions.settling import settle_due_events
from subscriptions.models import Notice, StripeEvent

SLICE = timedelta(seconds=20)
"""How long one run works on events before it lets other tasks have their turn."""


@shared_task
def sweep_events() -> None:
    """Settle the events whose turn it is, with the help of another worker if there are several.

    Runs every minute, and when an event has come.
    """
    begun_at = timezone.now()
    subjects = StripeEvent.objects.due(at=begun_at).order_by().values("subject").distinct()
    if len(subjects[:2]) > 1:
        wake_on_commit(sweep_events)
    if settle_due_events(clock=timezone.now, until=begun_at + SLICE):
        wake_on_commit(sweep_events)


@shared_task
def scrub_events() -> None:
    """Take personal data out of the bodies of events that are old enough."""
    events.scrub_events(at=timezone.now())


@shared_task
def send_notice(notice_id: int) -> None:
    """Send one letter, as soon as it was given."""
    notices.send_notice(notice=Notice.objects.get(pk=notice_id), at=timezone.now())


@shared_task
def send_notices() -> None:
    """Send the letters whose turn it is: those that failed, and those a broker or a worker lost."""
    notices.send_notices(at=timezone.now())


@shared_task
def find_notices() -> None:
    """Give the letters whose time has come by the clock alone."""
    ahead.find_notices(at=timezone.now())


@shared_task
def carry_out_withdrawals() -> None:
    """Carry out the withdrawals that Stripe did not answer to at once."""
    withdrawals.carry_out_withdrawals(at=timezone.now())
