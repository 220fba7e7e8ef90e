"""What readers say about letters; it holds at once, even in the middle of a sending (rule U8)."""

from datetime import datetime

from django.db import transaction

from accounts.models import AuditEntry, User
from newsletters.models import Delivery, Newsletter, Preference


@transaction.atomic
def set_preference(
    *, newsletter: Newsletter, user: User, is_wanted: bool, source: str, at: datetime, by: User | None = None
) -> bool:
    """Keep what `user` said, and where; True when it is news. `by` is whoever acted, if not they."""
    preference = Preference.objects.select_for_update().filter(newsletter=newsletter, user=user).first()
    if preference is not None and preference.is_wanted == is_wanted:
        return False
    preference, _ = Preference.objects.update_or_create(
        newsletter=newsletter,
        user=user,
        defaults={"is_wanted": is_wanted, "source": source, "changed_at": at},
    )
    if not is_wanted:
        waiting = Delivery.objects.not_begun().filter(user=user, edition__newsletter=newsletter)
        waiting.update(state=Delivery.State.SKIPPED, settled_at=at, note="Unsubscribed.")
    action = "subscribe" if is_wanted else "unsubscribe"
    AuditEntry.record(action, preference, by=by or user, at=at, reason=source)
    return True


def unsubscribe(*, newsletter: Newsletter, user: User, source: str, at: datetime) -> bool:
    """Send `user` no more of `newsletter`; saying it again changes nothing (rule U6)."""
    return set_preference(newsletter=newsletter, user=user, is_wanted=False, source=source, at=at)
