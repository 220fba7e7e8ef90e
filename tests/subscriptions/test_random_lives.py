"""Random lives of a subscription, told of by an unreliable post: the books and grants end as Stripe's truth.

What is true is said here once more, from Stripe's objects and section 7 of the rules: not by the code
under test.
"""

import json
import os
import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import stripe
from django.conf import settings as django_settings
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.models import User
from sandbox.running import Sandbox, running_sandbox
from subscriptions.actions.access import follow_subscription
from subscriptions.actions.events import process_again, record_event
from subscriptions.actions.plans import sync_plans
from subscriptions.actions.reconciling import begin_run, compare_everything
from subscriptions.actions.settling import settle_due_events
from subscriptions.gateways.events import read_event
from subscriptions.models import (
    Customer,
    Dispute,
    Drift,
    Grant,
    Group,
    Invoice,
    Payment,
    Plan,
    Seat,
    StripeEvent,
    Subscription,
)
from subscriptions.queries import grants_of

START = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
GRACE, SLACK = 21 * DAY, 3 * DAY
LIVES = int(os.environ.get("RANDOM_LIVES", "10"))
"""More can be asked for by whoever doubts."""
TRIED = (Phase.explicit, Phase.reuse, Phase.generate)
"""Lives take seconds: one that fails is told as it was, not made shorter first."""
STEPS = (
    "wait a day",
    "wait ten days",
    "wait a month",
    "wait a month",
    "card goes bad",
    "card is good",
    "card that disputes",
    "pay what is open",
    "go yearly",
    "go monthly",
    "cancel to the end",
    "cancel now",
    "resume",
    "pause",
    "go on",
    "refund all",
    "refund a part",
    "lose the dispute",
    "two seats",
    "one seat",
    "subscribe again",
)
BEGINNINGS = ("pm_card_visa", "pm_card_visa", "pm_card_chargeCustomerFail", "trial")
LIFE = st.tuples(
    st.sampled_from(BEGINNINGS),
    st.lists(st.sampled_from(STEPS), min_size=3, max_size=9),
    st.sampled_from((True, True, True, False)),
)
"""How it begins, what happens then, and whether it lives by a test clock, which Stripe's lists leave out."""
RECOVERED = ("pm_card_visa", ["card goes bad", "wait a month", "card is good", "pay what is open"], True)
GIVEN_UP = ("trial", ["two seats", "card goes bad", "wait a month", "wait a month", "subscribe again"], True)
LOST = ("pm_card_visa", ["card that disputes", "wait a month", "wait a day", "lose the dispute"], True)
BACK = ("pm_card_visa", ["go yearly", "refund all", "wait ten days"], True)
RESTING = ("pm_card_visa", ["pause", "wait a month", "wait a month", "go on", "cancel to the end"], True)
BY_CLOCK = ("wait a day", "wait ten days", "wait a month", "card that disputes")
"""Steps that take time; the bank takes some, too."""


def chance(seed: int) -> random.Random:
    """The same each time."""
    return random.Random(seed)  # noqa: S311 a test's


