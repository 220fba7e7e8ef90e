"""A higher price for those who subscribe already: told first, applied to the right renewal, once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts.models import AuditEntry, User
from subscriptions.actions.notices import send_notices
from subscriptions.actions.plans import sync_plans
from subscriptions.actions.price_rises import (
    CannotRaise,
    announce_rise,
    apply_price_rises,
    steps_of,
    tell_subscribers,
    withdraw_rise,
)
from subscriptions.gateways import StripeUnavailable
from subscriptions.models import Invoice, Notice, Plan, PriceRise, PriceRiseStep
from tests.subscriptions.conftest import Till
from tests.subscriptions.lives import Life, begin_life

pytestmark = pytest.mark.django_db

START = datetime(2026, 1, 5, 12, tzinfo=UTC)


@pytest.fixture
def life(till: Till, reader: User, plan: Plan) -> Life:
    """Subscribed on 5 January for $9; renews on the 5th."""
    life = begin_life(till, reader, start=START)
    life.subscribe(plan)
    return life


@pytest.fixture
def publisher(db: None) -> User:
    return User.objects.create_user("publisher@example.com", name="Iris Vantongel")


@pytest.fixture
def rise(life: Life, plan: Plan) -> PriceRise:
    """From 1 March on, $11 instead of $9."""
    plan.amount = 1100
    plan.save()
    list(sync_plans())
    plan.refresh_from_db()
    return PriceRise.objects.create(
        plan=plan, starts_at=datetime(2026, 3, 1, tzinfo=UTC), reason="Paper costs more."
    )


def live(life: Life, days: int) -> None:
    """Days in which the task runs, twice each time and not as often as it should."""
    for _ in range(days * 2 // 3):
        life.advance(days=1.5)
        for _ in range(2):
            tell_subscribers(at=life.now)
            apply_price_rises(at=life.now)


def totals() -> list[int]:
    return list(Invoice.objects.order_by("created_at").values_list("total", flat=True))


def test_the_new_price_comes_with_the_renewal_after_day_and_notice(
    life: Life, rise: PriceRise, publisher: User
) -> None:
    announce_rise(rise=rise, by=publisher, at=life.now)
    live(life, 95)  # renewals on 5 February, 5 March and 5 April
    assert totals() == [900, 900, 1100, 1100]
    notice = Notice.objects.get(kind="price_rise")
    assert (notice.facts["old_amount"], notice.facts["new_amount"]) == (900, 1100)
    assert notice.facts["from_at"] == "2026-03-05T12:00:00+00:00"
    rise.refresh_from_db()
    assert rise.state == PriceRise.State.DONE
    assert AuditEntry.objects.filter(action="raise price").count() == 1
    assert not Invoice.objects.filter(lines__is_proration=True).exists()


def test_who_is_told_too_late_renews_once_more_at_the_old_price(
    life: Life, rise: PriceRise, publisher: User
) -> None:
    life.advance(days=45)  # 19 February: a fortnight before the renewal that would cost more
    announce_rise(rise=rise, by=publisher, at=life.now)
    live(life, 50)  # until 10 April
    assert totals() == [900, 900, 900, 1100]


def test_who_cancels_keeps_the_old_price_to_the_end(life: Life, rise: PriceRise, publisher: User) -> None:
    announce_rise(rise=rise, by=publisher, at=life.now)
    tell_subscribers(at=life.now)
    life.advance(days=40)
    life.till.v1.subscriptions.update(life.stripe_id, {"cancel_at_period_end": True})
    life.sync()
    live(life, 40)
    assert totals() == [900, 900]
    assert PriceRiseStep.objects.get().note == "ended"


def test_who_changed_plan_meanwhile_is_left_out(
    life: Life, rise: PriceRise, other_plan: Plan, publisher: User
) -> None:
    announce_rise(rise=rise, by=publisher, at=life.now)
    tell_subscribers(at=life.now)
    item = {"id": life.subscription.item_id, "price": other_plan.stripe_price_id}
    life.till.v1.subscriptions.update(life.stripe_id, {"items": [item], "proration_behavior": "none"})
    life.sync()
    PriceRiseStep.objects.update(from_at=life.now)
    life.subscription.__class__.objects.update(period_end_at=life.now + timedelta(days=1))
    apply_price_rises(at=life.now)
    step = PriceRiseStep.objects.get()
    assert (step.applied_at, step.note) == (None, "changed plan or price meanwhile")
    assert life.subscription.amount == other_plan.amount


def test_a_withdrawn_rise_touches_nobody_more_and_says_so(
    life: Life, rise: PriceRise, publisher: User
) -> None:
    announce_rise(rise=rise, by=publisher, at=life.now)
    tell_subscribers(at=life.now)
    withdraw_rise(rise=rise, reason="We found a cheaper printer.", by=publisher, at=life.now)
    live(life, 70)
    assert totals() == [900, 900, 900]
    assert [
        notice.facts["is_withdrawn"] for notice in Notice.objects.filter(kind="price_rise").order_by("pk")
    ] == [
        False,
        True,
    ]


def test_a_letter_not_sent_yet_is_dropped_when_the_rise_is_withdrawn(
    life: Life, rise: PriceRise, publisher: User, mailoutbox: list[Any]
) -> None:
    announce_rise(rise=rise, by=publisher, at=life.now)
    tell_subscribers(at=life.now)
    withdraw_rise(rise=rise, reason="A slip.", by=publisher, at=life.now)
    send_notices(at=life.now)
    assert Notice.objects.get(kind="price_rise").trouble == "The price rise was withdrawn."


def test_stripe_away_costs_a_delay_and_nothing_is_done_twice(
    life: Life, rise: PriceRise, publisher: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    announce_rise(rise=rise, by=publisher, at=life.now)
    tell_subscribers(at=life.now)
    life.advance(days=58)  # 4 March

    def away(*args: object, **kwargs: object) -> None:
        raise StripeUnavailable("timeout")

    with monkeypatch.context() as patch:
        patch.setattr("subscriptions.actions.price_rises.set_price", away)
        assert apply_price_rises(at=life.now) == 0
    assert apply_price_rises(at=life.now) == 1
    assert apply_price_rises(at=life.now) == 0
    assert life.subscription.amount == 1100


def test_a_rise_concerns_those_who_pay_less_and_is_announced_once(
    life: Life, rise: PriceRise, publisher: User
) -> None:
    assert [(step.old_amount, step.new_amount) for step in steps_of(rise, at=life.now)] == [(900, 1100)]
    assert announce_rise(rise=rise, by=publisher, at=life.now) == 1
    with pytest.raises(CannotRaise):
        announce_rise(rise=rise, by=publisher, at=life.now)
    assert PriceRiseStep.objects.count() == 1


def test_a_rise_that_concerns_nobody_is_not_announced(life: Life, plan: Plan, publisher: User) -> None:
    rise = PriceRise.objects.create(plan=plan, starts_at=life.now, reason="None.")
    with pytest.raises(CannotRaise):
        announce_rise(rise=rise, by=publisher, at=life.now)


@pytest.mark.parametrize(
    ("begins", "ends", "starts", "first"),
    [
        ("2026-01-31", "2026-02-28", "2026-03-30", "2026-03-31"),
        ("2026-02-28", "2026-03-31", "2026-04-01", "2026-04-30"),
        ("2026-01-05", "2026-02-05", "2026-02-05", "2026-02-05"),
        ("2026-01-05", "2026-02-05", "2026-02-06", "2026-03-05"),
        ("2026-12-15", "2027-01-15", "2026-12-20", "2027-01-15"),
    ],
)
def test_the_first_dearer_renewal_keeps_to_the_day_of_the_month(
    life: Life, rise: PriceRise, begins: str, ends: str, starts: str, first: str
) -> None:
    from subscriptions.actions.price_rises import first_raised  # noqa: PLC0415

    def day(text: str) -> datetime:
        return datetime.fromisoformat(f"{text}T00:00:00+00:00")

    subscription = life.subscription
    subscription.period_start_at, subscription.period_end_at = day(begins), day(ends)
    rise.starts_at, rise.notice_days = day(starts), 0
    assert first_raised(subscription, rise, told_at=day(begins)) == day(first)
