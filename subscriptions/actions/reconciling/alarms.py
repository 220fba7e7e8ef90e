"""Drift that stays: said once, to those who can do something about it."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse

from accounts.models import User
from accounts.roles import PUBLISHER
from kit.letters import render_letter
from subscriptions.models import Drift

logger = logging.getLogger(__name__)

PATIENCE = timedelta(days=1)


def alarm_about_drift(*, at: datetime) -> list[Drift]:
    """Write to publishers and administrators about drift that has been open for a day, and to the log.

    Each drift is claimed before the letter goes out, so that it is never told of twice.
    """
    open_ones = Drift.objects.filter(state=Drift.State.OPEN).select_related("customer__user")
    waiting = open_ones.filter(alarmed_at__isnull=True, found_at__lte=at - PATIENCE)
    mine = [drift for drift in waiting if _claim(drift, at=at)]
    if mine:
        logger.error("%d differences between our books and Stripe's have stayed for a day.", len(mine))
        _write(mine)
    return mine


def _claim(drift: Drift, *, at: datetime) -> bool:
    return bool(Drift.objects.filter(pk=drift.pk, alarmed_at__isnull=True).update(alarmed_at=at))


def _write(drifts: Iterable[Drift]) -> None:
    facts = {"drifts": list(drifts), "books_url": settings.SITE_URL + reverse("books")}
    letter = render_letter("subscriptions/drift_alarm", facts)
    for address in sorted(_recipients()):
        letter.message(to=address).send()


def _recipients() -> set[str]:
    publishers = User.objects.filter(is_active=True, is_staff=True, groups__name=PUBLISHER)
    return {admin[1] for admin in settings.ADMINS} | set(publishers.values_list("email", flat=True))
