"""Letters that the clock alone brings: trials and grace that end, renewals, cards that run out (rule L2)."""

from datetime import UTC, datetime, timedelta

import pytest
from pytest_django.fixtures import Settings

from accounts.models import User
from subscriptions.actions.ahead import find_notices, next_amount
from subscriptions.models import Notice, Plan, PriceRise, PriceRiseStep, Status, Subscription
from tests.subscriptions.conftest import Till
from tests.subscriptions.lives import Life, begin_life

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def life(till: Till, reader: User) -> Life:
    return begin_life(till, reader)


def test_the_end_of_a_trial_is_told_three_days_ahead_and_once(life: Life, plan: Plan) -> None:
    life.subscribe(plan, trial_period_days=14)
    life.advance(days=10.9)
    assert find_notices(at=life.now) == 0
    life.advance(days=0.2)
    assert [find_notices(at=life.now + hour * DAY / 24) for hour in range(3)] == [1, 0, 0]
    notice = Notice.objects.get(kind="trial_ends")
    assert (notice.facts["amount"], notice.facts["ends_at"]) == (900, "2026-02-14T12:00:00+00:00")


def test_a_trial_cancelled_in_time_brings_no_such_letter(life: Life, plan: Plan) -> None:
    life.subscribe(plan, trial_period_days=14)
    life.till.v1.subscriptions.update(life.stripe_id, {"cancel_at_period_end": True})
    life.advance(days=12)
    assert find_notices(at=life.now) == 0


@pytest.fixture
def yearly(life: Life, other_plan: Plan) -> Subscription:
    """$90 a year, since 31 January 2026."""
    return life.subscribe(other_plan)


def test_l2_a_yearly_renewal_is_told_three_weeks_ahead_and_once(yearly: Subscription) -> None:
    renews_at = yearly.period_end_at
    assert find_notices(at=renews_at - 21.1 * DAY) == 0
    assert [find_notices(at=renews_at - days * DAY) for days in (21, 20.9, 3)] == [1, 0, 0]
    notice = Notice.objects.get(kind="renews")
    assert (notice.facts["amount"], notice.facts["renews_at"]) == (9000, renews_at.isoformat())


def test_l2_the_days_ahead_are_the_publishers_choice(yearly: Subscription, settings: Settings) -> None:
    settings.RENEWAL_NOTICE_DAYS = 45
    assert find_notices(at=yearly.period_end_at - 44 * DAY) == 1


def test_a_monthly_renewal_is_not_announced(life: Life, plan: Plan) -> None:
    subscription = life.subscribe(plan)
    assert find_notices(at=subscription.period_end_at - 2 * DAY) == 0


def test_the_amount_told_is_that_of_a_price_rise_announced(yearly: Subscription) -> None:
    assert yearly.plan is not None
    rise = PriceRise.objects.create(plan=yearly.plan, starts_at=yearly.period_end_at, reason="Paper.")
    step = PriceRiseStep.objects.create(
        rise=rise, subscription=yearly, old_amount=9000, new_amount=9900, from_at=yearly.period_end_at
    )
    assert next_amount(yearly) == 9000  # a draft is no promise
    PriceRise.objects.update(state=PriceRise.State.ANNOUNCED)
    assert next_amount(yearly) == 9900
    step.note = "changed plan or price meanwhile"
    step.save()
    assert next_amount(yearly) == 9000


@pytest.mark.parametrize(("expires", "told"), [("02/2026", 1), ("03/2026", 0), ("", 0)])
def test_a_card_that_runs_out_before_the_next_charge_is_told(
    life: Life, plan: Plan, expires: str, told: int
) -> None:
    life.subscribe(plan)
    renews_at = datetime(2026, 3, 2, 12, tzinfo=UTC)
    Subscription.objects.update(card_expires=expires, period_end_at=renews_at)
    assert find_notices(at=renews_at - 15 * DAY) == 0
    assert find_notices(at=renews_at - 10 * DAY) == told
    assert find_notices(at=renews_at - 5 * DAY) == 0


def test_the_end_of_grace_is_told_though_nothing_happens_at_stripe(
    life: Life, plan: Plan, settings: Settings
) -> None:
    settings.PAST_DUE_GRACE_DAYS = 5
    life.subscribe(plan)
    life.let_card_act("lost_card")
    life.advance(days=29)
    ends_at = life.subscription.period_start_at + 5 * DAY
    find_notices(at=ends_at - DAY / 24)
    assert "access_stopped" not in life.told()
    find_notices(at=ends_at + DAY / 24)
    find_notices(at=ends_at + DAY / 12)
    assert life.told().count("access_stopped") == 1
    assert life.subscription.status == Status.PAST_DUE
