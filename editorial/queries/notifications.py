"""What people at the desk were told, and what of it is to be mailed."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from accounts.models import User
from editorial.models import Notification, NotificationSetting
from editorial.queries.people import visible_to_staff

CLAIM_LASTS = timedelta(minutes=10)
"""So long a notification stays with the worker that took it to be mailed, or failed to mail it."""

GIVE_UP_AFTER = timedelta(days=7)
"""What could not be mailed in this time is news no more; it stays in the admin."""

MOST_COUNTED = 99

Mail = NotificationSetting.Mail


def notifications_of(user: User) -> QuerySet[Notification]:
    """What this person was told, the newest first; `is_visible`: they may see the story still."""
    seen = visible_to_staff(user).filter(pk=OuterRef("article"))
    stories = Notification.objects.filter(user=user).select_related("article__section")
    return stories.defer("article__body").annotate(is_visible=Exists(seen))


def unread_label(user: User) -> str:
    """How many are unread, in figures: nothing for none, "99+" for more than can be told apart."""
    unread = Notification.objects.filter(user=user, read_at=None).order_by()[: MOST_COUNTED + 1].count()
    return f"{MOST_COUNTED}+" if unread > MOST_COUNTED else str(unread or "")


def settings_of(user: User) -> dict[Notification.Kind, NotificationSetting.Mail]:
    """How this person is mailed about each kind of thing."""
    chosen = dict(NotificationSetting.objects.filter(user=user).values_list("kind", "mail"))
    return {kind: Mail(chosen.get(kind, Mail.NOW)) for kind in Notification.Kind}


def to_mail(mail: NotificationSetting.Mail, *, at: datetime) -> QuerySet[Notification]:
    """What active staff are to be mailed in this way and no worker has in hand, the oldest first."""
    is_free = Q(mail_claimed_at=None) | Q(mail_claimed_at__lte=at - CLAIM_LASTS)
    waiting = _unmailed(is_free, Q(mail=mail), Q(at__gt=at - GIVE_UP_AFTER))
    return waiting.filter(user__is_active=True, user__is_staff=True).order_by("at", "pk")


def not_to_mail(*, at: datetime) -> QuerySet[Notification]:
    """What nobody is to be mailed: not wanted, for somebody who left, or too old by now."""
    has_left = Q(user__is_active=False) | Q(user__is_staff=False)
    return _unmailed(has_left | Q(mail=Mail.NEVER) | Q(at__lte=at - GIVE_UP_AFTER))


def _unmailed(*conditions: Q) -> QuerySet[Notification]:
    """What is still to be mailed or closed; the conditions may name `mail`, how its person wants it."""
    chosen = NotificationSetting.objects.filter(user=OuterRef("user"), kind=OuterRef("kind"))
    mail = Coalesce(Subquery(chosen.values("mail")[:1]), Value(Mail.NOW.value))
    return Notification.objects.filter(mailed_at=None).annotate(mail=mail).filter(*conditions)
