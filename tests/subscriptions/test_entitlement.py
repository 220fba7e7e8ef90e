"""Section 7 of the rules: what each state of a subscription lets its reader do, over every boundary."""

from datetime import UTC, datetime, timedelta

import pytest

from subscriptions.entitlement import Policy, Window, entitle
from subscriptions.models import Status

START = datetime(2026, 1, 10, 12, tzinfo=UTC)
PERIOD = datetime(2026, 3, 10, 12, tzinfo=UTC)
END = datetime(2026, 4, 10, 12, tzinfo=UTC)
POLICY = Policy(past_due_grace=timedelta(days=21), renewal_slack=timedelta(days=3))


def window(
    status: str, *, cancels_at: datetime | None = None, ended_at: datetime | None = None
) -> Window | None:
    return entitle(
        status=status,
        started_at=START,
        period_start_at=PERIOD,
        period_end_at=END,
        cancels_at=cancels_at,
        ended_at=ended_at,
        policy=POLICY,
    )


@pytest.mark.parametrize(
    ("status", "cancels_at", "ended_at", "expected_end"),
    [
        (Status.ACTIVE, None, None, END + timedelta(days=3)),
        (Status.ACTIVE, END, None, END),
        (Status.TRIALING, None, None, END + timedelta(days=3)),
        (Status.TRIALING, END, None, END),
        (Status.PAST_DUE, None, None, PERIOD + timedelta(days=21)),
        (Status.PAST_DUE, PERIOD + timedelta(days=5), None, PERIOD + timedelta(days=5)),
        (Status.PAST_DUE, END, None, PERIOD + timedelta(days=21)),
        (Status.CANCELED, None, PERIOD + timedelta(days=2), PERIOD + timedelta(days=2)),
        (Status.CANCELED, END, END, END),
    ],
)
def test_states_with_access_end_when_they_should(
    status: str, cancels_at: datetime | None, ended_at: datetime | None, expected_end: datetime
) -> None:
    assert window(status, cancels_at=cancels_at, ended_at=ended_at) == Window(START, expected_end)


@pytest.mark.parametrize("cancels_at", [None, END])
@pytest.mark.parametrize(
    "status", [Status.INCOMPLETE, Status.INCOMPLETE_EXPIRED, Status.UNPAID, Status.PAUSED]
)
def test_states_without_access(status: str, cancels_at: datetime | None) -> None:
    assert window(status, cancels_at=cancels_at) is None


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


def test_a_state_we_do_not_know_gives_nothing() -> None:
    assert window("something_new") is None
