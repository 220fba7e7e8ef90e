"""Rights that follow from an institution: of whoever proves an e-mail address of one of its domains."""

from datetime import datetime

from django.db import transaction

from accounts.models import AuditEntry, User
from accounts.queries import proven_addresses, users_with_domain
from subscriptions.models import Grant, Institution, Source
from subscriptions.queries import institutions_of


@transaction.atomic
def follow_domains(*, user: User, at: datetime) -> None:
    """Make a reader's institutional grants equal to the addresses they have proved; safe to repeat.

    A domain matches exactly: for `students.harrow.example` that domain has to be on the list.
    """
    entitled = institutions_of(proven_addresses(user))
    for institution in entitled:
        _open_grant(user, institution, at=at)
    others = Grant.objects.filter(user=user, source=Source.INSTITUTION).exclude(institution__in=entitled)
    others.shut(at=at)


@transaction.atomic
def follow_institution(*, institution: Institution, by: User | None, at: datetime) -> None:
    """After staff changed an institution: its dates and domains hold from now on, for old readers and new."""
    entitled = {
        user.pk: user
        for domain in institution.domains.values_list("domain", flat=True)
        for user in users_with_domain(domain)
    }
    for user in entitled.values():
        _open_grant(user, institution, at=at)
    Grant.objects.filter(institution=institution).exclude(user__in=entitled).shut(at=at)
    AuditEntry.record("change institution", institution, by=by, at=at)


def _open_grant(user: User, institution: Institution, *, at: datetime) -> None:
    """Open for as long as the contract runs; one that was closed or shortened ends now at the latest."""
    ends_at = institution.ends_at if institution.is_active else at
    held = Grant.objects.filter(user=user, institution=institution).first()
    if held is None:
        if ends_at is None or ends_at > at:
            values = {
                "source": Source.INSTITUTION,
                "starts_at": max(at, institution.starts_at),
                "ends_at": ends_at,
                "reason": f"Access provided by {institution}.",
            }
            Grant.objects.get_or_create(user=user, institution=institution, defaults=values)
    elif ends_at is None or ends_at > at or held.ends_at is None or held.ends_at > at:
        held.starts_at = max(min(held.starts_at, at), institution.starts_at)
        held.ends_at, held.reason = ends_at, f"Access provided by {institution}."
        held.save(update_fields=("starts_at", "ends_at", "reason"))
