"""Letters about the course of a subscription: its beginning, its pauses and its end."""

from datetime import datetime

from subscriptions.actions.notices import tell_owner
from subscriptions.models import Notice, Status, Subscription, Withdrawal
from subscriptions.windows import window_of

Kind = Notice.Kind
RUNNING = (Status.ACTIVE, Status.TRIALING, Status.PAST_DUE)
OWN_LETTER = ("payment_failed",)
"""Ends, in Stripe's word for why, that `dunning` writes about."""


def note_milestones(
    *, subscription: Subscription, before: Subscription | None, since: datetime, at: datetime
) -> None:
    """Write what happened `since`; `before` is our row as it was, None for one just met."""
    if subscription.status in (Status.ACTIVE, Status.TRIALING) and subscription.started_at > since:
        tell_owner(subscription=subscription, kind=Kind.WELCOME, key=subscription.stripe_id, at=at)
    if before:
        _note_pause(subscription, before, at=at)
    _note_trial_without_card(subscription, since=since, at=at)
    if before is None or before.cancels_at != subscription.cancels_at:
        _note_cancellation(subscription, since=since, at=at)
    _note_end(subscription, since=since, at=at)


def _note_pause(subscription: Subscription, before: Subscription, *, at: datetime) -> None:
    """Stripe does not say when collection was paused: the change itself is what is told."""
    if bool(before.pause_behavior) == bool(subscription.pause_behavior) or subscription.ended_at:
        return
    window = window_of(subscription)
    tell_owner(
        subscription=subscription,
        kind=Kind.PAUSED,
        key=f"{subscription.stripe_id}:{at.isoformat()}",
        facts={
            "is_resumed": not subscription.pause_behavior,
            "resumes_at": subscription.resumes_at,
            "reads_until_at": window.ends_at if window else None,
        },
        at=at,
    )


def _note_trial_without_card(subscription: Subscription, *, since: datetime, at: datetime) -> None:
    ended_at = subscription.trial_end_at
    if subscription.status == Status.PAUSED and ended_at and since < ended_at <= at:
        tell_owner(
            subscription=subscription,
            kind=Kind.PAUSED,
            key=f"{subscription.stripe_id}:trial",
            facts={"is_resumed": False, "needs_card": True},
            at=at,
        )


def _note_cancellation(subscription: Subscription, *, since: datetime, at: datetime) -> None:
    """Confirm each cancellation: one taken back and made again is confirmed again.

    Stripe moves the moment of cancellation with every later change of a subscription that is to end.
    """
    cancelled_at = subscription.cancelled_at
    if not (subscription.cancels_at and cancelled_at and cancelled_at > since):
        return
    if subscription.status in RUNNING:
        tell_owner(
            subscription=subscription,
            kind=Kind.CANCELLED,
            key=f"{subscription.stripe_id}:{cancelled_at.isoformat()}",
            facts={"ends_at": subscription.cancels_at},
            at=at,
        )


def _note_end(subscription: Subscription, *, since: datetime, at: datetime) -> None:
    ended_at = subscription.ended_at
    if subscription.status != Status.CANCELED or ended_at is None or ended_at <= since:
        return
    if subscription.end_reason in OWN_LETTER or is_withdrawn(subscription):
        return
    window = window_of(subscription)
    reads_until = window.ends_at if window and window.ends_at > at else None
    tell_owner(
        subscription=subscription,
        kind=Kind.ENDED,
        key=subscription.stripe_id,
        facts={"ended_at": ended_at, "reads_until_at": reads_until, "why": subscription.end_reason},
        at=at,
    )


def is_withdrawn(subscription: Subscription) -> bool:
    """Whether the contract is withdrawn from: the letter about that says all there is to say."""
    carried = (Withdrawal.State.ACCEPTED, Withdrawal.State.EXECUTED)
    return subscription.withdrawals.filter(state__in=carried).exists()
