"""Refunds and charges over the API."""

import time
from collections.abc import Callable
from typing import Any

import pytest
import stripe

from sandbox.running import Sandbox
from tests.sandbox.driving import visit


@pytest.fixture
def charge(api: Any, monthly: Any, new_customer: Callable[..., Any]) -> Callable[..., Any]:
    """Has a customer pay a month, €9, and gives the charge."""

    def make(card: str = "pm_card_visa") -> Any:
        customer = new_customer(card)
        api.subscriptions.create({"customer": customer.id, "items": [{"price": monthly.id}]})
        return api.charges.list({"customer": customer.id}).data[0]

    return make


def about(api: Any, id: str, *types: str) -> list[Any]:
    """The events of some types about an object, in their order."""
    found = api.events.list({"types": list(types), "limit": 100}).data
    return [event for event in reversed(found) if event.data.object.id == id]


def test_whole_charge_is_refunded(api: Any, charge: Callable[..., Any]) -> None:
    paid = charge()
    reason = {"reason": "requested_by_customer", "metadata": {"ticket": "7"}}
    refund = api.refunds.create({"charge": paid.id, **reason})
    assert (refund.amount, refund.currency, refund.status) == (900, "eur", "succeeded")
    assert (refund.reason, refund.metadata.to_dict()) == ("requested_by_customer", {"ticket": "7"})
    assert (refund.payment_intent, refund.charge) == (paid.payment_intent, paid.id)
    after = api.charges.retrieve(paid.id, {"expand": ["refunds"]})
    assert (after.amount_refunded, after.refunded, after.status) == (900, True, "succeeded")
    assert [each.id for each in after.refunds.data] == [refund.id]
    assert [event.type for event in about(api, refund.id, "refund.created")] == ["refund.created"]
    (told,) = about(api, paid.id, "charge.refunded")
    before = told.data.previous_attributes.to_dict()
    assert before == {"amount_refunded": 0, "refunded": False}


def test_partial_refunds_add_up(api: Any, charge: Callable[..., Any]) -> None:
    paid = charge()
    parts = [api.refunds.create({"payment_intent": paid.payment_intent, "amount": 300}) for _ in range(2)]
    after = api.charges.retrieve(paid.id)
    assert (after.amount_refunded, after.refunded) == (600, False)
    parts.append(api.refunds.create({"charge": paid.id}))
    assert (parts[-1].amount, api.charges.retrieve(paid.id).refunded) == (300, True)
    assert len(about(api, paid.id, "charge.refunded")) == 3
    ids = [each.id for each in reversed(parts)]
    for owner in ({"charge": paid.id}, {"payment_intent": paid.payment_intent}):
        assert [each.id for each in api.refunds.list(owner).data] == ids
    assert api.refunds.list({"charge": paid.id, "created": {"gt": int(time.time()) + 5}}).data == []


@pytest.mark.parametrize(
    ("params", "message", "code"),
    [
        ({"amount": 901}, "Refund amount (€9.01) is greater than charge amount (€9.00)", None),
        ({"amount": 0}, "Invalid positive integer", "parameter_invalid_integer"),
        (
            {"charge": "ch_missing"},
            "No such charge: 'ch_missing'",
            "resource_missing",
        ),
        ({"reason": "boredom"}, "Invalid reason: must be one of ", None),
        ({"colour": "blue"}, "Received unknown parameter: colour", "parameter_unknown"),
    ],
)
def test_refund_that_cannot_be_is_refused(
    api: Any, charge: Callable[..., Any], params: dict[str, Any], message: str, code: str | None
) -> None:
    paid = charge()
    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.refunds.create({"charge": paid.id, **params})
    assert (refused.value.http_status, refused.value.code) == (400, code)
    assert str(refused.value.user_message).startswith(message)
    assert api.charges.retrieve(paid.id).amount_refunded == 0


def test_no_more_is_given_back_than_was_taken(api: Any, charge: Callable[..., Any]) -> None:
    paid = charge()
    api.refunds.create({"charge": paid.id, "amount": 800})
    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.refunds.create({"charge": paid.id, "amount": 200})
    text = "Refund amount (€2.00) is greater than unrefunded amount on charge (€1.00)"
    assert refused.value.user_message == text
    api.refunds.create({"charge": paid.id})
    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.refunds.create({"charge": paid.id})
    assert refused.value.code == "charge_already_refunded"


def test_charge_or_intent_must_be_named(api: Any, charge: Callable[..., Any]) -> None:
    paid = charge()
    for params in ({}, {"charge": paid.id, "payment_intent": paid.payment_intent}):
        with pytest.raises(stripe.InvalidRequestError):
            api.refunds.create(params)
    assert api.refunds.list({"charge": paid.id}).data == []


