"""Subscriptions and invoices over the API."""

from collections.abc import Callable
from typing import Any

import pytest
import stripe

DAY = 86_400


@pytest.fixture
def subscribe(api: Any, monthly: Any, new_customer: Callable[..., Any]) -> Callable[..., Any]:
    """Starts a subscription for a new customer with the card of that magic id."""

    def start(card: str | None = "pm_card_visa", **more: Any) -> Any:
        params = {"customer": new_customer(card).id, "items": [{"price": monthly.id}]}
        return api.subscriptions.create(params | more)

    return start


def invoice_of(api: Any, subscription: Any) -> Any:
    expand = ["payments.data.payment.payment_intent.latest_charge"]
    return api.invoices.retrieve(
        api.subscriptions.retrieve(subscription.id).latest_invoice, {"expand": expand}
    )


def intent_of(api: Any, subscription: Any) -> Any:
    return invoice_of(api, subscription).payments.data[0].payment.payment_intent


def test_good_card_pays_at_once(api: Any, monthly: Any, subscribe: Callable[..., Any]) -> None:
    subscription = subscribe(metadata={"reader": "7"})
    item = subscription["items"].data[0]
    invoice = invoice_of(api, subscription)
    assert (subscription.status, subscription.metadata.to_dict()) == ("active", {"reader": "7"})
    assert (item.price.id, item.current_period_start) == (monthly.id, subscription.created)
    assert 28 * DAY <= item.current_period_end - item.current_period_start <= 31 * DAY
    assert (invoice.status, invoice.amount_paid, invoice.billing_reason) == (
        "paid",
        900,
        "subscription_create",
    )
    assert invoice.parent.subscription_details.subscription == subscription.id
    assert invoice.payments.data[0].payment.payment_intent.latest_charge.paid is True
    assert [line.amount for line in api.invoices.line_items.list(invoice.id).data] == [900]


def test_declined_card_leaves_it_incomplete(api: Any, subscribe: Callable[..., Any]) -> None:
    subscription = subscribe("pm_card_chargeCustomerFail")
    intent = intent_of(api, subscription)
    assert (subscription.status, invoice_of(api, subscription).status) == ("incomplete", "open")
    assert (intent.status, intent.last_payment_error.decline_code) == (
        "requires_payment_method",
        "generic_decline",
    )
    assert [charge.status for charge in api.charges.list({"payment_intent": intent.id}).data] == ["failed"]


def test_another_card_completes_it(api: Any, subscribe: Callable[..., Any]) -> None:
    subscription = subscribe("pm_card_chargeCustomerFail")
    card = api.payment_methods.attach("pm_card_visa", {"customer": subscription.customer})
    paid = api.invoices.pay(subscription.latest_invoice, {"payment_method": card.id})
    assert (paid.status, paid.attempt_count) == ("paid", 1)
    assert api.subscriptions.retrieve(subscription.id).status == "active"


def test_declined_payment_of_an_invoice_is_a_card_error(api: Any, subscribe: Callable[..., Any]) -> None:
    subscription = subscribe("pm_card_chargeCustomerFail")
    with pytest.raises(stripe.CardError) as declined:
        api.invoices.pay(subscription.latest_invoice)
    assert (declined.value.http_status, declined.value.code) == (402, "card_declined")
    assert api.invoices.retrieve(subscription.latest_invoice).attempt_count == 1
    assert len(api.charges.list({"customer": subscription.customer}).data) == 2


def test_all_or_nothing_leaves_nothing(api: Any, monthly: Any, new_customer: Callable[..., Any]) -> None:
    customer = new_customer("pm_card_chargeCustomerFail")
    params = {
        "customer": customer.id,
        "items": [{"price": monthly.id}],
        "payment_behavior": "error_if_incomplete",
    }
    with pytest.raises(stripe.CardError):
        api.subscriptions.create(params)
    assert api.subscriptions.list({"customer": customer.id, "status": "all"}).data == []
    assert api.invoices.list({"customer": customer.id}).data == []


def test_default_incomplete_waits_for_the_customer(api: Any, subscribe: Callable[..., Any]) -> None:
    subscription = subscribe(None, payment_behavior="default_incomplete")
    assert (subscription.status, intent_of(api, subscription).status) == (
        "incomplete",
        "requires_payment_method",
    )


def test_without_a_card_nothing_starts(api: Any, subscribe: Callable[..., Any]) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        subscribe(None)
    assert refused.value.code == "resource_missing"


def test_3d_secure_waits_for_its_owner(api: Any, subscribe: Callable[..., Any]) -> None:
    subscription = subscribe("pm_card_threeDSecure2Required")
    intent = intent_of(api, subscription)
    assert (subscription.status, intent.status) == ("incomplete", "requires_action")
    with pytest.raises(stripe.CardError) as refused:
        api.invoices.pay(subscription.latest_invoice)
    assert refused.value.code == "invoice_payment_intent_requires_action"


