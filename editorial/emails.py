"""The letters of the desk (rules U9 and B7: the account stream, no list headers)."""

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse

from editorial.models import GuestLink, Notification
from editorial.tokens import guest_url
from kit.letters import render_letter


def guest_invitation(link: GuestLink) -> EmailMultiAlternatives:
    """The address of a story for someone without an account; nothing of the story itself."""
    context = {"link": link, "url": guest_url(link)}
    return render_letter("editorial/guest_link", context).message(to=link.email)


def notification_letter(notification: Notification) -> EmailMultiAlternatives:
    """One thing that happened, with the words that came with it; of the story only its names."""
    plan = getattr(notification.article, "assignment", None)
    is_about_time = notification.kind in (Notification.Kind.ASSIGNED, Notification.Kind.OVERDUE)
    context = {
        "told": notification,
        "due_at": plan.due_at if plan and is_about_time else None,
        "url": _url(notification),
        "settings_url": _settings_url(),
    }
    return render_letter("editorial/notification", context).message(to=notification.user.email)


def notification_digest(notifications: list[Notification]) -> EmailMultiAlternatives:
    """What one person was told since the last such mail, the oldest first."""
    told = [(notification, _url(notification)) for notification in notifications]
    context = {"told": told, "settings_url": _settings_url()}
    return render_letter("editorial/notification_digest", context).message(to=notifications[0].user.email)


def _url(notification: Notification) -> str:
    """Leads to the story, and marks the notification as read."""
    return settings.SITE_URL + reverse("desk:notification", args=(notification.pk,))


def _settings_url() -> str:
    return settings.SITE_URL + reverse("desk:notification_settings")
