"""Thin tasks: each may run twice, each calls actions. What was missed, the sweep finds."""

import logging
import os
import socket

from celery import shared_task
from django.utils import timezone

from kit.queue import enqueue_on_commit
from newsletters.actions import (
    CannotSend,
    compile_edition,
    delete_forgotten_signups,
    deliver_batch,
    finish_sending,
    fix_recipients,
    mark_lost_claims,
    send_confirmations,
    start_sending,
)
from newsletters.models import Edition, Newsletter
from newsletters.queries import has_room_for_a_sender, newsroom_date
from newsletters.schedule import TASK, last_due

logger = logging.getLogger(__name__)


def worker_name() -> str:
    """Who holds a claim: host and process."""
    return f"{socket.gethostname()}:{os.getpid()}"


@shared_task(name=TASK)
def send_weekly(slug: str) -> None:
    """Compile the edition that is due now, unless an editor did, and let it go."""
    now = timezone.now()
    newsletter = Newsletter.objects.active().filter(slug=slug).first()
    if newsletter is None:
        return
    due_at = last_due(slug, at=now)
    edition = compile_edition(
        newsletter=newsletter, date=newsroom_date(due_at), by=None, at=now, due_at=due_at
    )
    try:
        start_sending(edition=edition, by=None, at=now)
    except CannotSend as error:
        logger.warning("%s was not sent: %s", edition, error)
    enqueue_on_commit(send_edition, edition.pk)


@shared_task(name="newsletters.send_edition")
def send_edition(edition_id: int) -> None:
    """Send one batch of an edition that is on its way, and call for the next."""
    edition = Edition.objects.select_related("newsletter").get(pk=edition_id)
    if edition.state != Edition.State.SENDING or not has_room_for_a_sender(edition):
        return
    fix_recipients(edition=edition, at=timezone.now())
    batch = deliver_batch(edition=edition, worker=worker_name(), at=timezone.now())
    if batch.trouble:
        logger.warning("%s: the mail server said: %s", edition, batch.trouble)
    if not batch.is_over:
        enqueue_on_commit(send_edition, edition_id)


@shared_task(name="newsletters.sweep")
def sweep() -> None:
    """Every minute: give up dead workers' claims and take up every edition on its way again."""
    now = timezone.now()
    mark_lost_claims(at=now)
    for edition in Edition.objects.filter(state=Edition.State.SENDING):
        if not finish_sending(edition=edition, at=now):
            enqueue_on_commit(send_edition, edition.pk)


@shared_task(name="newsletters.send_confirmations")
def ask_addresses() -> None:
    """When somebody asked for letters, and every minute: have the addresses say whether they want them."""
    send_confirmations(at=timezone.now())


@shared_task(name="newsletters.delete_forgotten_signups")
def forget_signups() -> None:
    """Every night: delete what nobody confirmed."""
    deleted = delete_forgotten_signups(at=timezone.now())
    logger.info("%s sign-ups were never confirmed and are deleted.", deleted)
