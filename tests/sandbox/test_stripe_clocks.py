"""Test clocks over the API: customers with a time of their own."""

import contextlib
import json
import sqlite3
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import stripe

from sandbox.running import Sandbox
from sandbox.stripe.billing.test_clocks import delete_expired
from sandbox.stripe.resources import test_clocks
from sandbox.stripe.store import Store
from sandbox.stripe.work import Settings, Work
from tests.sandbox.driving import START, card, visit

HOUR = 3600
DAY = 24 * HOUR
FIRST_PERIOD = 31 * DAY


@pytest.fixture
def clock(api: Any) -> Any:
    """A clock that stands at START."""
    return api.test_helpers.test_clocks.create({"frozen_time": START, "name": "January"})


@pytest.fixture
def advance(api: Any, clock: Any) -> Callable[[int], Any]:
    """Moves the clock to START and so many seconds."""

    def move(seconds: int) -> Any:
        return api.test_helpers.test_clocks.advance(clock.id, {"frozen_time": START + seconds})

    return move


@pytest.fixture
def customer(api: Any, clock: Any) -> Any:
    """One who lives by the clock and pays with a good card."""
    visa = {"payment_method": "pm_card_visa", "invoice_settings": {"default_payment_method": "pm_card_visa"}}
    return api.customers.create({"test_clock": clock.id, "email": "clock@example.com", **visa})


@pytest.fixture
def subscription(api: Any, customer: Any, monthly: Any) -> Any:
    return api.subscriptions.create({"customer": customer.id, "items": [{"price": monthly.id}]})


def story(api: Any, clock: Any) -> list[str]:
    """The types of the events about the clock itself, oldest first."""
    found = api.events.list({"type": "test_helpers.*", "limit": 100}).data[::-1]
    return [event.type.rpartition(".")[2] for event in found if event.data.object.id == clock.id]


def test_clock_stands_until_it_is_advanced(api: Any, clock: Any, advance: Callable[[int], Any]) -> None:
    assert (clock.frozen_time, clock.status, clock.name) == (START, "ready", "January")
    begun = advance(DAY)
    assert (begun.status, begun.frozen_time) == ("advancing", START)
    assert begun.status_details.advancing.target_frozen_time == START + DAY
    ready = api.test_helpers.test_clocks.retrieve(clock.id)
    assert (ready.status, ready.frozen_time, ready.status_details.to_dict()) == ("ready", START + DAY, {})
    assert story(api, clock) == ["created", "advancing", "ready"]
    assert clock.id in [each.id for each in api.test_helpers.test_clocks.list({"limit": 100}).data]


def test_everything_of_its_customers_lives_in_its_time(api: Any, subscription: Any, clock: Any) -> None:
    invoice = api.invoices.retrieve(subscription.latest_invoice, {"expand": ["customer.test_clock"]})
    charge = api.charges.list({"customer": subscription.customer}).data[0]
    assert (subscription.test_clock, invoice.test_clock) == (clock.id, clock.id)
    assert invoice.customer.test_clock.frozen_time == START
    assert [subscription.created, invoice.created, charge.created] == [START] * 3
    assert invoice.status_transitions.paid_at == START
    event = api.events.list({"type": "customer.subscription.created", "limit": 1}).data[0]
    assert (event.data.object.id, event.created) == (subscription.id, START)


def test_advancing_renews_at_the_very_moment(
    api: Any, subscription: Any, advance: Callable[[int], Any]
) -> None:
    def latest() -> Any:
        return api.invoices.retrieve(api.subscriptions.retrieve(subscription.id).latest_invoice)

    advance(FIRST_PERIOD - 1)
    assert latest().id == subscription.latest_invoice
    advance(FIRST_PERIOD)
    draft = latest()
    assert (draft.status, draft.created, draft.billing_reason) == (
        "draft",
        START + FIRST_PERIOD,
        "subscription_cycle",
    )
    advance(FIRST_PERIOD + 2 * HOUR)
    paid = latest()
    assert (paid.id, paid.status) == (draft.id, "paid")
    assert paid.status_transitions.paid_at == START + FIRST_PERIOD + HOUR


def test_actions_happen_at_the_frozen_time(
    api: Any, subscription: Any, advance: Callable[[int], Any], monthly: Any
) -> None:
    advance(10 * DAY)
    api.subscriptions.update(subscription.id, {"cancel_at_period_end": True})
    stopped = api.subscriptions.retrieve(subscription.id)
    assert (stopped.canceled_at, stopped.cancel_at) == (START + 10 * DAY, START + FIRST_PERIOD)
    advance(FIRST_PERIOD)
    ended = api.subscriptions.retrieve(subscription.id)
    assert (ended.status, ended.ended_at) == ("canceled", START + FIRST_PERIOD)


def test_hosted_pages_live_in_its_time(
    api: Any, customer: Any, monthly: Any, advance: Callable[[int], Any]
) -> None:
    advance(5 * DAY)
    terms = {"mode": "subscription", "line_items": [{"price": monthly.id, "quantity": 1}]}
    session = api.checkout.sessions.create(
        {**terms, "customer": customer.id, "success_url": "http://site.test/thanks"}
    )
    assert session.expires_at == START + 6 * DAY
    visit(session.url, card("4242424242424242", email="clock@example.com"))
    done = api.checkout.sessions.retrieve(session.id, {"expand": ["subscription"]})
    assert (done.status, done.subscription.created) == ("complete", START + 5 * DAY)


