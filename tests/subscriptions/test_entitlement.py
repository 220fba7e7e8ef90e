"""Section 7 of the rules: what each state of a subscription lets its reader do, over every boundary."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from subscriptions.entitlement import Facts, Policy, Window, entitle
from subscriptions.models import Status

START = datetime(2026, 1, 10, 12, tzinfo=UTC)
PERIOD = datetime(2026, 3, 10, 12, tzinfo=UTC)
END = datetime(2026, 4, 10, 12, tzinfo=UTC)
DAY = timedelta(days=1)
POLICY = Policy(past_due_grace=21 * DAY, renewal_slack=3 * DAY)
STRICT = replace(POLICY, keeps_paid_time=False)
GIVING = replace(POLICY, refund_ends_access=False)
PLAIN = Facts(Status.ACTIVE, START, PERIOD, END)


def end(status: str, policy: Policy = POLICY, **facts: object) -> datetime | None:
    window = entitle(replace(PLAIN, status=status, **facts), policy=policy)  # type: ignore[arg-type]
    return window.ends_at if window else None


@pytest.mark.parametrize("status", [Status.ACTIVE, Status.TRIALING])
def test_a_running_subscription_reads_a_little_past_its_period(status: str) -> None:
    assert entitle(replace(PLAIN, status=status), policy=POLICY) == Window(START, END + 3 * DAY)


@pytest.mark.parametrize("status", [Status.ACTIVE, Status.TRIALING])
def test_a_cancelled_one_reads_to_the_moment_it_is_cancelled_to(status: str) -> None:
    assert end(status, cancels_at=END) == END
    assert end(status, cancels_at=PERIOD + 2 * DAY) == PERIOD + 2 * DAY


@pytest.mark.parametrize("status", [Status.ACTIVE, Status.TRIALING])
def test_a_paused_collection_reads_to_the_end_of_what_was_settled(status: str) -> None:
    assert end(status, is_paused=True, covered_until_at=END) == END
    # Stripe goes on opening periods that nobody pays.
    assert end(status, is_paused=True, covered_until_at=PERIOD) == PERIOD
    assert end(status, is_paused=True) == END
    assert end(status, is_paused=True, covered_until_at=END, cancels_at=PERIOD + DAY) == PERIOD + DAY


def test_a_late_payment_has_its_grace_counted_from_what_was_settled_last() -> None:
    assert end(Status.PAST_DUE, covered_until_at=PERIOD) == PERIOD + 21 * DAY
    assert end(Status.PAST_DUE) == PERIOD + 21 * DAY
    # Left past due for ever, it opens new periods; grace does not start anew with each.
    assert end(Status.PAST_DUE, covered_until_at=START + DAY) == START + 22 * DAY
    # What failed was a change in the middle of a period that is paid.
    assert end(Status.PAST_DUE, covered_until_at=END, paid_until_at=END) == END + 21 * DAY


def test_a_late_payment_does_not_outlive_its_cancellation() -> None:
    assert end(Status.PAST_DUE, covered_until_at=PERIOD, cancels_at=PERIOD + 5 * DAY) == PERIOD + 5 * DAY
    assert end(Status.PAST_DUE, covered_until_at=PERIOD, cancels_at=END) == PERIOD + 21 * DAY


def test_an_ended_one_reads_what_was_paid_and_not_given_back() -> None:
    ended = PERIOD + 2 * DAY
    assert end(Status.CANCELED, ended_at=ended, paid_until_at=END) == END
    assert end(Status.CANCELED, STRICT, ended_at=ended, paid_until_at=END) == ended
    assert end(Status.CANCELED, ended_at=ended) == ended
    assert end(Status.CANCELED, ended_at=ended, paid_until_at=PERIOD) == ended
    assert end(Status.CANCELED, ended_at=ended, money_back_at=ended) == ended
    assert end(Status.CANCELED, ended_at=START) is None
    assert end(Status.CANCELED) is None


@pytest.mark.parametrize("status", [Status.ACTIVE, Status.TRIALING, Status.PAST_DUE])
def test_money_given_back_ends_access_unless_the_publisher_is_generous(status: str) -> None:
    back = PERIOD + 4 * DAY
    assert end(status, money_back_at=back) == back
    assert end(status, GIVING, money_back_at=back) == end(status)


@pytest.mark.parametrize("cancels_at", [None, END])
@pytest.mark.parametrize("is_paused", [False, True])
@pytest.mark.parametrize("paid_until_at", [None, END])
@pytest.mark.parametrize(
    "status",
    [Status.INCOMPLETE, Status.INCOMPLETE_EXPIRED, Status.UNPAID, Status.PAUSED, "something_new"],
)
def test_states_without_access(
    status: str, cancels_at: datetime | None, is_paused: bool, paid_until_at: datetime | None
) -> None:
    assert (
        end(
            status,
            cancels_at=cancels_at,
            is_paused=is_paused,
            paid_until_at=paid_until_at,
            covered_until_at=END,
        )
        is None
    )


def test_every_state_of_stripe_is_decided() -> None:
    assert {status.value for status in Status} == {
        "incomplete",
        "incomplete_expired",
        "trialing",
        "active",
        "past_due",
        "unpaid",
        "paused",
        "canceled",
    }
