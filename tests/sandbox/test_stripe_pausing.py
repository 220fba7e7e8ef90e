"""Pausing collection, and the ways a subscription is told to end."""

import time
from collections.abc import Callable
from typing import Any

import pytest
import stripe

from sandbox.running import Sandbox
from sandbox.stripe.billing.lifecycle import Terms, start
from sandbox.stripe.billing.ticker import tick
from sandbox.stripe.billing.wallet import attach, resolve
from sandbox.stripe.resources import customers, prices, subscription_updates
from sandbox.stripe.work import Work
from tests.sandbox.driving import START, visit

DAY = 86_400


@pytest.fixture
def subscribed(api: Any, monthly: Any, new_customer: Callable[..., Any]) -> Any:
    """Someone who pays €9 a month."""
    customer = new_customer("pm_card_visa")
    return api.subscriptions.create({"customer": customer.id, "items": [{"price": monthly.id}]})


@pytest.fixture
def by_days(work: Work) -> str:
    """A subscription of €9 for ten days, in this process."""
    rhythm = {"interval": "day", "interval_count": 10}
    params = {"currency": "eur", "unit_amount": 900, "product_data": {"name": "Digital"}, "recurring": rhythm}
    customer = customers.create(work, {})
    card = attach(work, resolve(work, "pm_card_visa", param="card"), customer)
    settings = {"default_payment_method": card["id"]}
    subscription, _ = start(
        work, Terms(customer, [(prices.create(work, params), 1)], card, settings=settings)
    )
    return str(subscription["id"])


def test_pause_changes_no_status_and_can_be_unset(api: Any, subscribed: Any) -> None:
    until = int(time.time()) + DAY
    pause = {"behavior": "void", "resumes_at": until}
    paused = api.subscriptions.update(subscribed.id, {"pause_collection": pause})
    assert (paused.status, paused.pause_collection.to_dict()) == ("active", pause)
    endless = api.subscriptions.update(subscribed.id, {"pause_collection": {"behavior": "keep_as_draft"}})
    assert endless.pause_collection.to_dict() == {"behavior": "keep_as_draft", "resumes_at": None}
    assert api.subscriptions.update(subscribed.id, {"pause_collection": ""}).pause_collection is None
    told = api.events.list({"type": "customer.subscription.updated", "limit": 20}).data
    changes = [
        event.data.previous_attributes.to_dict() for event in told if event.data.object.id == subscribed.id
    ]
    assert {"pause_collection": None} in changes


@pytest.mark.parametrize(
    ("pause", "param"),
    [
        ({"behavior": "sleep"}, "pause_collection[behavior]"),
        ({"resumes_at": 2_000_000_000}, "pause_collection[behavior]"),
        ({"behavior": "void", "resumes_at": 1}, "pause_collection[resumes_at]"),
        ({"behavior": "void", "until": 1}, "pause_collection[until]"),
    ],
)
def test_pause_that_cannot_be_is_refused(
    api: Any, subscribed: Any, pause: dict[str, Any], param: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.subscriptions.update(subscribed.id, {"pause_collection": pause})
    assert refused.value.param == param
    assert api.subscriptions.retrieve(subscribed.id).pause_collection is None


@pytest.mark.parametrize(
    ("behavior", "status"),
    [("keep_as_draft", "draft"), ("mark_uncollectible", "uncollectible"), ("void", "void")],
)
def test_renewals_in_a_pause_are_not_collected(work: Work, by_days: str, behavior: str, status: str) -> None:
    resumes_at = START + 15 * DAY
    pause = {"behavior": behavior, "resumes_at": resumes_at}
    subscription_updates.update(work, {"pause_collection": pause}, by_days)
    tick(work.store, work.settings, START + 14 * DAY)
    assert [each["status"] for each in work.all("invoice")] == [status, "paid"]
    assert work.get("subscription", by_days)["status"] == "active"
    assert len(work.all("charge")) == 1
    tick(work.store, work.settings, START + 21 * DAY)
    assert work.get("subscription", by_days)["pause_collection"] is None
    assert [each["status"] for each in work.all("invoice")] == ["paid", status, "paid"]
    assert len(work.all("charge")) == 2


def test_subscription_ends_at_a_moment_of_choice(work: Work, by_days: str) -> None:
    moment = START + 3 * DAY
    subscription_updates.update(work, {"cancel_at": moment}, by_days)
    assert work.get("subscription", by_days)["cancel_at"] == moment
    tick(work.store, work.settings, moment - 1)
    assert work.get("subscription", by_days)["status"] == "active"
    tick(work.store, work.settings, moment)
    ended = work.get("subscription", by_days)
    assert (ended["status"], ended["ended_at"]) == ("canceled", moment)


def test_end_of_choice_is_taken_back(api: Any, subscribed: Any) -> None:
    moment = int(time.time()) + 3 * DAY
    set_to = api.subscriptions.update(subscribed.id, {"cancel_at": moment})
    assert (set_to.cancel_at, set_to.cancel_at_period_end) == (moment, False)
    unset = api.subscriptions.update(subscribed.id, {"cancel_at": ""})
    assert (unset.cancel_at, unset.canceled_at) == (None, None)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.subscriptions.update(subscribed.id, {"cancel_at": 1})
    assert refused.value.param == "cancel_at"


@pytest.mark.parametrize(
    ("params", "waiting", "invoices"),
    [({}, 0, 1), ({"prorate": True}, 1, 1), ({"prorate": True, "invoice_now": True}, 0, 2)],
)
def test_cancelling_at_once_may_give_back(
    api: Any, subscribed: Any, params: dict[str, bool], waiting: int, invoices: int
) -> None:
    assert api.subscriptions.cancel(subscribed.id, params).status == "canceled"
    items = api.invoice_items.list({"customer": subscribed.customer}).data
    assert [item.amount for item in items if item.invoice is None] == [-900] * waiting
    assert len(api.invoices.list({"subscription": subscribed.id}).data) == invoices
    balance = api.customers.retrieve(subscribed.customer).balance
    assert balance == (-900 if invoices == 2 else 0)


def test_portal_shows_refunds_and_pauses(api: Any, sandbox: Sandbox, subscribed: Any) -> None:
    charge = api.charges.list({"customer": subscribed.customer}).data[0]
    api.refunds.create({"charge": charge.id, "amount": 400})
    api.subscriptions.update(subscribed.id, {"pause_collection": {"behavior": "void"}})
    portal = visit(api.billing_portal.sessions.create({"customer": subscribed.customer}).url).text
    assert "Paid, €4.00 refunded" in portal
    assert "Payments are paused." in portal