class Life:
    """One reader, who lives by a test clock at Stripe, or in the present."""

    def __init__(self, v1: Any, monthly: Plan, yearly: Plan, *, by_clock: bool) -> None:
        self.v1, self.monthly, self.yearly = v1, monthly, yearly
        self.clock, self.clock_at = "", START
        lives_by = {}
        if by_clock:
            self.clock = v1.test_helpers.test_clocks.create({"frozen_time": stamp(START)}).id
            lives_by = {"test_clock": self.clock}
        self.id = v1.customers.create({"email": "reader@example.com", **lives_by}).id
        self.user = User.objects.create_user("reader@example.com", name="Rafe Idunsen")
        self.customer = Customer.objects.create(user=self.user, stripe_id=self.id)
        self.subscription = ""

    @property
    def now(self) -> datetime:
        return self.clock_at if self.clock else datetime.now(UTC)

    def begin(self, how: str) -> None:
        card = "pm_card_visa" if how == "trial" else how
        self._attach(card)
        terms = {"trial_period_days": 14} if how == "trial" else {}
        items = [{"price": self.monthly.stripe_price_id}]
        made = self.v1.subscriptions.create({"customer": self.id, "items": items, **terms})
        self.subscription = made.id

    def _attach(self, card: str) -> None:
        method = self.v1.payment_methods.attach(card, {"customer": self.id})
        self.v1.customers.update(self.id, {"invoice_settings": {"default_payment_method": method.id}})

    def do(self, step: str) -> None:
        """Take a step; one that Stripe refuses, as things stand, changes nothing."""
        if not self.clock and step in BY_CLOCK:
            return
        with suppress(stripe.InvalidRequestError, stripe.CardError):
            DEEDS[step](self)

    def wait(self, span: timedelta) -> None:
        self.clock_at += span
        self.v1.test_helpers.test_clocks.advance(self.clock, {"frozen_time": stamp(self.clock_at)})

    def update(self, **params: Any) -> None:
        self.v1.subscriptions.update(self.subscription, params)

    def change(self, **item: Any) -> None:
        there = self.v1.subscriptions.retrieve(self.subscription)["items"].data[0]
        self.update(items=[{"id": there.id, **item}], proration_behavior="always_invoice")

    def pay_open(self) -> None:
        for invoice in self.v1.invoices.list({"customer": self.id, "status": "open"}).data:
            self.v1.invoices.pay(invoice.id)

    def refund(self, *, part: int | None = None) -> None:
        charges = self.v1.charges.list({"customer": self.id}).data
        paid = next((each for each in charges if each.status == "succeeded"), None)
        if paid:
            params = {"charge": paid.id} | ({"amount": part} if part else {})
            self.v1.refunds.create(params)

    def lose(self) -> None:
        for dispute in self.v1.disputes.list().data:
            if dispute.status == "needs_response":
                self.v1.disputes.close(dispute.id)

    def again(self) -> None:
        """Those whose subscription has ended may take another; a second beside one that runs is a double."""
        if self.v1.subscriptions.retrieve(self.subscription).status in ("canceled", "incomplete_expired"):
            self.begin("pm_card_visa")


def stamp(moment: datetime) -> int:
    return int(moment.timestamp())


DEEDS: dict[str, Callable[[Life], None]] = {
    "wait a day": lambda life: life.wait(DAY),
    "wait ten days": lambda life: life.wait(10 * DAY),
    "wait a month": lambda life: life.wait(32 * DAY),
    "card goes bad": lambda life: life._attach("pm_card_chargeCustomerFail"),
    "card is good": lambda life: life._attach("pm_card_visa"),
    "card that disputes": lambda life: life._attach("pm_card_createDispute"),
    "pay what is open": Life.pay_open,
    "go yearly": lambda life: life.change(price=life.yearly.stripe_price_id),
    "go monthly": lambda life: life.change(price=life.monthly.stripe_price_id),
    "cancel to the end": lambda life: life.update(cancel_at_period_end=True),
    "cancel now": lambda life: life.v1.subscriptions.cancel(life.subscription),
    "resume": lambda life: life.update(cancel_at_period_end=False),
    "pause": lambda life: life.update(pause_collection={"behavior": "void"}),
    "go on": lambda life: life.update(pause_collection=""),
    "refund all": lambda life: life.refund(),
    "refund a part": lambda life: life.refund(part=100),
    "lose the dispute": Life.lose,
    "two seats": lambda life: life.change(quantity=2),
    "one seat": lambda life: life.change(quantity=1),
    "subscribe again": Life.again,
}


