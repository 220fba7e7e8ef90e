"""A new price for those who subscribe already, told beforehand (rule L2).

The plan's present price is the new one; whoever pays less for the same plan gets a letter and, from the first
renewal that lies after both the day set and the days of notice, the new price. Everything is a row: telling
and applying go on where they were stopped, and neither happens twice.
"""

import logging
from calendar import monthrange
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet

from accounts.models import AuditEntry, User
from subscriptions.actions.books import sync_customer
from subscriptions.actions.notices import Fact, tell_owner
from subscriptions.gateways import StripeRefused, StripeUnavailable, set_price
from subscriptions.models import Interval, Notice, PlanPrice, PriceRise, PriceRiseStep, Status, Subscription

logger = logging.getLogger(__name__)

State = PriceRise.State

AHEAD = timedelta(days=2)
"""How long before a renewal the price is changed: two days of a broken worker then cost nothing."""
AT_ONCE = 2000
"""Letters or changes that one run makes at most; the next goes on."""
RUNNING = (Status.ACTIVE, Status.TRIALING)


class CannotRaise(Exception):
    """The price rise is not in a state for that, or concerns nobody; the message says which."""


# ---------------------------------------------------------------------------------------- whom it concerns


def steps_of(rise: PriceRise, *, at: datetime) -> list[PriceRiseStep]:
    """Everybody whom a price rise announced at `at` would concern, as rows that are not stored yet."""
    prices = {price.currency: price.amount for price in rise.plan.prices.filter(is_current=True)}
    return [
        PriceRiseStep(
            rise=rise,
            subscription=subscription,
            old_amount=subscription.amount,
            new_amount=prices[subscription.currency],
            from_at=first_raised(subscription, rise, told_at=at),
        )
        for subscription in _subscribers(rise)
        if subscription.amount < prices.get(subscription.currency, 0)
    ]


def _subscribers(rise: PriceRise) -> QuerySet[Subscription]:
    """Those who renew the plan: who has cancelled keeps the old price to the end."""
    rows = Subscription.objects.filter(plan=rise.plan, interval=rise.plan.interval, cancels_at__isnull=True)
    return rows.filter(status__in=(*RUNNING, Status.PAST_DUE))


def first_raised(subscription: Subscription, rise: PriceRise, *, told_at: datetime) -> datetime:
    """The first renewal at the new price: not before the day set, nor before the days of notice are over."""
    earliest = max(rise.starts_at, told_at + timedelta(days=rise.notice_days))
    months = 12 if subscription.interval == Interval.YEAR else 1
    renewal, ahead = subscription.period_end_at, 0
    while renewal < earliest:
        ahead += months
        renewal = _later(subscription, ahead)
    return renewal


def _later(subscription: Subscription, months: int) -> datetime:
    """The renewal so many months after the next, on the day Stripe keeps to: the 31st, or a month's last."""
    end = subscription.period_end_at
    year, month = divmod(end.year * 12 + end.month - 1 + months, 12)
    day = max(end.day, subscription.period_start_at.day)
    return end.replace(year=year, month=month + 1, day=min(day, monthrange(year, month + 1)[1]))


# ------------------------------------------------------------------------------------ announcing, taking back


@transaction.atomic
def announce_rise(*, rise: PriceRise, by: User, at: datetime) -> int:
    """Fix whom the rise concerns; `tell_subscribers` then writes to them. How many they are.

    Raises:
        CannotRaise: announced already, or nobody pays less than the plan's present price.
    """
    locked = PriceRise.objects.select_for_update().get(pk=rise.pk)
    if locked.state != State.DRAFT:
        raise CannotRaise(f"It is {locked.get_state_display()} already.")
    steps = steps_of(locked, at=at)
    if not steps:
        raise CannotRaise("Nobody pays less than the plan’s present price: change that first.")
    PriceRiseStep.objects.bulk_create(steps, batch_size=500)
    _move(locked, State.ANNOUNCED, by=by, at=at)
    locked.announced_at = at
    locked.save(update_fields=("announced_at",))
    rise.refresh_from_db()
    return len(steps)


