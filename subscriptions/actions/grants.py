"""Complimentary access, given and taken back by staff."""

from datetime import datetime

from django.db import transaction

from accounts.models import AuditEntry, User
from subscriptions.models import Grant, Source


class CannotGrant(Exception):
    """The grant makes no sense; the message says why."""


@transaction.atomic
def give_comp(*, user: User, ends_at: datetime | None, reason: str, by: User | None, at: datetime) -> Grant:
    """Let someone read until `ends_at`, for a reason they will see.

    Raises:
        CannotGrant: no reason, or an end that has passed.
    """
    if not reason.strip():
        raise CannotGrant("Say why: the reader sees it.")
    if ends_at and ends_at <= at:
        raise CannotGrant("The end lies in the past.")
    grant = Grant.objects.create(
        user=user, source=Source.COMP, starts_at=at, ends_at=ends_at, reason=reason.strip(), granted_by=by
    )
    AuditEntry.record("give access", grant, by=by, at=at, reason=reason.strip())
    return grant


@transaction.atomic
def end_grant(*, grant: Grant, reason: str, by: User | None, at: datetime) -> None:
    """End a grant now; it stays in the ledger.

    Raises:
        CannotGrant: no reason, or a grant that Stripe's subscription decides.
    """
    if grant.source == Source.STRIPE:
        raise CannotGrant("This access follows a subscription: cancel that instead.")
    if not reason.strip():
        raise CannotGrant("Say why access ends.")
    if grant.ends_at is None or grant.ends_at > at:
        grant.ends_at = at
        grant.save(update_fields=("ends_at",))
        AuditEntry.record("end access", grant, by=by, at=at, reason=reason.strip())