class Truth:
    """What Stripe's objects say of a reader."""

    def __init__(self, life: Life) -> None:
        v1 = life.v1
        self.subscriptions = every(
            v1.subscriptions.list({"customer": life.id, "status": "all", "limit": 100})
        )
        self.invoices = every(
            v1.invoices.list({"customer": life.id, "limit": 100, "expand": ["data.payments"]})
        )
        self.charges = every(v1.charges.list({"customer": life.id, "limit": 100}))
        # Nobody else lives there.
        self.disputes = every(v1.disputes.list({"limit": 100}))
        self.refunds = every(v1.refunds.list({"limit": 100}))

    def books(self) -> dict[str, object]:
        """Rows of each kind by their id."""
        return {
            "subscriptions": {each.id: self._facts(each) for each in self.subscriptions},
            "invoices": {
                each.id: (each.status, each.total, each.amount_paid, each.amount_remaining)
                for each in self.invoices
            },
            "payments": {each.id: (each.status, each.amount, each.amount_refunded) for each in self.charges},
            "disputes": {each.id: (each.status, each.amount) for each in self.disputes},
        }

    def _facts(self, subscription: Any) -> tuple[object, ...]:
        item = subscription["items"].data[0]
        return (
            subscription.status,
            item.price.id,
            item.quantity,
            moment(item.current_period_end),
            self._cancels_at(subscription),
            moment(subscription.ended_at),
            subscription.pause_collection.behavior if subscription.pause_collection else "",
        )

    def _cancels_at(self, subscription: Any) -> datetime | None:
        if subscription.cancel_at:
            return moment(subscription.cancel_at)
        end = subscription["items"].data[0].current_period_end
        return moment(end) if subscription.cancel_at_period_end else None

    def may_read(self, at: datetime) -> bool:
        """Whether the owner may read, now or at a time to come if nothing else happens (section 7)."""
        return any(self.ends(each) > at for each in self.subscriptions)

    def seats(self, at: datetime) -> int:
        """How many places beside the owner's read."""
        return max(
            (each["items"].data[0].quantity for each in self.subscriptions if self.ends(each) > at), default=0
        )

    def ends(self, subscription: Any) -> datetime:
        """When the right to read ends that comes from one subscription; long ago for none."""
        end = self._ends_by_state(subscription)
        lost_at = self._money_gone_at(subscription)
        return min(end, lost_at) if lost_at else end

    def _ends_by_state(self, subscription: Any) -> datetime:
        period_end = moment(subscription["items"].data[0].current_period_end)
        assert period_end is not None
        cancels_at = self._cancels_at(subscription)
        settled = self._settled_until(subscription)
        match subscription.status:
            case "active" | "trialing":
                if subscription.pause_collection:
                    return min(settled or period_end, cancels_at or settled or period_end)
                return cancels_at or period_end + SLACK
            case "past_due":
                begin = moment(subscription["items"].data[0].current_period_start)
                assert begin is not None
                end = (settled or begin) + GRACE
                return min(end, cancels_at or end)
            case "canceled":
                ended_at = moment(subscription.ended_at)
                assert ended_at is not None
                return max([ended_at, *self._kept_until(subscription)])
            case _:
                return datetime.min.replace(tzinfo=UTC)

    def _paid_invoices(self, subscription: Any) -> list[Any]:
        """Newest first."""
        return [
            each
            for each in self.invoices
            if each.status == "paid" and each.parent.subscription_details.subscription == subscription.id
        ]

    def _settled_until(self, subscription: Any) -> datetime | None:
        """The end of the last period that an invoice settled, at no cost too."""
        ends = (covered(each, least=0) for each in self._paid_invoices(subscription))
        return next((end for end in ends if end), None)

    def _kept_until(self, subscription: Any) -> list[datetime]:
        """The end of the last period that money was taken for and kept: one, or none."""
        costly = (each for each in self._paid_invoices(subscription) if covered(each, least=1))
        kept = (covered(each, least=1) for each in costly if self._lost_at(each) is None)
        return [end for end in list(kept)[:1] if end]

    def _money_gone_at(self, subscription: Any) -> datetime | None:
        """When the money for the running period went back, unless a period paid before lasts longer."""
        costly = [each for each in self._paid_invoices(subscription) if covered(each, least=1)]
        lost_at = self._lost_at(costly[0]) if costly else None
        kept = self._kept_until(subscription)
        return None if lost_at and kept and kept[0] > lost_at else lost_at

    def _lost_at(self, invoice: Any) -> datetime | None:
        """When all that was paid on it was refunded, or its dispute was lost (no later than now)."""
        intents = {each.payment.payment_intent for each in invoice.payments.data}
        charges = {each.id for each in self.charges if each.payment_intent in intents}
        back = [each for each in self.refunds if each.charge in charges and each.status == "succeeded"]
        moments = []
        if 0 < invoice.amount_paid <= sum(each.amount for each in back):
            moments.append(max(each.created for each in back))
        moments += [
            each.created for each in self.disputes if each.charge in charges and each.status == "lost"
        ]
        return moment(max(moments)) if moments else None