@transaction.atomic
def withdraw_rise(*, rise: PriceRise, reason: str, by: User, at: datetime) -> None:
    """Stop a rise: who pays the new price keeps it; the others do not get it, and are told so.

    Raises:
        CannotRaise: it was not announced, or is over; or no reason.
    """
    if not reason.strip():
        raise CannotRaise("Say why: it stays in the audit trail.")
    locked = PriceRise.objects.select_for_update().get(pk=rise.pk)
    if locked.state != State.ANNOUNCED:
        raise CannotRaise(f"It is {locked.get_state_display()}.")
    _move(locked, State.WITHDRAWN, by=by, at=at, reason=reason.strip())
    rise.refresh_from_db()


def _move(
    rise: PriceRise, state: PriceRise.State, *, by: User | None, at: datetime, reason: str = ""
) -> None:
    before, rise.state = rise.state, state
    rise.save(update_fields=("state",))
    AuditEntry.record("move price rise", rise, by=by, at=at, reason=reason, from_state=before, to_state=state)


# ------------------------------------------------------------------------------------------------- telling


def tell_subscribers(*, at: datetime) -> int:
    """Write to those who have not been told; of withdrawn rises, to those who were. How many letters."""
    steps = PriceRiseStep.objects.filter(applied_at__isnull=True, note="")
    steps = steps.select_related("rise", "subscription__customer__user", "subscription__plan")
    untold = steps.filter(rise__state=State.ANNOUNCED, notified_at__isnull=True).order_by("pk")
    spared = steps.filter(rise__state=State.WITHDRAWN).order_by("pk")
    told = sum(_tell(step, at=at) for step in untold[:AT_ONCE])
    return told + sum(_tell_spared(step, at=at) for step in spared[:AT_ONCE])


@transaction.atomic
def _tell(step: PriceRiseStep, *, at: datetime) -> bool:
    why = _why_left_out(step)
    if why:
        _leave_out(step, why)
        return False
    step.from_at, step.notified_at = first_raised(step.subscription, step.rise, told_at=at), at
    step.save(update_fields=("from_at", "notified_at"))
    return _write(step, key=f"{step.pk}", is_withdrawn=False, at=at)


@transaction.atomic
def _tell_spared(step: PriceRiseStep, *, at: datetime) -> bool:
    _leave_out(step, "withdrawn")
    was_told = step.notified_at is not None
    return was_told and _write(step, key=f"{step.pk}:withdrawn", is_withdrawn=True, at=at)


def _write(step: PriceRiseStep, *, key: str, is_withdrawn: bool, at: datetime) -> bool:
    subscription = step.subscription
    facts: dict[str, Fact] = {
        "step": step.pk,
        "old_amount": step.old_amount,
        "new_amount": step.new_amount,
        "currency": subscription.currency,
        "interval": subscription.interval,
        "from_at": step.from_at,
        "reason": step.rise.reason,
        "is_withdrawn": is_withdrawn,
    }
    kind = Notice.Kind.PRICE_RISE
    return tell_owner(subscription=subscription, kind=kind, key=key, facts=facts, at=at) is not None


# ------------------------------------------------------------------------------------------------ applying


