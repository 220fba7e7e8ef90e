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


@transaction.atomic
def extend_comp(
    *, grant: Grant, ends_at: datetime | None, reason: str, by: User | None, at: datetime
) -> None:
    """Let complimentary access run until `ends_at`, later than it did; why it was given stays as it is.

    Raises:
        CannotGrant: no reason, no complimentary access that still runs, or an end that is no later.
    """
    if grant.source != Source.COMP:
        raise CannotGrant("Only complimentary access can be extended.")
    if not reason.strip():
        raise CannotGrant("Say why access goes on.")
    if grant.ends_at is None:
        raise CannotGrant("It has no end.")
    if grant.ends_at <= at:
        raise CannotGrant("It has ended: give new access instead.")
    if ends_at is not None and ends_at <= grant.ends_at:
        raise CannotGrant("That is not later than it ends now.")
    grant.ends_at = ends_at
    grant.save(update_fields=("ends_at",))
    AuditEntry.record("extend access", grant, by=by, at=at, reason=reason.strip())
