"""What follows from invoices: how far a subscription is settled and paid, and whether that money is gone."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import User
from subscriptions.actions.invoices import derive_from_invoices
from subscriptions.models import (
    Customer,
    Dispute,
    Invoice,
    InvoiceLine,
    Payment,
    Status,
    Subscription,
    Withdrawal,
)

pytestmark = pytest.mark.django_db

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def subscription() -> Subscription:
    reader = User.objects.create_user("reader@example.com")
    return Subscription.objects.create(
        customer=Customer.objects.create(user=reader, stripe_id="cus_1"),
        stripe_id="sub_1",
        status=Status.ACTIVE,
        started_at=START,
        period_start_at=START,
        period_end_at=START + 30 * DAY,
        synced_at=START,
    )


def bill(subscription: Subscription, *, day: int, days: int, amount: int, refunded: int = 0) -> Payment:
    """A paid invoice made on `day` of the subscription, over `days`; what is given back is so a day later."""
    at = START + day * DAY
    invoice = Invoice.objects.create(
        customer=subscription.customer,
        subscription=subscription,
        stripe_id=f"in_{day}",
        status=Invoice.Status.PAID,
        currency="usd",
        subtotal=amount,
        total=amount,
        amount_due=amount,
        amount_paid=amount,
        amount_refunded=refunded,
        created_at=at,
        paid_at=at,
        synced_at=at,
    )
    InvoiceLine.objects.create(
        invoice=invoice, stripe_id="il", amount=amount, period_start_at=at, period_end_at=at + days * DAY
    )
    return Payment.objects.create(
        customer=subscription.customer,
        invoice=invoice,
        stripe_id=f"ch_{day}",
        status="succeeded",
        currency="usd",
        amount=amount,
        amount_refunded=refunded,
        refunded_at=at + DAY if refunded else None,
        created_at=at,
    )


def days(subscription: Subscription) -> tuple[int | None, int | None, int | None]:
    """Settled until, paid until, and money back on which day of the subscription."""
    derive_from_invoices(subscription=subscription)
    moments = (subscription.covered_until_at, subscription.paid_until_at, subscription.money_back_at)
    settled, paid, back = ((moment - START).days if moment else None for moment in moments)
    return settled, paid, back


def test_a_paid_period_is_settled_and_paid(subscription: Subscription) -> None:
    bill(subscription, day=0, days=30, amount=900)
    assert days(subscription) == (30, 30, None)


def test_a_trial_is_settled_and_not_paid(subscription: Subscription) -> None:
    bill(subscription, day=0, days=14, amount=0)
    assert days(subscription) == (14, None, None)


def test_a_part_given_back_changes_nothing_and_all_of_it_ends_the_period(subscription: Subscription) -> None:
    bill(subscription, day=0, days=30, amount=900, refunded=899)
    assert days(subscription) == (30, 30, None)
    Payment.objects.update(amount_refunded=900)
    Invoice.objects.update(amount_refunded=900)
    assert days(subscription) == (30, None, 1)


def test_a_later_period_that_is_paid_makes_good_an_earlier_refund(subscription: Subscription) -> None:
    bill(subscription, day=0, days=30, amount=900, refunded=900)
    bill(subscription, day=30, days=30, amount=900)
    assert days(subscription) == (60, 60, None)


def test_a_top_up_given_back_leaves_the_period_that_was_paid(subscription: Subscription) -> None:
    bill(subscription, day=0, days=365, amount=9000)
    bill(subscription, day=100, days=265, amount=4000, refunded=4000)
    assert days(subscription) == (365, 365, None)


def test_free_days_after_a_refund_are_read(subscription: Subscription) -> None:
    bill(subscription, day=0, days=30, amount=900, refunded=900)
    bill(subscription, day=5, days=20, amount=0)
    assert days(subscription) == (25, None, None)


def test_a_withdrawal_leaves_nothing_paid_though_a_part_was_kept(subscription: Subscription) -> None:
    bill(subscription, day=0, days=365, amount=9000, refunded=8500)
    Withdrawal.objects.create(
        subscription=subscription,
        name="Rafe",
        email="reader@example.com",
        contract="Yearly",
        statement="I withdraw.",
        confirmed_at=START + DAY,
        state=Withdrawal.State.EXECUTED,
    )
    assert days(subscription) == (365, None, None)


@pytest.mark.parametrize(
    ("status", "back"), [("needs_response", None), ("won", None), ("warning_closed", None), ("lost", 9)]
)
def test_a_dispute_takes_the_money_when_it_is_lost(
    subscription: Subscription, status: str, back: int | None
) -> None:
    payment = bill(subscription, day=0, days=30, amount=900)
    Dispute.objects.create(
        payment=payment,
        stripe_id="dp_1",
        status=status,
        amount=900,
        currency="usd",
        opened_at=START + 5 * DAY,
        closed_at=START + 9 * DAY,
    )
    assert days(subscription) == (30, 30 if back is None else None, back)
    assert bool(subscription.disputed_at) is (status == "needs_response")