def test_declined_charge_has_nothing_to_give_back(api: Any, charge: Callable[..., Any]) -> None:
    declined = charge("pm_card_chargeCustomerFail")
    assert (declined.status, declined.failure_code) == ("failed", "card_declined")
    assert declined.failure_message == "Your card was declined."
    assert (declined.outcome.type, declined.outcome.reason) == ("issuer_declined", "generic_decline")
    assert declined.receipt_url is None
    for named in ({"charge": declined.id}, {"payment_intent": declined.payment_intent}):
        with pytest.raises(stripe.InvalidRequestError):
            api.refunds.create(named)


def test_refund_is_read_and_its_metadata_changed(api: Any, charge: Callable[..., Any]) -> None:
    refund = api.refunds.create({"charge": charge().id, "metadata": {"a": "1"}})
    changed = api.refunds.update(refund.id, {"metadata": {"b": "2"}})
    assert changed.metadata.to_dict() == {"a": "1", "b": "2"}
    assert api.refunds.retrieve(refund.id, {"expand": ["charge"]}).charge.id == refund.charge
    assert len(about(api, refund.id, "refund.updated")) == 1
    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.refunds.update(refund.id, {"amount": 1})
    assert refused.value.code == "parameter_unknown"
    with pytest.raises(stripe.InvalidRequestError):
        api.refunds.cancel(refund.id)
    assert api.refunds.retrieve(refund.id).status == "succeeded"


def test_same_key_refunds_once(api: Any, charge: Callable[..., Any]) -> None:
    paid = charge()
    key = {"idempotency_key": f"refund {paid.id}"}
    once, again = (api.refunds.create({"charge": paid.id, "amount": 100}, key) for _ in range(2))
    assert (once.id, api.charges.retrieve(paid.id).amount_refunded) == (again.id, 100)


@pytest.mark.parametrize(
    ("card", "first", "last", "refunded"),
    [
        ("pm_card_pendingRefund", "pending", "succeeded", 900),
        ("pm_card_refundFail", "succeeded", "failed", 0),
    ],
)
def test_some_refunds_take_their_time(
    api: Any, sandbox: Sandbox, charge: Callable[..., Any], card: str, first: str, last: str, refunded: int
) -> None:
    refund = api.refunds.create({"charge": charge(card).id})
    assert refund.status == first
    assert api.charges.retrieve(refund.charge).amount_refunded == 900
    visit(f"{sandbox.stripe_url}/sandbox/tick?at={int(time.time()) + 61}", {})
    settled = api.refunds.retrieve(refund.id)
    assert (settled.status, api.charges.retrieve(refund.charge).amount_refunded) == (last, refunded)
    assert len(about(api, refund.id, "refund.updated")) == 1
    assert len(about(api, refund.id, "refund.failed")) == (last == "failed")


def test_charge_tells_of_its_card(api: Any, charge: Callable[..., Any]) -> None:
    paid = charge("pm_card_mastercard")
    card = paid.payment_method_details.card
    assert (card.brand, card.last4, paid.paid, paid.outcome.type) == (
        "mastercard",
        "4444",
        True,
        "authorized",
    )
    assert card.exp_year > 2025
    assert paid.billing_details.address.country is None
    assert visit(paid.receipt_url).status == 303


def test_charges_are_found(api: Any, charge: Callable[..., Any]) -> None:
    mine, other = charge(), charge()
    assert mine.customer != other.customer
    found = api.charges.list({"payment_intent": mine.payment_intent}).data
    assert [each.id for each in found] == [mine.id]
    since = {"customer": mine.customer, "created": {"gte": mine.created}}
    assert [each.id for each in api.charges.list(since).data] == [mine.id]
    assert api.charges.list({"customer": mine.customer, "created": {"lt": mine.created}}).data == []
    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.charges.list({"colour": "blue"})
    assert refused.value.code == "parameter_unknown"


def test_invoice_of_a_payment_is_found(api: Any, charge: Callable[..., Any]) -> None:
    mine = charge()
    charge()
    payment = {"type": "payment_intent", "payment_intent": mine.payment_intent}
    (link,) = api.invoice_payments.list({"payment": payment}).data
    assert (link.amount_paid, link.status, link.payment.payment_intent) == (900, "paid", mine.payment_intent)
    invoice = api.invoices.retrieve(link.invoice)
    assert invoice.customer == mine.customer
    by_invoice = api.invoice_payments.list({"invoice": link.invoice, "status": "paid"}).data
    assert [each.id for each in by_invoice] == [link.id]
    assert api.invoice_payments.list({"invoice": link.invoice, "status": "open"}).data == []
    assert len(api.invoice_payments.list({"payment": {"type": "payment_intent"}}).data) > 1