def test_trial_is_free_and_needs_no_card(api: Any, subscribe: Callable[..., Any]) -> None:
    subscription = subscribe(None, trial_period_days=14)
    invoice = api.invoices.retrieve(subscription.latest_invoice, {"expand": ["payments"]})
    assert (subscription.status, subscription.trial_end - subscription.trial_start) == ("trialing", 14 * DAY)
    assert subscription["items"].data[0].current_period_end == subscription.trial_end
    assert (invoice.status, invoice.amount_paid, invoice.payments.data) == ("paid", 0, [])


def test_trial_that_ends_now_is_charged_now(api: Any, subscribe: Callable[..., Any]) -> None:
    subscription = subscribe(trial_period_days=14)
    ended = api.subscriptions.update(subscription.id, {"trial_end": "now"})
    invoice = invoice_of(api, subscription)
    assert (ended.status, invoice.amount_paid, invoice.billing_reason) == (
        "active",
        900,
        "subscription_cycle",
    )
    assert ended["items"].data[0].current_period_end > ended.trial_end


def test_cancel_at_period_end_and_resume(api: Any, subscribe: Callable[..., Any]) -> None:
    subscription = subscribe()
    stopped = api.subscriptions.update(subscription.id, {"cancel_at_period_end": True})
    assert (stopped.status, stopped.cancel_at_period_end) == ("active", True)
    assert stopped.cancel_at == stopped["items"].data[0].current_period_end
    resumed = api.subscriptions.update(subscription.id, {"cancel_at_period_end": False})
    assert (resumed.cancel_at, resumed.canceled_at, resumed.cancellation_details.reason) == (None, None, None)


def test_canceled_is_the_end(api: Any, subscribe: Callable[..., Any]) -> None:
    subscription = subscribe()
    why = {"cancellation_details": {"feedback": "too_expensive"}}
    canceled = api.subscriptions.cancel(subscription.id, why)
    assert (canceled.status, canceled.cancellation_details.feedback) == ("canceled", "too_expensive")
    assert canceled.ended_at >= canceled.created
    with pytest.raises(stripe.InvalidRequestError):
        api.subscriptions.update(subscription.id, {"cancel_at_period_end": True})
    with pytest.raises(stripe.InvalidRequestError):
        api.subscriptions.cancel(subscription.id)


def test_canceled_before_payment_expires(api: Any, subscribe: Callable[..., Any]) -> None:
    subscription = subscribe("pm_card_chargeCustomerFail")
    assert api.subscriptions.cancel(subscription.id).status == "incomplete_expired"
    assert api.invoices.retrieve(subscription.latest_invoice).status == "void"


def test_price_change_without_proration(api: Any, subscribe: Callable[..., Any]) -> None:
    subscription = subscribe()
    dear = _price(api, subscription, 2000)
    changed = _change(api, subscription, dear, "none")
    assert changed["items"].data[0].price.id == dear.id
    assert changed["items"].data[0].plan.amount == 2000
    assert api.invoice_items.list({"customer": subscription.customer}).data == []


def test_price_change_with_proration_waits_for_the_next_invoice(
    api: Any, subscribe: Callable[..., Any]
) -> None:
    subscription = subscribe()
    _change(api, subscription, _price(api, subscription, 2000), "create_prorations")
    waiting = api.invoice_items.list({"customer": subscription.customer}).data
    assert [(item.amount, item.proration, item.invoice) for item in waiting] == [
        (2000, True, None),
        (-900, True, None),
    ]


def test_price_change_invoiced_at_once(api: Any, subscribe: Callable[..., Any]) -> None:
    subscription = subscribe()
    _change(api, subscription, _price(api, subscription, 2000), "always_invoice")
    invoice = invoice_of(api, subscription)
    assert (invoice.billing_reason, invoice.amount_paid) == ("subscription_update", 1100)


def test_cheaper_price_invoiced_at_once_becomes_a_balance(api: Any, subscribe: Callable[..., Any]) -> None:
    subscription = subscribe()
    _change(api, subscription, _price(api, subscription, 400), "always_invoice")
    invoice = invoice_of(api, subscription)
    assert (invoice.total, invoice.amount_due, invoice.status) == (-500, 0, "paid")
    assert api.customers.retrieve(subscription.customer).balance == -500


def test_other_interval_starts_a_new_period(api: Any, yearly: Any, subscribe: Callable[..., Any]) -> None:
    subscription = subscribe()
    changed = _change(api, subscription, yearly, "create_prorations")
    item = changed["items"].data[0]
    assert item.current_period_end - item.current_period_start >= 365 * DAY
    assert invoice_of(api, subscription).amount_paid == 9000 - 900


