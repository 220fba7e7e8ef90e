"""The access that our row of a subscription stands for, under the publisher's policy."""

from datetime import timedelta

from django.conf import settings

from subscriptions.entitlement import Facts, Policy, Window, entitle
from subscriptions.models import Subscription


def current_policy() -> Policy:
    """The publisher's choices, from settings."""
    return Policy(
        past_due_grace=timedelta(days=settings.PAST_DUE_GRACE_DAYS),
        renewal_slack=timedelta(days=settings.RENEWAL_SLACK_DAYS),
        keeps_paid_time=settings.KEEP_PAID_TIME,
        refund_ends_access=settings.REFUND_ENDS_ACCESS,
    )


def window_of(subscription: Subscription) -> Window | None:
    """The span in which its reader may read, None for no access."""
    facts = Facts(
        status=subscription.status,
        started_at=subscription.started_at,
        period_start_at=subscription.period_start_at,
        period_end_at=subscription.period_end_at,
        cancels_at=subscription.cancels_at,
        ended_at=subscription.ended_at,
        is_paused=bool(subscription.pause_behavior),
        covered_until_at=subscription.covered_until_at,
        paid_until_at=subscription.paid_until_at,
        money_back_at=subscription.money_back_at,
    )
    return entitle(facts, policy=current_policy())