def covered(invoice: Any, *, least: int) -> datetime | None:
    """The end of the longest period that a line of at least so much pays for."""
    lines = every(invoice.lines)
    ends = [
        line.period.end
        for line in lines
        if line.amount - sum(each.amount for each in line.discount_amounts or ()) >= least
    ]
    return moment(max(ends)) if ends else None


def every(first: Any) -> list[Any]:
    return list(first.auto_paging_iter())


def moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def our_books(life: Life) -> dict[str, object]:
    facts = ("status", "price_id", "quantity", "period_end_at", "cancels_at", "ended_at", "pause_behavior")
    return {
        "subscriptions": keyed(Subscription, life, *facts),
        "invoices": keyed(Invoice, life, "status", "total", "amount_paid", "amount_remaining"),
        "payments": keyed(Payment, life, "status", "amount", "amount_refunded"),
        "disputes": {
            stripe_id: (status, amount)
            for stripe_id, status, amount in Dispute.objects.values_list("stripe_id", "status", "amount")
        },
    }


def keyed(model: Any, life: Life, *names: str) -> dict[str, tuple[object, ...]]:
    rows = model.objects.filter(customer=life.customer).values_list("stripe_id", *names)
    return {stripe_id: tuple(rest) for stripe_id, *rest in rows}


class Post:
    """Brings Stripe's events: late, twice, out of order, or not at all."""

    def __init__(self, life: Life, luck: random.Random, *, loses: float) -> None:
        self.life, self.luck, self.loses = life, luck, loses
        self.seen: set[str] = set()
        self.bag: list[str] = []

    def collect(self) -> None:
        """Take what was sent since the last time; some of it is lost on the way."""
        for event in every(self.life.v1.events.list({"limit": 100})):
            if event.id not in self.seen:
                self.seen.add(event.id)
                if self.luck.random() >= self.loses:
                    self.bag += [json.dumps(event.to_dict(), default=str)] * self.luck.choice((1, 1, 2))

    def deliver(self, share: float) -> None:
        """Hand over a share of what is in the bag, in any order."""
        self.luck.shuffle(self.bag)
        number = round(len(self.bag) * share)
        handed, self.bag = self.bag[:number], self.bag[number:]
        for body in handed:
            self._hand_over(body)
        settle_due_events(clock=lambda: self.life.now, until=self.life.now + DAY)

    def _hand_over(self, body: str) -> None:
        """One that came before is acted on once more, as if it had not been known for the same."""
        event = read_event(body)
        known = StripeEvent.objects.filter(stripe_id=event.id).first()
        if known:
            process_again(event=known, by=None, at=self.life.now)
        else:
            record_event(event=event, body=body.encode(), at=self.life.now)


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("lives") / "state.sqlite3"


@pytest.fixture(scope="module")
def world(state: Path) -> Iterator[Sandbox]:
    with running_sandbox(state=state) as running:
        yield running