def test_invoice_is_paid_on_its_page_in_its_time(
    api: Any, customer: Any, monthly: Any, advance: Callable[[int], Any]
) -> None:
    open_ = {"payment_behavior": "default_incomplete", "expand": ["latest_invoice"]}
    waiting = api.subscriptions.create({"customer": customer.id, "items": [{"price": monthly.id}], **open_})
    advance(HOUR)
    visit(waiting.latest_invoice.hosted_invoice_url, {"card": "saved"})
    paid = api.invoices.retrieve(waiting.latest_invoice.id)
    assert (paid.status, paid.status_transitions.paid_at) == ("paid", START + HOUR)


def test_present_leaves_them_alone(
    sandbox: Sandbox, api: Any, subscription: Any, new_customer: Callable[..., Any], monthly: Any
) -> None:
    params = {"items": [{"price": monthly.id}], "trial_period_days": 1}
    present = api.subscriptions.create({"customer": new_customer("pm_card_visa").id, **params})
    at = present.created + 2 * DAY
    urllib.request.urlopen(f"{sandbox.stripe_url}/sandbox/tick?at={at}", data=b"").close()
    assert api.subscriptions.retrieve(present.id).status == "active"
    assert api.subscriptions.retrieve(subscription.id).latest_invoice == subscription.latest_invoice


@pytest.mark.parametrize(
    ("interval", "furthest"),
    [(None, 730), ({"interval": "day"}, 2), ({"interval": "month"}, 59), ({"interval": "year"}, 730)],
)
def test_two_intervals_of_the_shortest_subscription_and_no_further(
    api: Any, customer: Any, monthly: Any, advance: Callable[[int], Any], interval: Any, furthest: int
) -> None:
    if interval:
        like = {"product": monthly.product, "currency": "eur", "unit_amount": 100, "recurring": interval}
        price = api.prices.create(like)
        api.subscriptions.create({"customer": customer.id, "items": [{"price": price.id}]})
    with pytest.raises(stripe.InvalidRequestError) as refused:
        advance(furthest * DAY + 1)
    assert (refused.value.param, refused.value.http_status) == ("frozen_time", 400)
    assert advance(furthest * DAY).status == "advancing"


@pytest.mark.parametrize("seconds", [0, -1])
def test_clock_never_goes_back(advance: Callable[[int], Any], seconds: int) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        advance(seconds)
    assert refused.value.param == "frozen_time"


def test_three_customers_and_no_more(api: Any, clock: Any) -> None:
    made = [api.customers.create({"test_clock": clock.id}).id for _ in range(3)]
    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.customers.create({"test_clock": clock.id})
    assert refused.value.param == "test_clock"
    assert [each.id for each in api.customers.list({"test_clock": clock.id}).data] == made[::-1]


def test_lists_of_the_present_leave_them_out(api: Any, subscription: Any, clock: Any) -> None:
    shown = api.subscriptions.list({"status": "all", "limit": 100}).data
    assert subscription.id not in [each.id for each in shown]
    assert subscription.customer not in [each.id for each in api.customers.list({"limit": 100}).data]
    for query in ({"test_clock": clock.id}, {"customer": subscription.customer}):
        assert [each.id for each in api.subscriptions.list(query).data] == [subscription.id]


def test_deleting_a_clock_takes_its_customers_along(api: Any, subscription: Any, clock: Any) -> None:
    gone = api.test_helpers.test_clocks.delete(clock.id)
    assert json_of(gone) == {"id": clock.id, "object": "test_helpers.test_clock", "deleted": True}
    assert api.customers.retrieve(subscription.customer).deleted is True
    ended = api.subscriptions.retrieve(subscription.id)
    assert (ended.status, ended.ended_at) == ("canceled", START)
    assert story(api, clock) == ["created", "deleted"]
    with pytest.raises(stripe.InvalidRequestError) as missing:
        api.test_helpers.test_clocks.retrieve(clock.id)
    assert missing.value.http_status == 404
    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.customers.create({"test_clock": clock.id})
    assert (refused.value.http_status, refused.value.code) == (400, "resource_missing")


def test_customer_there_is_comes_to_live_by_a_clock(
    api: Any, monthly: Any, new_customer: Callable[..., Any]
) -> None:
    customer = new_customer("pm_card_visa").id
    stays = new_customer("pm_card_visa").id
    mine, other = (
        api.subscriptions.create({"customer": each, "items": [{"price": monthly.id}]})
        for each in (customer, stays)
    )
    clock = api.test_helpers.test_clocks.create({"frozen_time": mine.created, "customer": customer})
    end = mine["items"].data[0].current_period_end
    api.test_helpers.test_clocks.advance(clock.id, {"frozen_time": end + 2 * HOUR})
    renewed = api.subscriptions.retrieve(mine.id, {"expand": ["latest_invoice.payments"]})
    invoice = renewed.latest_invoice
    assert (renewed.test_clock, invoice.test_clock, invoice.status) == (clock.id, clock.id, "paid")
    assert (invoice.created, invoice.payments.data[0].status_transitions.paid_at) == (end, end + HOUR)
    assert api.invoices.retrieve(mine.latest_invoice).test_clock == clock.id
    alone = api.subscriptions.retrieve(other.id)
    assert (alone.test_clock, alone.latest_invoice) == (None, other.latest_invoice)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.test_helpers.test_clocks.create({"frozen_time": end, "customer": customer})
    assert refused.value.param == "customer"


