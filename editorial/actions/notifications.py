"""What people do with their notifications: read them, and say how they are mailed."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from accounts.models import User
from editorial.models import Notification, NotificationSetting


def mark_read(*, user: User, at: datetime, only: int | None = None) -> int:
    """Mark one of this person's notifications as read, by its key, or all; returns how many were not yet.

    The key of somebody else's marks nothing.
    """
    unread = Notification.objects.filter(user=user, read_at=None)
    if only is not None:
        unread = unread.filter(pk=only)
    return unread.update(read_at=at)


@transaction.atomic
def set_notification_settings(
    *, user: User, mail: Mapping[Notification.Kind, NotificationSetting.Mail]
) -> None:
    """Say how this person wants to be mailed about each kind named; the others stay.

    It holds for what waits to be mailed already, too.
    """
    NotificationSetting.objects.bulk_create(
        [NotificationSetting(user=user, kind=kind, mail=how) for kind, how in mail.items()],
        update_conflicts=True,
        unique_fields=("user", "kind"),
        update_fields=("mail",),
    )