class RandomLivesTest(TestCase):
    world: Sandbox
    state: Path

    @pytest.fixture(autouse=True)
    def _at_the_sandbox(self, world: Sandbox, state: Path, settings: Any) -> None:
        settings.STRIPE_API_BASE = world.stripe_url
        settings.STRIPE_REQUESTS_PER_SECOND = 10_000
        self.world, self.state = world, state

    @settings(max_examples=LIVES, deadline=None, phases=TRIED)
    @example(RECOVERED, chance(1))
    @example(GIVEN_UP, chance(2))
    @example(LOST, chance(3))
    @example(BACK, chance(4))
    @example(RESTING, chance(5))
    @given(LIFE, st.randoms(use_true_random=False))
    def test_each_event_delivered_at_least_once_in_any_order(
        self, life: tuple[str, list[str], bool], luck: random.Random
    ) -> None:
        lived = self._live(*life, luck, loses=0)
        self._expect_truth(lived)
        assert set(StripeEvent.objects.values_list("state", flat=True)) <= {"done", "ignored"}

    @settings(max_examples=LIVES, deadline=None, phases=TRIED)
    @example(RECOVERED, chance(1))
    @example(GIVEN_UP, chance(2))
    @example(LOST, chance(3))
    @example(BACK, chance(4))
    @example(RESTING, chance(5))
    @given(LIFE, st.randoms(use_true_random=False))
    def test_whatever_was_lost_a_comparison_makes_up_for(
        self, life: tuple[str, list[str], bool], luck: random.Random
    ) -> None:
        lived = self._live(*life, luck, loses=luck.choice((0.5, 0.9, 1)))
        run = begin_run(by=None, at=lived.now)
        assert list(compare_everything(run=run, clock=lambda: lived.now))
        self._give_seats(lived)
        self._expect_truth(lived)
        assert list(Drift.objects.filter(state=Drift.State.OPEN)) == []

    def _live(self, how: str, steps: list[str], by_clock: bool, luck: random.Random, *, loses: float) -> Life:
        """A life with a group of two places taken, and a post that comes by after each step."""
        self._forget()
        life = Life(self._client(), *self._plans(), by_clock=by_clock)
        post = Post(life, luck, loses=loses)
        life.begin(how)
        for step in steps:
            self._give_seats(life)
            life.do(step)
            post.collect()
            post.deliver(luck.choice((0, 0.5, 1)))
        post.collect()
        post.deliver(1)
        self._give_seats(life)
        return life

    def _client(self) -> Any:
        return stripe.StripeClient(
            django_settings.STRIPE_SECRET_KEY,
            stripe_version=django_settings.STRIPE_API_VERSION,
            base_addresses={"api": self.world.stripe_url},
        ).v1

    def _plans(self) -> tuple[Plan, Plan]:
        facts = {"currency": "usd", "is_for_groups": True}
        monthly = Plan.objects.create(key="monthly", name="Monthly", amount=900, interval="month", **facts)
        yearly = Plan.objects.create(key="yearly", name="Yearly", amount=9000, interval="year", **facts)
        list(sync_plans())
        monthly.refresh_from_db()
        yearly.refresh_from_db()
        return monthly, yearly

    def _forget(self) -> None:
        with closing(sqlite3.connect(self.state, timeout=20)) as kept, kept:
            for table in ("attempts", "deliveries", "idempotency", "objects"):
                kept.execute(f"DELETE FROM {table}")  # noqa: S608 the names above

    def _give_seats(self, life: Life) -> None:
        """Whenever we come to know of a subscription, two people take seats on it."""
        for row in Subscription.objects.filter(group__seats__isnull=True):
            facts = {"name": "The Crew", "created_at": life.now}
            group, _ = Group.objects.get_or_create(subscription=row, defaults=facts)
            for number in (1, 2):
                user, _ = User.objects.get_or_create(email=f"seat-{number}@example.com")
                Seat.objects.create(
                    group=group, user=user, email=user.email, invited_at=life.now, taken_at=row.started_at
                )
            follow_subscription(subscription=row, at=life.now)

    def _expect_truth(self, life: Life) -> None:
        truth = Truth(life)
        assert our_books(life) == truth.books()
        for days in (0, 1, 4, 12, 22, 33, 64, 380):
            at = life.now + days * DAY
            assert bool(grants_of(life.user, at=at)) == truth.may_read(at), f"in {days} days"
            reading = Grant.objects.filter(source="seat").current(at=at).values("user").distinct()
            assert reading.count() == min(2, truth.seats(at)), f"seats in {days} days"