def _price(api: Any, subscription: Any, amount: int) -> Any:
    like = subscription["items"].data[0].price
    params = {"product": like.product, "currency": like.currency, "unit_amount": amount}
    return api.prices.create(params | {"recurring": {"interval": "month"}})


def _change(api: Any, subscription: Any, price: Any, proration: str) -> Any:
    items = [{"id": subscription["items"].data[0].id, "price": price.id}]
    return api.subscriptions.update(subscription.id, {"items": items, "proration_behavior": proration})


def test_lists_hide_the_canceled_unless_asked(
    api: Any, monthly: Any, new_customer: Callable[..., Any]
) -> None:
    customer = new_customer("pm_card_visa").id
    first, second = (
        api.subscriptions.create({"customer": customer, "items": [{"price": monthly.id}]}).id
        for _ in range(2)
    )
    api.subscriptions.cancel(first)

    def ids(**params: str) -> list[str]:
        return [each.id for each in api.subscriptions.list({"customer": customer, **params}).data]

    assert ids() == [second]
    assert ids(status="all") == [second, first]
    assert ids(status="canceled") == ids(status="ended") == [first]
    assert ids(price=monthly.id) == [second]
    assert (
        ids(price=api.prices.create({"product": monthly.product, "currency": "eur", "unit_amount": 1}).id)
        == []
    )


@pytest.mark.parametrize("fault", ["one_time", "inactive", "missing", "empty"])
def test_only_active_recurring_prices_can_be_subscribed_to(
    api: Any, monthly: Any, new_customer: Callable[..., Any], fault: str
) -> None:
    like = {"product": monthly.product, "currency": "eur", "unit_amount": 100}
    once = api.prices.create(like)
    retired = api.prices.create(like | {"recurring": {"interval": "month"}, "active": False})
    items = {
        "one_time": [{"price": once.id}],
        "inactive": [{"price": retired.id}],
        "missing": [{"price": "price_missing"}],
        "empty": [],
    }
    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.subscriptions.create({"customer": new_customer("pm_card_visa").id, "items": items[fault]})
    assert refused.value.http_status == 400


def test_invoice_can_be_voided_or_written_off_while_open(api: Any, subscribe: Callable[..., Any]) -> None:
    voided = api.invoices.void_invoice(subscribe("pm_card_chargeCustomerFail").latest_invoice)
    lost = api.invoices.mark_uncollectible(subscribe("pm_card_chargeCustomerFail").latest_invoice)
    assert (voided.status, lost.status) == ("void", "uncollectible")
    with pytest.raises(stripe.InvalidRequestError):
        api.invoices.void_invoice(subscribe().latest_invoice)


def test_paid_out_of_band(api: Any, subscribe: Callable[..., Any]) -> None:
    subscription = subscribe("pm_card_chargeCustomerFail")
    assert api.invoices.pay(subscription.latest_invoice, {"paid_out_of_band": True}).status == "paid"
    assert api.subscriptions.retrieve(subscription.id).status == "active"
    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.invoices.pay(subscription.latest_invoice)
    assert refused.value.code == "invoice_already_paid"


def test_invoices_are_found_by_subscription_and_status(api: Any, subscribe: Callable[..., Any]) -> None:
    subscription = subscribe()
    subscribe()
    found = api.invoices.list({"subscription": subscription.id, "status": "paid"})
    assert [invoice.id for invoice in found.data] == [subscription.latest_invoice]
    assert api.invoices.list({"subscription": subscription.id, "status": "open"}).data == []


def test_events_tell_the_story(api: Any, subscribe: Callable[..., Any]) -> None:
    subscription = subscribe()
    events = api.events.list({"limit": 100}).data[::-1]
    mine = [event for event in events if subscription.customer in str(event.data)]
    assert [event.type for event in mine][-12:] == [
        "invoice.created",
        "customer.subscription.created",
        "customer.updated",
        "payment_intent.created",
        "invoice.updated",
        "invoice.finalized",
        "charge.succeeded",
        "payment_intent.succeeded",
        "invoice.updated",
        "invoice.paid",
        "invoice.payment_succeeded",
        "customer.subscription.updated",
    ]
    assert mine[-1].data.previous_attributes.to_dict() == {"status": "incomplete"}
    assert mine[-1].data.object.status == "active"


def test_events_are_found_by_type(api: Any, subscribe: Callable[..., Any]) -> None:
    subscribe()
    exact = api.events.list({"type": "invoice.paid", "limit": 100}).data
    family = api.events.list({"type": "customer.subscription.*", "limit": 100}).data
    assert {event.type for event in exact} == {"invoice.paid"}
    assert {"customer.subscription.created"} <= {event.type for event in family}
    assert all(event.type.startswith("customer.subscription.") for event in family)
