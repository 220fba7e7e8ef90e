"""Every state × flag × source of a right to read, the clock moved over every boundary (rules, section 7)."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from pytest_django.fixtures import Settings

from accounts.models import User
from subscriptions.actions.access import follow_subscription
from subscriptions.models import (
    Customer,
    Gift,
    Grant,
    Group,
    Institution,
    Plan,
    Seat,
    Source,
    Status,
    Subscription,
)
from subscriptions.queries import grants_of

pytestmark = pytest.mark.django_db

START = datetime(2026, 1, 10, 12, tzinfo=UTC)
PERIOD = datetime(2026, 3, 10, 12, tzinfo=UTC)
END = datetime(2026, 4, 10, 12, tzinfo=UTC)
NOW = PERIOD + timedelta(days=6)
TICK = timedelta(microseconds=1)
DAY = timedelta(days=1)
ELSEWHERE = (Source.COMP, Source.GIFT, Source.SEAT, Source.INSTITUTION)


@dataclass(frozen=True)
class Case:
    """A state with its flags: what Stripe and the invoices say of a subscription at `NOW`."""

    status: str
    is_cancelled: bool
    is_paused: bool
    is_refunded: bool

    @property
    def last_moment(self) -> datetime | None:
        """The first moment without access, by the table of section 7; None for no access at all."""
        if self.status in (Status.INCOMPLETE, Status.INCOMPLETE_EXPIRED, Status.UNPAID, Status.PAUSED):
            return None
        if self.is_refunded:
            return PERIOD + DAY if self.status == Status.CANCELED else NOW - 2 * DAY
        if self.status == Status.PAST_DUE:
            return min(PERIOD + 21 * DAY, END) if self.is_cancelled else PERIOD + 21 * DAY
        if self.status == Status.CANCELED:
            return END  # cancelled at once, paid to the end, nothing given back
        return END if self.is_cancelled or self.is_paused else END + 3 * DAY


CASES = [Case(status, *flags) for status in Status.values for flags in product((False, True), repeat=3)]


@pytest.fixture
def policy(settings: Settings) -> None:
    settings.PAST_DUE_GRACE_DAYS, settings.RENEWAL_SLACK_DAYS = 21, 3
    settings.KEEP_PAID_TIME = settings.REFUND_ENDS_ACCESS = True


@pytest.fixture
def reader(db: None) -> User:
    return User.objects.create_user("reader@example.com", name="Rafe Idunsen")


@pytest.fixture
def subscription(reader: User) -> Subscription:
    plan = Plan.objects.create(key="monthly", name="Monthly", amount=900, is_for_groups=True)
    return Subscription.objects.create(
        customer=Customer.objects.create(user=reader, stripe_id="cus_1"),
        plan=plan,
        stripe_id="sub_1",
        status=Status.ACTIVE,
        started_at=START,
        period_start_at=PERIOD,
        period_end_at=END,
        quantity=2,
        synced_at=NOW,
    )


def become(subscription: Subscription, case: Case) -> None:
    """Set the row as `sync_customer` would for this case, and let the grants follow."""
    settled = PERIOD if case.status == Status.PAST_DUE else END
    subscription.status = case.status
    subscription.cancels_at = END if case.is_cancelled else None
    subscription.pause_behavior = "void" if case.is_paused else ""
    subscription.ended_at = PERIOD + DAY if case.status == Status.CANCELED else None
    subscription.covered_until_at = settled
    subscription.paid_until_at = PERIOD if case.is_refunded else settled
    subscription.money_back_at = NOW - 2 * DAY if case.is_refunded else None
    subscription.save()
    follow_subscription(subscription=subscription, at=NOW)


def sources(user: User, at: datetime) -> set[str]:
    return {fact.source for fact in grants_of(user, at=at)}


def give(source: Source, reader: User, ends_at: datetime) -> Grant:
    """A right from elsewhere, in force from before the subscription until `ends_at`."""
    followed: dict[str, object] = {}
    if source == Source.GIFT:
        followed["gift"] = Gift.objects.create(
            plan=Plan.objects.get(),
            giver=reader,
            giver_name="Sabine",
            recipient_name="Rafe",
            recipient_email=reader.email,
            deliver_on=START.date(),
            code="LANTERN",
            amount=900,
            currency="usd",
            created_at=START,
        )
    if source == Source.SEAT:
        owner = User.objects.create_user("owner@example.com")
        group = Group.objects.create(
            name="Reading room",
            created_at=START,
            subscription=Subscription.objects.create(
                customer=Customer.objects.create(user=owner, stripe_id="cus_2"),
                stripe_id="sub_2",
                status=Status.ACTIVE,
                started_at=START,
                period_start_at=PERIOD,
                period_end_at=END,
                synced_at=NOW,
            ),
        )
        followed["seat"] = Seat.objects.create(
            group=group, email=reader.email, user=reader, invited_at=START, taken_at=START
        )
    if source == Source.INSTITUTION:
        followed["institution"] = Institution.objects.create(name="Harrow Library", starts_at=START)
    return Grant.objects.create(
        user=reader, source=source, starts_at=START, ends_at=ends_at, reason="Elsewhere.", **followed
    )


@pytest.mark.usefixtures("policy")
@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_state_reads_to_its_last_moment_and_not_beyond(
    case: Case, reader: User, subscription: Subscription
) -> None:
    become(subscription, case)
    last = case.last_moment
    if last is None:
        assert [sources(reader, at) for at in (START, NOW, END)] == [set(), set(), set()]
    else:
        seen = [sources(reader, at) for at in (START - TICK, START, last - TICK, last)]
        assert seen == [set(), {"stripe"}, {"stripe"}, set()]


@pytest.mark.usefixtures("policy")
@pytest.mark.parametrize("source", ELSEWHERE)
@pytest.mark.parametrize("case", [case for case in CASES if not case.is_paused], ids=str)
def test_a_right_from_elsewhere_is_neither_taken_nor_stretched(
    case: Case, source: Source, reader: User, subscription: Subscription
) -> None:
    elsewhere = give(source, reader, NOW + 50 * DAY)
    follow_subscription(subscription=subscription, at=NOW - DAY)  # it was active before
    become(subscription, case)
    elsewhere.refresh_from_db()
    assert elsewhere.ends_at == NOW + 50 * DAY
    own = {"stripe"} if case.last_moment and case.last_moment > NOW else set()
    assert sources(reader, NOW) == {source.value, *own}
    assert sources(reader, NOW + 50 * DAY) == set()


@pytest.mark.usefixtures("policy")
@pytest.mark.parametrize("case", CASES, ids=str)
def test_seats_follow_their_owners_state(case: Case, reader: User, subscription: Subscription) -> None:
    group = Group.objects.create(subscription=subscription, name="Reading room", created_at=START)
    people = [User.objects.create_user(f"seat{n}@example.com") for n in range(3)]
    for n, person in enumerate(people):
        moment = START + n * DAY
        Seat.objects.create(group=group, email=person.email, user=person, invited_at=moment, taken_at=moment)
    follow_subscription(subscription=subscription, at=NOW - DAY)
    become(subscription, case)
    last = case.last_moment
    is_open = {"seat"} if last and last > NOW else set()
    # Two seats are paid for: the third to be taken has none.
    assert [sources(person, NOW) for person in people] == [is_open, is_open, set()]
    if last and last > NOW:
        assert [sources(person, last) for person in people] == [set(), set(), set()]


@pytest.mark.usefixtures("policy")
def test_fewer_seats_take_from_the_last_comer_and_a_returned_one_makes_room(
    reader: User, subscription: Subscription
) -> None:
    group = Group.objects.create(subscription=subscription, name="Reading room", created_at=START)
    people = [User.objects.create_user(f"seat{n}@example.com") for n in range(2)]
    seats = [
        Seat.objects.create(
            group=group, email=person.email, user=person, invited_at=START, taken_at=START + n * DAY
        )
        for n, person in enumerate(people)
    ]
    follow_subscription(subscription=subscription, at=NOW)
    assert [sources(person, NOW) for person in people] == [{"seat"}, {"seat"}]

    subscription.quantity = 1
    subscription.save()
    follow_subscription(subscription=subscription, at=NOW)
    assert [sources(person, NOW) for person in people] == [{"seat"}, set()]

    seats[0].returned_at = NOW
    seats[0].save()
    follow_subscription(subscription=subscription, at=NOW + DAY)
    assert [sources(person, NOW + DAY) for person in people] == [set(), {"seat"}]


@pytest.mark.usefixtures("policy")
def test_a_grant_that_begins_later_than_our_clock_is_shut_too(
    reader: User, subscription: Subscription
) -> None:
    """Stripe's clock may be ahead of ours, or of the moment at which a long task was begun."""
    early = START - DAY
    follow_subscription(subscription=subscription, at=early)
    subscription.status = Status.UNPAID
    subscription.save()
    follow_subscription(subscription=subscription, at=early)
    assert [sources(reader, at) for at in (START, NOW)] == [set(), set()]
