"""Acting on Stripe's events: rules S4, S5 and S6, against the sandbox."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from subscriptions.actions import books as books_actions
from subscriptions.actions import events as event_actions
from subscriptions.actions.books import sync_customer
from subscriptions.actions.events import MAX_ATTEMPTS, _postpone, process_event, record_event
from subscriptions.gateways import Books, EventSnapshot, StripeUnavailable, fetch_books
from subscriptions.models import Customer, Grant, Plan, Status, StripeEvent, Subscription, SyncTicket
from subscriptions.queries import grants_of, waiting_events
from subscriptions.tasks import sweep_events
from tests.subscriptions.conftest import Till, event_about

pytestmark = pytest.mark.django_db(transaction=True)


def deliver(kind: str, thing: Any, event_id: str) -> StripeEvent:
    """Record an event whose body says `thing`, and act on it."""
    event = EventSnapshot(id=event_id, type=kind, livemode=False, is_thin=False)
    row = record_event(event=event, body=event_about(kind, thing, event_id), at=timezone.now())
    assert row is not None
    process_event(event=row, at=timezone.now())
    return row


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


def test_s5_an_invoice_leads_to_its_subscription(till: Till, reader: User, plan: Plan) -> None:
    subscription = till.subscribe(reader, plan)
    details = till.v1.invoices.retrieve(subscription.latest_invoice).parent.subscription_details
    invoice = {"id": subscription.latest_invoice, "parent": {"subscription_details": details.to_dict()}}
    assert deliver("invoice.paid", invoice, "evt_1").state == StripeEvent.State.DONE
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


def test_s4_the_same_event_at_once_is_one_effect(till: Till, reader: User, plan: Plan) -> None:
    stripe_id = till.subscribe(reader, plan).id
    event = EventSnapshot(id="evt_1", type="customer.subscription.created", livemode=False, is_thin=False)
    body = event_about(event.type, {"id": stripe_id}, event.id)
    rows: list[StripeEvent | None] = []

    def receive() -> None:
        rows.append(record_event(event=event, body=body, at=timezone.now()))
        connection.close()

    threads = [threading.Thread(target=receive) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [row is None for row in rows].count(False) == 1
    assert StripeEvent.objects.count() == 1


def test_s4_two_events_for_one_state_end_the_same(till: Till, reader: User, plan: Plan) -> None:
    stripe_id = till.subscribe(reader, plan).id
    deliver("customer.subscription.created", {"id": stripe_id}, "evt_1")
    before = Grant.objects.values().get()
    deliver("customer.subscription.updated", {"id": stripe_id}, "evt_2")
    assert Grant.objects.values().get() == before


def test_s6_a_strangers_subscription_is_ignored(till: Till, reader: User, plan: Plan) -> None:
    stranger = till.v1.customers.create({"email": "stranger@example.com"})
    method = till.v1.payment_methods.attach("pm_card_visa", {"customer": stranger.id})
    subscription = till.v1.subscriptions.create(
        {
            "customer": stranger.id,
            "items": [{"price": plan.stripe_price_id}],
            "default_payment_method": method.id,
        }
    )
    row = deliver("customer.subscription.created", {"id": subscription.id}, "evt_1")
    assert (row.state, row.note) == (StripeEvent.State.IGNORED, f"Customer {stranger.id} is not ours.")
    assert Subscription.objects.count() == 0


def test_s6_a_foreign_price_gives_no_access(till: Till, reader: User, plan: Plan) -> None:
    foreign = till.v1.prices.create(
        {
            "currency": "usd",
            "unit_amount": 500,
            "recurring": {"interval": "month"},
            "product_data": {"name": "Mug club"},
        }
    )
    plan.stripe_price_id, ours = foreign.id, plan.stripe_price_id
    subscription = till.subscribe(reader, plan)
    row = deliver("customer.subscription.created", {"id": subscription.id}, "evt_1")
    assert (row.state, row.note) == (
        StripeEvent.State.IGNORED,
        f"Price {foreign.id} is not one of our plans.",
    )
    assert grants_of(reader, at=timezone.now()) == ()
    assert ours


def test_s6_an_outage_leaves_the_event_waiting_and_then_settles(
    till: Till, reader: User, plan: Plan, settings: Settings
) -> None:
    stripe_id = till.subscribe(reader, plan).id
    working, settings.STRIPE_API_BASE = settings.STRIPE_API_BASE, "http://127.0.0.1:9"
    with pytest.raises(StripeUnavailable):
        deliver("customer.subscription.created", {"id": stripe_id}, "evt_1")
    event = StripeEvent.objects.get()
    assert (event.state, event.attempts) == (StripeEvent.State.WAITING, 1)
    assert list(waiting_events(at=timezone.now() + timedelta(seconds=50))) == []
    assert list(waiting_events(at=timezone.now() + timedelta(seconds=70))) == [event]

    settings.STRIPE_API_BASE = working
    process_event(event=event, at=timezone.now())
    assert (event.state, Subscription.objects.get().status) == (StripeEvent.State.DONE, Status.ACTIVE)


def test_s6_an_event_that_never_settles_is_shown_as_failed(reader: User, settings: Settings) -> None:
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"
    event = StripeEvent.objects.create(
        stripe_id="evt_1",
        type="customer.subscription.updated",
        livemode=False,
        body=event_about("customer.subscription.updated", {"id": "sub_1"}, "evt_1").decode(),
        attempts=MAX_ATTEMPTS - 1,
        received_at=timezone.now(),
    )
    with pytest.raises(StripeUnavailable):
        process_event(event=event, at=timezone.now())
    event.refresh_from_db()
    assert event.state == StripeEvent.State.FAILED
    assert event.note


@pytest.mark.parametrize(
    ("kind", "thing"),
    [
        ("customer.subscription.updated", None),
        ("customer.subscription.updated", "sub_1"),
        ("customer.subscription.updated", {}),
        ("invoice.paid", {"parent": "inv_1"}),
        ("invoice.paid", {"parent": {"subscription_details": {"subscription": {}}}}),
        ("charge.refunded", {"customer": {"name": "Rafe"}}),
        ("checkout.session.completed", []),
    ],
)
def test_s6_an_event_of_an_odd_shape_fails_with_a_note_and_is_left_alone(kind: str, thing: object) -> None:
    event = deliver(kind, thing, "evt_1")
    assert event.state == StripeEvent.State.FAILED
    assert event.note
    assert list(waiting_events(at=timezone.now() + timedelta(days=1))) == []


def test_s6_a_fault_of_ours_fails_one_event_and_stops_no_other(
    reader: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    Customer.objects.create(user=reader, stripe_id="cus_1")

    def break_down(**facts: object) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(event_actions, "sync_customer", break_down)
    long_ago = timezone.now() - timedelta(minutes=2)
    for event_id, kind in (("evt_1", "customer.subscription.updated"), ("evt_2", "plan.created")):
        event = EventSnapshot(id=event_id, type=kind, livemode=False, is_thin=False)
        record_event(
            event=event, body=event_about(kind, {"id": "x", "customer": "cus_1"}, event_id), at=long_ago
        )
    sweep_events()
    assert dict(StripeEvent.objects.values_list("stripe_id", "state")) == {
        "evt_1": StripeEvent.State.FAILED,
        "evt_2": StripeEvent.State.IGNORED,
    }
    assert StripeEvent.objects.get(stripe_id="evt_1").note == "RuntimeError: a fault of ours"


def test_s6_a_database_that_is_away_costs_a_delay_and_not_the_event(
    reader: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    Customer.objects.create(user=reader, stripe_id="cus_1")

    def lock(**facts: object) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(event_actions, "sync_customer", lock)
    with pytest.raises(OperationalError):
        deliver("customer.subscription.updated", {"id": "sub_1", "customer": "cus_1"}, "evt_1")
    assert StripeEvent.objects.get().state == StripeEvent.State.WAITING


def test_s7_an_outage_of_three_days_is_outlived() -> None:
    at = timezone.now()
    event = StripeEvent(stripe_id="evt_1", type="x", livemode=False, body="{}", received_at=at)
    event.save()
    tried_at = at
    while event.state == StripeEvent.State.WAITING:
        _postpone(event, "away", at=tried_at)
        last, tried_at = tried_at, event.try_after_at or tried_at
    assert last - at > timedelta(days=3)


def test_the_sweep_finds_what_no_worker_got(till: Till, reader: User, plan: Plan) -> None:
    stripe_id = till.subscribe(reader, plan).id
    event = EventSnapshot(id="evt_1", type="customer.subscription.created", livemode=False, is_thin=False)
    long_ago = timezone.now() - timedelta(minutes=2)
    record_event(event=event, body=event_about(event.type, {"id": stripe_id}, "evt_1"), at=long_ago)

    sweep_events()
    assert StripeEvent.objects.get().state == StripeEvent.State.DONE
    assert Subscription.objects.get().status == Status.ACTIVE


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