def apply_price_rises(*, at: datetime) -> int:
    """Change the price of those whose renewal at the new one is near; how many. Safe to stop and repeat."""
    due = PriceRiseStep.objects.filter(
        rise__state=State.ANNOUNCED, applied_at__isnull=True, note="", notified_at__isnull=False
    )
    due = due.select_related("rise__plan", "subscription__customer__user").order_by("pk")
    near = due.filter(
        from_at__lte=F("subscription__period_end_at"),
        subscription__period_end_at__gt=at,
        subscription__period_end_at__lte=at + AHEAD,
    )
    lost = due.filter(subscription__ended_at__isnull=False)
    applied = 0
    for step in [*near[:AT_ONCE], *lost[:AT_ONCE]]:
        try:
            applied += apply_step(step=step, at=at)
        except StripeUnavailable as trouble:
            logger.warning("Price rise %s waits: %s", step.rise_id, trouble)
            break
        except StripeRefused as refusal:  # its books cannot be fetched; the others need not wait for that
            logger.warning("Price rise %s passes over %s: %s", step.rise_id, step.subscription, refusal)
    _finish(at=at)
    return applied


def apply_step(*, step: PriceRiseStep, at: datetime) -> bool:
    """Change one subscription's price for its next renewal, if that is the one its reader was told of.

    Raises:
        StripeUnavailable: to be tried again; the key keeps Stripe from doing it twice.
    """
    subscription = step.subscription
    sync_customer(customer=subscription.customer, at=at)
    subscription.refresh_from_db()
    why = _why_left_out(step)
    if why:
        _leave_out(step, why)
        return False
    if not _is_due(step, at=at):
        return False
    price = _new_price(step)
    if price is None:
        _leave_out(step, "the plan’s price was changed after the announcement")
        return False
    # Our own numbers may come back after a backup was restored; Stripe's do not.
    key = f"rise-{subscription.stripe_id}-{price.stripe_id}-{subscription.period_end_at:%Y-%m-%d}"
    try:
        set_price(subscription.stripe_id, item=subscription.item_id, price=price.stripe_id, key=key)
    except StripeRefused as refusal:
        _leave_out(step, f"Stripe refused: {refusal}")
        return False
    sync_customer(customer=subscription.customer, at=at)
    _note_applied(step, at=at)
    return True


def _why_left_out(step: PriceRiseStep) -> str:
    """Why a subscription has no part in the rise any more; empty when it has."""
    subscription = step.subscription
    if subscription.ended_at:
        return "ended"
    has_moved = subscription.plan_id != step.rise.plan_id or subscription.interval != step.rise.plan.interval
    if has_moved or subscription.amount != step.old_amount:
        return "changed plan or price meanwhile"
    return ""


def _is_due(step: PriceRiseStep, *, at: datetime) -> bool:
    """Whether the next renewal is near, is not cancelled, and is one that may cost more."""
    subscription = step.subscription
    renewal = subscription.period_end_at
    if subscription.status not in RUNNING or subscription.cancels_at or step.notified_at is None:
        return False
    told_in_time = renewal >= step.notified_at + timedelta(days=step.rise.notice_days)
    as_told = step.from_at is not None and renewal >= step.from_at
    return at < renewal <= at + AHEAD and renewal >= step.rise.starts_at and told_in_time and as_told


def _new_price(step: PriceRiseStep) -> PlanPrice | None:
    """The Stripe price that costs what the letter said; only one on sale can be set."""
    prices = step.rise.plan.prices.filter(is_current=True, currency=step.subscription.currency)
    return prices.filter(amount=step.new_amount).first()


def _leave_out(step: PriceRiseStep, why: str) -> None:
    step.note = why[:200]
    step.save(update_fields=("note",))


@transaction.atomic
def _note_applied(step: PriceRiseStep, *, at: datetime) -> None:
    if not PriceRiseStep.objects.filter(pk=step.pk, applied_at__isnull=True).update(applied_at=at):
        return
    AuditEntry.record(
        "raise price",
        step.subscription,
        by=None,
        at=at,
        reason=f"{step.rise}: {step.old_amount} → {step.new_amount}",
    )


def _finish(*, at: datetime) -> None:
    """Close the rises in which nothing is left to do."""
    for rise in PriceRise.objects.filter(state=State.ANNOUNCED):
        if not rise.steps.filter(applied_at__isnull=True, note="").exists():
            _move(rise, State.DONE, by=None, at=at)
