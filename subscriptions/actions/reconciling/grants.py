"""Grants beside the subscriptions they follow: our own books, compared with themselves."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import QuerySet

from subscriptions.actions.reconciling.findings import Finding, Findings, Kind, Leaf, Scope
from subscriptions.entitlement import Window
from subscriptions.models import Grant, Subscription
from subscriptions.windows import window_of

AT_ONCE = 500


def compare_grants(scope: Scope) -> Leaf:
    """The next subscriptions, each with the grants of its reader and of its seats, in three queries."""
    rows = Subscription.objects.filter(pk__gt=int(scope.cursor or 0)).order_by("pk")
    found = list(with_grants(rows)[:AT_ONCE])
    cursor = str(found[-1].pk) if len(found) == AT_ONCE else ""
    return Leaf(cursor, len(found), compare_followers(found, at=scope.at))


def with_grants(rows: "QuerySet[Subscription]") -> "QuerySet[Subscription]":
    """The rows with all that `compare_followers` reads."""
    related = rows.select_related("customer__user", "plan", "grant", "group")
    return related.prefetch_related("group__seats__grant")


def compare_followers(rows: list[Subscription], *, at: datetime) -> Findings:
    """Which subscriptions let someone read who should not, or the other way round."""
    return tuple(finding for row in rows for finding in _compare(row, at))


def _compare(row: Subscription, at: datetime) -> Iterator[Finding]:
    window = window_of(row)
    faults = [*_owner_faults(row, window, at), *_seat_faults(row, window, at)]
    if faults:
        ours, theirs = "; ".join(ours for ours, _ in faults), "; ".join(theirs for _, theirs in faults)
        yield Finding(Kind.WRONG_GRANT, row.stripe_id, ours[:300], theirs[:300], row.customer)


def _owner_faults(row: Subscription, window: Window | None, at: datetime) -> Iterator[tuple[str, str]]:
    grant = getattr(row, "grant", None)
    reader = row.customer.user
    if not _fits(grant, reader.pk, window, at):
        yield f"{reader}: {_said(grant)}", f"{reader}: {_said_window(window)}"


def _seat_faults(row: Subscription, window: Window | None, at: datetime) -> Iterator[tuple[str, str]]:
    """Seats read as their owner does, the first taken first, as many as are paid for."""
    group = getattr(row, "group", None)
    if group is None:
        return
    seats = sorted((seat for seat in group.seats.all() if seat.taken_at), key=lambda s: (s.taken_at, s.pk))
    entitled = [seat.pk for seat in seats if not seat.returned_at][: group.bought]
    for seat in seats:
        its_window = None
        if window and seat.pk in entitled:
            starts_at = min(max(window.starts_at, seat.taken_at), window.ends_at)
            its_window = Window(starts_at, window.ends_at)
        grant = getattr(seat, "grant", None)
        if not _fits(grant, seat.user_id, its_window, at):
            yield f"{seat.email}: {_said(grant)}", f"{seat.email}: {_said_window(its_window)}"


def _fits(grant: Grant | None, user: int | None, window: Window | None, at: datetime) -> bool:
    if window is None:
        return grant is None or (grant.ends_at is not None and grant.ends_at <= at)
    if grant is None:
        return False
    return (grant.user_id, grant.starts_at, grant.ends_at) == (user, window.starts_at, window.ends_at)


def _said(grant: Grant | None) -> str:
    if grant is None:
        return "no grant"
    ends = f"{grant.ends_at:%Y-%m-%d %H:%M}" if grant.ends_at else "no end"
    return f"reads from {grant.starts_at:%Y-%m-%d %H:%M} until {ends}"


def _said_window(window: Window | None) -> str:
    if window is None:
        return "no access"
    return f"access from {window.starts_at:%Y-%m-%d %H:%M} until {window.ends_at:%Y-%m-%d %H:%M}"
