"""The readers' own word that no letter is to come, and its being taken back."""

from datetime import datetime

from django.db import transaction

from accounts.models import AuditEntry, User
from newsletters.models import Suppression, address_digest


@transaction.atomic
def suppress_all(*, user: User, source: str, at: datetime) -> None:
    """Mail this reader's address no letter; an address that is suppressed already keeps its reason."""
    Suppression.objects.get_or_create(
        digest=address_digest(user.email), defaults={"reason": Suppression.Reason.ALL, "since_at": at}
    )
    AuditEntry.record("unsubscribe from everything", user, by=user, at=at, reason=source)


@transaction.atomic
def lift_unsubscribe_all(*, user: User, source: str, at: datetime) -> bool:
    """Forget that this reader unsubscribed from everything; True when they had. No other reason is lifted."""
    row = Suppression.objects.filter(digest=address_digest(user.email), reason=Suppression.Reason.ALL)
    lifted, _ = row.delete()
    if lifted:
        AuditEntry.record("take letters again", user, by=user, at=at, reason=source)
    return bool(lifted)
