"""Putting right what a dead worker or a silent server left behind."""

from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import AuditEntry, User
from newsletters.models import Delivery, Edition

State = Delivery.State

LOST_AFTER = timedelta(minutes=5)
"""Well over what a batch may take, so that only the dead are given up."""


@transaction.atomic
def mark_lost_claims(*, at: datetime) -> int:
    """Settle the messages that dead workers held; returns how many are unknown now (rules E1, E3).

    What was claimed but not begun goes back to the queue. What had begun may have arrived: a person decides.
    """
    lost = Delivery.objects.filter(claimed_at__lt=at - LOST_AFTER)
    lost.filter(state=State.CLAIMED).update(state=State.QUEUED, claimed_by="")
    note = "The worker stopped while the message was being sent."
    return lost.filter(state=State.SENDING).update(state=State.UNKNOWN, note=note)


@transaction.atomic
def resolve_unknown(*, delivery: Delivery, resend: bool, by: User, at: datetime) -> bool:
    """Decide about a message of which nobody knows whether it arrived: send it again, or leave it at that.

    False when it was decided already.
    """
    undecided = Delivery.objects.filter(pk=delivery.pk, state=State.UNKNOWN, settled_at__isnull=True)
    if resend:
        decided = undecided.update(state=State.QUEUED, claimed_by="", attempts=0, not_before_at=None)
    else:
        decided = undecided.update(settled_at=at)
    if not decided:
        return False
    if resend:
        sent = Edition.objects.filter(pk=delivery.edition_id, state=Edition.State.SENT)
        sent.update(state=Edition.State.SENDING, released_at=at, sent_at=None)
    AuditEntry.record("resend delivery" if resend else "leave delivery", delivery, by=by, at=at)
    return True
