"""Where someone is signed in."""

from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from accounts.browsers import browser_name
from accounts.models import User
from accounts.networks import truncate


@dataclass(frozen=True)
class Device:
    """A browser in which someone is signed in; of its address only the network is told."""

    pk: int
    browser: str
    network: str
    since_at: datetime
    seen_at: datetime


def devices_of(user: User, *, at: datetime) -> list[Device]:
    """The browsers whose sessions are good at `at`, the last seen first. Nothing is tidied up by looking."""
    rows = UserSession.objects.filter(user=user, session_key__in=_living(at)).order_by("-last_seen_at", "-pk")
    return [
        Device(row.pk, browser_name(row.user_agent), truncate(row.ip), row.created_at, row.last_seen_at)
        for row in rows
    ]


def _living(at: datetime) -> object:
    return Session.objects.filter(expire_date__gt=at).values("session_key")