def test_trial_is_announced_and_pauses_without_a_card(
    api: Any, clock: Any, monthly: Any, advance: Callable[[int], Any]
) -> None:
    customer = api.customers.create({"test_clock": clock.id})
    ending = {"end_behavior": {"missing_payment_method": "pause"}}
    terms = {"items": [{"price": monthly.id}], "trial_period_days": 14, "trial_settings": ending}
    trial = api.subscriptions.create({"customer": customer.id, **terms})

    def told() -> list[tuple[str, int]]:
        types = ("customer.subscription.trial_will_end", "customer.subscription.paused")
        events = api.events.list({"types": types, "limit": 100}).data[::-1]
        mine = [event for event in events if event.data.object.id == trial.id]
        return [(event.type.rpartition(".")[2], event.created - START) for event in mine]

    advance(11 * DAY - 1)
    assert told() == []
    advance(20 * DAY)
    assert told() == [("trial_will_end", 11 * DAY), ("paused", 14 * DAY)]
    assert api.subscriptions.retrieve(trial.id).status == "paused"
    card = api.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    api.customers.update(customer.id, {"invoice_settings": {"default_payment_method": card.id}})
    resumed = api.subscriptions.resume(trial.id, {"expand": ["latest_invoice"]})
    assert (resumed.status, resumed.latest_invoice.status) == ("active", "paid")
    assert resumed["items"].data[0].current_period_start == START + 20 * DAY


def test_first_payment_nobody_makes_expires_after_23_hours(
    api: Any, customer: Any, monthly: Any, advance: Callable[[int], Any]
) -> None:
    waiting = {"payment_behavior": "default_incomplete", "items": [{"price": monthly.id}]}
    subscription = api.subscriptions.create({"customer": customer.id, **waiting})
    advance(23 * HOUR - 1)
    assert api.subscriptions.retrieve(subscription.id).status == "incomplete"
    advance(23 * HOUR)
    ended = api.subscriptions.retrieve(subscription.id, {"expand": ["latest_invoice"]})
    assert (ended.status, ended.latest_invoice.status) == ("incomplete_expired", "void")
    assert ended.ended_at == START + 23 * HOUR


def test_state_from_before_there_were_clocks_is_taken_up(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite3"
    with contextlib.closing(sqlite3.connect(path)) as old:
        columns = "seq INTEGER PRIMARY KEY, id TEXT UNIQUE, kind TEXT, json TEXT, hidden TEXT, due INTEGER"
        old.execute(f"CREATE TABLE objects ({columns})")
        customer = json.dumps({"id": "cus_old", "object": "customer", "test_clock": None})
        insert = "INSERT INTO objects (id, kind, json, hidden) VALUES ('cus_old', 'customer', ?, '{}')"
        old.execute(insert, (customer,))
        old.commit()
    with contextlib.closing(Store(path)) as store:
        work = Work(store, Settings("http://sandbox.test"), START)
        clock = test_clocks.create(work, {"frozen_time": START, "customer": "cus_old"})
        assert work.get("customer", "cus_old")["test_clock"] == clock["id"]


def test_clocks_are_deleted_after_30_days(work: Work) -> None:
    clock = test_clocks.create(work, {"frozen_time": START})
    assert clock["deletes_after"] == START + 30 * DAY
    assert delete_expired(work.store, work.settings, START + 30 * DAY - 1) == 0
    assert delete_expired(work.store, work.settings, START + 30 * DAY) == 1
    assert work.all("test_helpers.test_clock") == []
    assert delete_expired(work.store, work.settings, START + 31 * DAY) == 0


def json_of(answer: Any) -> dict[str, Any]:
    """The answer as plain values."""
    return dict(answer.to_dict())


def test_deleting_a_customer_ends_what_they_subscribe_to(api: Any, subscription: Any) -> None:
    gone = api.customers.delete(subscription.customer)
    assert json_of(gone) == {"id": subscription.customer, "object": "customer", "deleted": True}
    assert json_of(api.customers.retrieve(subscription.customer)) == json_of(gone)
    assert api.subscriptions.retrieve(subscription.id).status == "canceled"
    types = ("customer.deleted", "customer.subscription.deleted")
    told = api.events.list({"types": types, "limit": 2}).data
    assert [(each.type, each.data.object.id) for each in told] == [
        ("customer.deleted", subscription.customer),
        ("customer.subscription.deleted", subscription.id),
    ]
    with pytest.raises(stripe.InvalidRequestError):
        api.customers.update(subscription.customer, {"name": "Nobody"})
