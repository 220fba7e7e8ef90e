"""Letters about what is to come, found by the clock: ends of trials, renewals, cards that run out."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from subscriptions.actions.dunning import note_stop
from subscriptions.actions.notices import Fact, tell_owner
from subscriptions.cards import card_in_words, has_expired_by
from subscriptions.models import Interval, Notice, PriceRise, PriceRiseStep, Status, Subscription

Kind = Notice.Kind

TRIAL_NOTICE, CARD_NOTICE = timedelta(days=3), timedelta(days=14)
TOLD_LATELY = timedelta(days=60)
"""Who was told so lately is not looked at again; the keys of letters keep a second one back in any case."""


def find_notices(*, at: datetime) -> int:
    """Give the letters whose time has come by the clock alone; how many. May run any number of times."""
    found = 0
    for subscription in _trials_ending(at=at):
        found += _tell_trial(subscription, at=at)
    for subscription in _renewing(at=at):
        found += _tell_renewal(subscription, at=at)
    for subscription in _running_out(at=at):
        found += _tell_card(subscription, at=at)
    for subscription in _lapsing(at=at):
        note_stop(subscription=subscription, at=at)
    return found


def _untold(kind: Notice.Kind, *, at: datetime) -> QuerySet[Subscription]:
    told = Notice.objects.filter(subscription=OuterRef("pk"), kind=kind, given_at__gt=at - TOLD_LATELY)
    rows = Subscription.objects.filter(~Exists(told), customer__user__is_active=True)
    return rows.select_related("customer__user", "plan")


def _to_be_charged(
    kind: Notice.Kind, *statuses: Status, ahead: timedelta, at: datetime
) -> QuerySet[Subscription]:
    """Subscriptions in one of these states whose period ends within `ahead` with a charge."""
    return _untold(kind, at=at).filter(
        status__in=statuses,
        cancels_at__isnull=True,
        pause_behavior="",
        period_end_at__gt=at,
        period_end_at__lte=at + ahead,
    )


def _trials_ending(*, at: datetime) -> Iterator[Subscription]:
    return _to_be_charged(Kind.TRIAL_ENDS, Status.TRIALING, ahead=TRIAL_NOTICE, at=at).iterator()


def _renewing(*, at: datetime) -> Iterator[Subscription]:
    """Yearly subscriptions: a monthly charge comes as no surprise, and would make a letter a month."""
    ahead = timedelta(days=settings.RENEWAL_NOTICE_DAYS)
    rows = _to_be_charged(Kind.RENEWS, Status.ACTIVE, ahead=ahead, at=at)
    return rows.filter(interval=Interval.YEAR).iterator()


def _running_out(*, at: datetime) -> Iterator[Subscription]:
    rows = _to_be_charged(Kind.CARD_EXPIRES, Status.ACTIVE, Status.TRIALING, ahead=CARD_NOTICE, at=at)
    years = [f"/{(at + CARD_NOTICE).year - past}" for past in range(3)]
    could = Q()
    for year in years:
        could |= Q(card_expires__endswith=year)
    return (row for row in rows.filter(could).iterator() if has_expired_by(row, row.period_end_at))


def _lapsing(*, at: datetime) -> Iterator[Subscription]:
    rows = Subscription.objects.filter(status=Status.PAST_DUE, customer__user__is_active=True)
    return rows.select_related("customer__user", "plan").iterator()


def next_amount(subscription: Subscription) -> int:
    """What the next renewal costs in minor units, before discount and tax: a new price announced counts."""
    step = (
        PriceRiseStep.objects.filter(
            subscription=subscription,
            rise__state=PriceRise.State.ANNOUNCED,
            from_at__lte=subscription.period_end_at,
            applied_at__isnull=True,
            note="",
        )
        .order_by("-pk")
        .first()
    )
    return (step.new_amount if step else subscription.amount) * subscription.quantity


def _tell_trial(subscription: Subscription, *, at: datetime) -> bool:
    ends_at = subscription.trial_end_at or subscription.period_end_at
    return _tell(subscription, Kind.TRIAL_ENDS, ends_at, {"ends_at": ends_at}, at=at)


def _tell_renewal(subscription: Subscription, *, at: datetime) -> bool:
    renews_at = subscription.period_end_at
    return _tell(subscription, Kind.RENEWS, renews_at, {"renews_at": renews_at}, at=at)


def _tell_card(subscription: Subscription, *, at: datetime) -> bool:
    renews_at = subscription.period_end_at
    facts: dict[str, Fact] = {
        "card": card_in_words(subscription),
        "expires": subscription.card_expires,
        "renews_at": renews_at,
    }
    return _tell(subscription, Kind.CARD_EXPIRES, renews_at, facts, at=at)


def _tell(
    subscription: Subscription,
    kind: Notice.Kind,
    moment: datetime,
    facts: dict[str, Fact],
    *,
    at: datetime,
) -> bool:
    """Give a letter about the charge at `moment`, once for that day."""
    money: dict[str, Fact] = {"amount": next_amount(subscription), "currency": subscription.currency}
    key = f"{subscription.stripe_id}:{moment:%Y-%m-%d}"
    given = tell_owner(subscription=subscription, kind=kind, key=key, facts={**facts, **money}, at=at)
    return given is not None
