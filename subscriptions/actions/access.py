"""Grants that follow a subscription: its owner's, and those of the seats on it."""

from datetime import datetime

from django.db import transaction

from subscriptions.entitlement import Window
from subscriptions.models import Grant, Seat, Source, Subscription
from subscriptions.windows import window_of


@transaction.atomic
def follow_subscription(*, subscription: Subscription, at: datetime) -> None:
    """Make the grants of one subscription follow it; grants from elsewhere are never touched.

    Its row is locked and read anew: when a comparison with Stripe and a change of seats fall together,
    whichever comes second sees what the first one wrote.
    """
    rows = Subscription.objects.select_for_update(of=("self",))
    fresh = rows.select_related("plan", "customer__user", "group").get(pk=subscription.pk)
    window = window_of(fresh)
    _set_owner(fresh, window, at=at)
    _set_seats(fresh, window, at=at)


def _set_owner(subscription: Subscription, window: Window | None, *, at: datetime) -> None:
    if window is None:
        Grant.objects.filter(subscription=subscription).shut(at=at)
        return
    plan = subscription.plan.name if subscription.plan else "a plan"
    values = {
        "user": subscription.customer.user,
        "source": Source.STRIPE,
        "starts_at": window.starts_at,
        "ends_at": window.ends_at,
        "reason": f"You subscribe: {plan}.",
    }
    Grant.objects.update_or_create(subscription=subscription, defaults=values)


def _set_seats(subscription: Subscription, window: Window | None, *, at: datetime) -> None:
    """Seats read as their owner does, as many as are paid for: the first taken come first."""
    group = getattr(subscription, "group", None)
    if group is None:
        return
    taken = group.seats.filter(taken_at__isnull=False)
    entitled = list(taken.filter(returned_at__isnull=True).order_by("taken_at", "pk")[: group.bought])
    shut = Grant.objects.filter(seat__group=group)
    if window:
        shut = shut.exclude(seat__in=entitled)
        for seat in entitled:
            _open_seat(seat, window)
    shut.shut(at=at)


def _open_seat(seat: Seat, window: Window) -> None:
    starts_at = max(window.starts_at, seat.taken_at or window.starts_at)
    values = {
        "user": seat.user,
        "source": Source.SEAT,
        "starts_at": min(starts_at, window.ends_at),
        "ends_at": window.ends_at,
        "reason": f"You have a seat in {seat.group.name}.",
    }
    Grant.objects.update_or_create(seat=seat, defaults=values)
