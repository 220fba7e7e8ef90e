"""Acting on Stripe's events: rules S4, S5, S6 and S7, against the sandbox."""

import threading
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from subscriptions.actions import books as books_actions
from subscriptions.actions import settling
from subscriptions.actions.books import sync_customer
from subscriptions.actions.settling import (
    LEASE,
    MAX_ATTEMPTS,
    MAX_FAULTS,
    claim_events,
    settle_due_events,
    settle_events,
)
from subscriptions.gateways import Books, StripeBusy, StripeRefused, StripeUnavailable, fetch_books
from subscriptions.models import (
    Customer,
    Grant,
    NotHeeded,
    Plan,
    Status,
    StripeEvent,
    Subscription,
    SyncTicket,
)
from subscriptions.queries import grants_of
from subscriptions.tasks import sweep_events
from tests.subscriptions.conftest import Till, deliver, event_about, store

pytestmark = pytest.mark.django_db(transaction=True)

State = StripeEvent.State
AWAY = "http://127.0.0.1:9"


def settle_all() -> None:
    settle_due_events(clock=timezone.now, until=timezone.now() + timedelta(minutes=1))


def waiting(number: int, customer: str = "cus_1", *, at: datetime | None = None) -> StripeEvent:
    """The `number`-th event about a customer, not acted on."""
    return store(
        event_about("customer.updated", {"id": customer, "object": "customer"}, f"evt_{number}_{customer}"),
        at=at or timezone.now(),
    )


def failing(monkeypatch: pytest.MonkeyPatch, error: Exception) -> list[str]:
    """Let every comparison end with `error`; the customers that were tried."""
    tried: list[str] = []

    def fail(*, customer: Customer, at: datetime) -> None:
        tried.append(customer.stripe_id)
        raise error

    monkeypatch.setattr(settling, "sync_customer", fail)
    return tried


