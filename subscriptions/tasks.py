"""Work away from the requests that brought it: what Stripe told us, letters, the clock's errands."""

import logging
from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from accounts.models import User
from kit.queue import wake_on_commit
from subscriptions.actions import (
    addresses,
    ahead,
    events,
    gifts,
    notices,
    offers,
    price_rises,
    reconciling,
    withdrawals,
)
from subscriptions.actions.settling import settle_due_events
from subscriptions.gateways import StripeRefused, StripeUnavailable
from subscriptions.models import Notice, Reconciliation, StripeEvent

logger = logging.getLogger(__name__)

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


@shared_task
def deliver_gifts() -> None:
    """Write to those whose gift is due today."""
    now = timezone.now()
    for gift in gifts.gifts_to_deliver(at=now):
        gifts.deliver_gift(gift=gift, at=now)


@shared_task
def reconcile(run_id: int | None = None) -> None:
    """Carry out a comparison that somebody began; at night, the one that was stopped or a new one."""
    try:
        run = (
            Reconciliation.objects.get(pk=run_id)
            if run_id
            else reconciling.take_up_run(by=None, at=timezone.now())
        )
        for _ in reconciling.compare_everything(run=run, clock=timezone.now):
            pass
    except (reconciling.CannotReconcile, reconciling.AnotherAccount, StripeUnavailable) as trouble:
        logger.warning("No comparison with Stripe: %s", trouble)


@shared_task
def alarm_drift() -> None:
    """Tell of drift that stays, and go on with a comparison whose process died or whom Stripe failed."""
    now = timezone.now()
    reconciling.alarm_about_drift(at=now)
    if reconciling.stalled(at=now):
        reconcile.delay()


@shared_task
def check_reader(user_id: int) -> None:
    """Compare one reader's books with Stripe's; what is missed tonight's comparison finds."""
    try:
        reconciling.check_reader(user=User.objects.get(pk=user_id), at=timezone.now())
    except (StripeUnavailable, StripeRefused) as trouble:
        logger.warning("The books of reader %s were not compared: %s", user_id, trouble)


@shared_task
def apply_price_rises() -> None:
    """Tell those whom a price rise concerns, and change the price of those whose renewal is near."""
    price_rises.tell_subscribers(at=timezone.now())
    price_rises.apply_price_rises(at=timezone.now())


@shared_task
def open_offers() -> None:
    """Open the codes whose time has come, and close those whose time is over."""
    try:
        for _ in offers.sync_offers(at=timezone.now()):
            pass
    except (StripeUnavailable, StripeRefused) as trouble:
        logger.warning("Offers wait for Stripe: %s", trouble)


@shared_task(autoretry_for=(StripeUnavailable,), retry_backoff=60, retry_backoff_max=3600, max_retries=24)
def tell_address(user_id: int) -> None:
    """Tell Stripe where a reader's mail goes now."""
    addresses.follow_email(user=User.objects.get(pk=user_id))