def counting_fetches(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    fetched: list[str] = []

    def fetch(customer_id: str, *, known: tuple[str, ...]) -> Books:
        fetched.append(customer_id)
        return fetch_books(customer_id, known=known)

    monkeypatch.setattr(books_actions, "fetch_books", fetch)
    return fetched


@pytest.fixture
def customer(reader: User) -> Customer:
    return Customer.objects.create(user=reader, stripe_id="cus_1")


# Order and truth


def test_s5_the_end_state_is_stripes_whatever_the_order(
    till: Till, reader: User, plan: Plan, settings: Settings
) -> None:
    settings.KEEP_PAID_TIME = False
    stripe_id = till.subscribe(reader, plan).id
    till.v1.subscriptions.cancel(stripe_id)

    deliver("customer.subscription.deleted", {"id": stripe_id, "status": "canceled"}, "evt_3")
    deliver("customer.subscription.updated", {"id": stripe_id, "status": "active"}, "evt_2")
    deliver("customer.subscription.created", {"id": stripe_id, "status": "incomplete"}, "evt_1")

    assert Subscription.objects.get().status == Status.CANCELED
    assert grants_of(reader, at=timezone.now()) == ()


def test_s5_a_payload_is_never_believed(till: Till, reader: User, plan: Plan) -> None:
    stripe_id = till.subscribe(reader, plan, card="pm_card_threeDSecure2Required").id
    deliver("customer.subscription.updated", {"id": stripe_id, "status": "active"}, "evt_1")
    assert Subscription.objects.get().status == Status.INCOMPLETE
    assert grants_of(reader, at=timezone.now()) == ()


@pytest.mark.parametrize("thing", ["subscription", "invoice", "charge", "payment_method", "refund"])
def test_s3_s5_any_object_leads_to_its_customer(till: Till, reader: User, plan: Plan, thing: str) -> None:
    """Our books know none of them yet: Stripe is asked whose it is."""
    subscription = till.subscribe(reader, plan)
    charge = till.v1.charges.list({"customer": subscription.customer}).data[0]
    ids = {
        "subscription": subscription.id,
        "invoice": subscription.latest_invoice,
        "charge": charge.id,
        "payment_method": subscription.default_payment_method,
    }
    stripe_id = ids.get(thing) or till.v1.refunds.create({"charge": charge.id, "amount": 100}).id
    kind = {"subscription": "customer.subscription"}.get(thing, thing)
    event = deliver(f"{kind}.updated", {"id": stripe_id, "object": thing}, "evt_1")
    assert (event.state, event.subject) == (State.DONE, subscription.customer)
    assert Subscription.objects.get().status == Status.ACTIVE


def test_s5_an_invoice_leads_to_its_subscription(till: Till, reader: User, plan: Plan) -> None:
    subscription = till.subscribe(reader, plan)
    details = till.v1.invoices.retrieve(subscription.latest_invoice).parent.subscription_details
    invoice = {"id": subscription.latest_invoice, "parent": {"subscription_details": details.to_dict()}}
    assert deliver("invoice.paid", invoice, "evt_1").state == State.DONE
    assert Subscription.objects.get().status == Status.ACTIVE


def test_s5_of_two_overlapping_fetches_the_one_begun_later_wins(
    till: Till, reader: User, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The earlier fetch sees the subscription active, then sleeps while a later one sees it cancelled."""
    stripe_id = till.subscribe(reader, plan).id

    customer = Customer.objects.get()

    def fetch_then_be_overtaken(customer_id: str, *, known: tuple[str, ...]) -> Books:
        seen = fetch_books(customer_id)
        monkeypatch.setattr(books_actions, "fetch_books", fetch_books)
        till.v1.subscriptions.cancel(stripe_id)
        sync_customer(customer=customer, at=timezone.now())
        return seen

    monkeypatch.setattr(books_actions, "fetch_books", fetch_then_be_overtaken)
    sync_customer(customer=customer, at=timezone.now())
    assert Subscription.objects.get().status == Status.CANCELED


def test_s4_two_events_for_one_state_end_the_same(till: Till, reader: User, plan: Plan) -> None:
    stripe_id = till.subscribe(reader, plan).id
    deliver("customer.subscription.created", {"id": stripe_id}, "evt_1")
    before = Grant.objects.values().get()
    deliver("customer.subscription.updated", {"id": stripe_id}, "evt_2")
    assert Grant.objects.values().get() == before


def test_a_cancellation_keeps_access_to_the_periods_end(till: Till, reader: User, plan: Plan) -> None:
    stripe_id = till.subscribe(reader, plan).id
    till.v1.subscriptions.update(stripe_id, {"cancel_at_period_end": True})
    deliver("customer.subscription.updated", {"id": stripe_id}, "evt_1")
    subscription = Subscription.objects.get()
    assert subscription.cancels_at == subscription.period_end_at == Grant.objects.get().ends_at

    till.v1.subscriptions.update(stripe_id, {"cancel_at_period_end": False})
    deliver("customer.subscription.updated", {"id": stripe_id}, "evt_2")
    subscription.refresh_from_db()
    assert subscription.cancels_at is None
    assert SyncTicket.objects.get().written == 2


# Strangers


def test_s6_a_strangers_subscription_is_ignored_and_counted(till: Till, reader: User, plan: Plan) -> None:
    stranger = till.v1.customers.create({"email": "stranger@example.com"})
    method = till.v1.payment_methods.attach("pm_card_visa", {"customer": stranger.id})
    subscription = till.v1.subscriptions.create(
        {
            "customer": stranger.id,
            "items": [{"price": plan.stripe_price_id}],
            "default_payment_method": method.id,
        }
    )
    event = deliver("customer.subscription.created", {"id": subscription.id}, "evt_1")
    assert (event.state, event.note, event.subject) == (State.IGNORED, NotHeeded.STRANGER, stranger.id)
    assert Subscription.objects.count() == 0
    assert StripeEvent.objects.all().counts(since=event.received_at).strangers == 1


def test_s6_a_foreign_price_gives_no_access_and_is_counted(till: Till, reader: User, plan: Plan) -> None:
    foreign = till.v1.prices.create(
        {
            "currency": "usd",
            "unit_amount": 500,
            "recurring": {"interval": "month"},
            "product_data": {"name": "Mug club"},
        }
    )
    plan.stripe_price_id = foreign.id
    subscription = till.subscribe(reader, plan)
    event = deliver("customer.subscription.created", {"id": subscription.id}, "evt_1")
    assert (event.state, event.note) == (State.IGNORED, f"Price {foreign.id} is not one of our plans.")
    assert grants_of(reader, at=timezone.now()) == ()
    assert StripeEvent.objects.all().counts(since=event.received_at).foreign_prices == 1


def test_s6_a_checkout_of_another_site_is_ignored() -> None:
    event = deliver("checkout.session.completed", {"id": "cs_test_1", "customer": "cus_9"}, "evt_1")
    assert (event.state, event.note) == (State.IGNORED, NotHeeded.FOREIGN_CHECKOUT)


# Bursts


def test_a_burst_about_one_customer_costs_one_fetch(
    till: Till, reader: User, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscription = till.subscribe(reader, plan)
    for number in range(12):
        waiting(number, subscription.customer)
    fetched = counting_fetches(monkeypatch)
    sweep_events()
    assert fetched == [subscription.customer]
    assert set(StripeEvent.objects.values_list("state", "attempts")) == {(State.DONE, 1)}
    assert Subscription.objects.get().status == Status.ACTIVE


def test_what_comes_during_a_fetch_has_a_fetch_of_its_own(
    till: Till, reader: User, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may tell of what that fetch no longer saw; but no second worker begins while the first fetches."""
    stripe_id, number = till.subscribe(reader, plan).id, iter(range(2, 9))
    customer = Customer.objects.get()
    taken_meanwhile = []

    def fetch_while_more_comes(customer_id: str, *, known: tuple[str, ...]) -> Books:
        seen = fetch_books(customer_id)
        if Subscription.objects.count() == 0:
            till.v1.subscriptions.cancel(stripe_id)
            waiting(next(number), customer.stripe_id)
            taken_meanwhile.extend(claim_events(at=timezone.now()))
        return seen

    monkeypatch.setattr(books_actions, "fetch_books", fetch_while_more_comes)
    waiting(1, customer.stripe_id)
    settle_all()
    assert taken_meanwhile == []
    assert Subscription.objects.get().status == Status.CANCELED
    assert [event.state for event in StripeEvent.objects.all()] == [State.DONE, State.DONE]
    assert SyncTicket.objects.get().written == 2


def test_workers_at_once_take_each_object_once() -> None:
    for number in range(30):
        waiting(number, f"cus_{number % 6}")
    taken: list[list[StripeEvent]] = []

    def work() -> None:
        while events := claim_events(at=timezone.now()):
            taken.append(events)
        connection.close()

    run_at_once(work, times=4)
    assert sorted(events[0].subject for events in taken) == [f"cus_{number}" for number in range(6)]
    assert [len(events) for events in taken] == [5] * 6


def run_at_once(work: Any, *, times: int) -> None:
    threads = [threading.Thread(target=work) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_what_a_dead_worker_held_is_taken_up_after_its_lease() -> None:
    event, at = waiting(1), timezone.now()
    assert claim_events(at=at) == [event]
    waiting(2)
    assert claim_events(at=at + LEASE - timedelta(seconds=1)) == []
    assert [row.stripe_id for row in claim_events(at=at + LEASE)] == ["evt_1_cus_1", "evt_2_cus_1"]


def test_the_longest_waiting_comes_first() -> None:
    now = timezone.now()
    for customer, minutes in (("cus_new", 1), ("cus_old", 3), ("cus_middle", 2)):
        waiting(1, customer, at=now - timedelta(minutes=minutes))
    order = [claim_events(at=now)[0].subject for _ in range(3)]
    assert order == ["cus_old", "cus_middle", "cus_new"]


# Failure and patience


def test_s6_an_outage_leaves_the_event_waiting_and_then_settles(
    till: Till, reader: User, plan: Plan, settings: Settings
) -> None:
    stripe_id = till.subscribe(reader, plan).id
    working, settings.STRIPE_API_BASE = settings.STRIPE_API_BASE, AWAY
    event = deliver("customer.subscription.created", {"id": stripe_id}, "evt_1")
    assert (event.state, event.attempts) == (State.WAITING, 1)
    assert list(StripeEvent.objects.all().due(at=timezone.now() + timedelta(seconds=50))) == []
    assert list(StripeEvent.objects.all().due(at=timezone.now() + timedelta(seconds=70))) == [event]

    settings.STRIPE_API_BASE = working
    settle_events(events=[event], at=timezone.now())
    event.refresh_from_db()
    assert (event.state, Subscription.objects.get().status) == (State.DONE, Status.ACTIVE)


@pytest.mark.parametrize("error", [StripeUnavailable("500"), StripeBusy("429"), OperationalError("locked")])
def test_s6_when_stripe_is_away_it_is_left_in_peace_until_the_next_sweep(
    reader: User, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    for number in range(5):
        user = User.objects.create_user(f"away-{number}@example.com")
        Customer.objects.create(user=user, stripe_id=f"cus_{number}")
        waiting(number, f"cus_{number}")
    tried = failing(monkeypatch, error)
    settle_all()
    assert tried == ["cus_0", "cus_1", "cus_2"]
    settle_all()
    assert tried == ["cus_0", "cus_1", "cus_2", "cus_3", "cus_4"]
    assert set(StripeEvent.objects.values_list("state", "attempts")) == {(State.WAITING, 1)}


def test_s7_an_outage_of_three_days_is_outlived(customer: Customer, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, StripeUnavailable("away"))
    tries = tries_until_failed(waiting(1))
    assert len(tries) == MAX_ATTEMPTS
    assert tries[-1] - tries[0] > timedelta(days=3)
    pauses = [later - earlier for earlier, later in pairwise(tries)]
    assert (pauses[0], max(pauses)) == (timedelta(minutes=1), timedelta(hours=1))


@pytest.mark.parametrize(
    ("error", "note"),
    [
        (StripeRefused("No such customer", "resource_missing"), "No such customer"),
        (RuntimeError("a fault of ours"), "RuntimeError: a fault of ours"),
    ],
)
def test_s6_what_stripe_refuses_or_we_stumble_over_is_tried_for_hours_and_then_shown(
    customer: Customer, monkeypatch: pytest.MonkeyPatch, error: Exception, note: str
) -> None:
    failing(monkeypatch, error)
    event = waiting(1)
    tries = tries_until_failed(event)
    assert len(tries) == MAX_FAULTS
    assert timedelta(hours=2) < tries[-1] - tries[0] < timedelta(hours=4)
    assert (event.note, event.attempts) == (note, MAX_FAULTS)
    assert StripeEvent.objects.all().counts(since=event.received_at).failed == 1
    assert list(StripeEvent.objects.all().due(at=timezone.now() + timedelta(days=30))) == []


def tries_until_failed(event: StripeEvent) -> list[datetime]:
    """Work at every moment at which the event is due, until it is left to a person; those moments."""
    moments = []
    at = event.received_at
    while event.state == State.WAITING:
        moments.append(at)
        settle_due_events(clock=lambda: moments[-1], until=at + timedelta(seconds=1))
        event.refresh_from_db()
        at = event.try_after_at or at
    return moments


def test_s6_a_fault_of_ours_stops_no_other_event(customer: Customer, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, RuntimeError("a fault of ours"))
    broken, other = waiting(1), waiting(2, "cus_stranger")
    settle_all()
    broken.refresh_from_db()
    other.refresh_from_db()
    assert (broken.state, broken.attempts) == (State.WAITING, 1)
    assert (other.state, other.note) == (State.IGNORED, NotHeeded.STRANGER)


def test_one_that_pauses_is_settled_with_the_next_of_its_customer(
    till: Till, reader: User, plan: Plan, settings: Settings
) -> None:
    customer = till.subscribe(reader, plan).customer
    working, settings.STRIPE_API_BASE = settings.STRIPE_API_BASE, AWAY
    paused = waiting(1, customer)
    settle_all()
    settings.STRIPE_API_BASE = working
    waiting(2, customer)
    settle_all()
    paused.refresh_from_db()
    assert (paused.state, paused.attempts, paused.try_after_at) == (State.DONE, 2, None)


def test_time_for_other_tasks(customer: Customer) -> None:
    for number in range(3):
        waiting(number, f"cus_stranger_{number}")
    at = timezone.now()
    assert settle_due_events(clock=lambda: at, until=at) is True
    assert StripeEvent.objects.filter(state=State.IGNORED).count() == 1
    assert settle_due_events(clock=lambda: at, until=at + timedelta(seconds=1)) is False
    assert StripeEvent.objects.filter(state=State.IGNORED).count() == 3
