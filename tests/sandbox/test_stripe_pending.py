"""What `payment_behavior` does with a payment that fails: on creating and on changing a subscription."""

from collections.abc import Callable
from typing import Any

import pytest
import stripe

from tests.sandbox.driving import START
from tests.sandbox.lives import DAY, HOUR, Life, begin, body_of, control


@pytest.fixture
def life(api: Any, sandbox: Any, monthly: Any) -> Life:
    """A subscription whose card fails from now on."""
    life = begin(api, sandbox, monthly)
    life.turn("insufficient_funds")
    return life


def change(life: Life, price: Any, **more: Any) -> Any:
    """Change to this price, the difference to be paid at once."""
    item = life.api.subscriptions.retrieve(life.id)["items"].data[0].id
    params = {"items": [{"id": item, "price": price.id}], "proration_behavior": "always_invoice"}
    return life.api.subscriptions.update(life.id, params | more)


def price_of(subscription: Any) -> str:
    return str(subscription["items"].data[0].price.id)


def retrieve(life: Life) -> Any:
    return life.api.subscriptions.retrieve(life.id)


PENDING = {"payment_behavior": "pending_if_incomplete"}


def test_change_waits_for_its_payment(life: Life, monthly: Any, yearly: Any) -> None:
    changed = change(life, yearly, **PENDING)
    waiting = changed.pending_update
    assert (changed.status, price_of(changed)) == ("active", monthly.id)
    assert [item.price.id for item in waiting.subscription_items] == [yearly.id]
    assert (waiting.expires_at, waiting.billing_cycle_anchor) == (START + 23 * HOUR, None)
    assert (life.invoice.status, life.invoice.amount_due) == ("open", 9000 - 900)
    assert life.invoice.next_payment_attempt is None
    life.api.invoices.pay(life.invoice.id, {"payment_method": life.add_card()})
    paid = retrieve(life)
    assert (paid.pending_update, price_of(paid), paid.latest_invoice) == (None, yearly.id, life.invoice.id)
    assert paid["items"].data[0].current_period_end == START + 365 * DAY
    assert life.told("customer.subscription.pending_update_applied") == [
        "customer.subscription.pending_update_applied"
    ]


def test_change_nobody_pays_for_is_given_up(life: Life, monthly: Any, yearly: Any) -> None:
    invoice = change(life, yearly, **PENDING).latest_invoice
    life.pass_until(23 * HOUR - 1)
    assert retrieve(life).pending_update is not None
    life.pass_until(23 * HOUR)
    left = retrieve(life)
    assert (left.pending_update, left.status, price_of(left)) == (None, "active", monthly.id)
    assert life.api.invoices.retrieve(invoice).status == "void"
    told = ("customer.subscription.pending_update_expired", "customer.subscription.pending_update_applied")
    assert life.told(*told, "invoice.voided") == ["invoice.voided", told[0]]


def test_change_that_is_paid_at_once_never_waits(life: Life, yearly: Any) -> None:
    life.turn("success")
    changed = change(life, yearly, **PENDING)
    assert (changed.pending_update, price_of(changed), life.invoice.status) == (None, yearly.id, "paid")
    assert life.told("customer.subscription.pending_update_applied") == []


def test_change_waits_for_3d_secure(life: Life, yearly: Any) -> None:
    life.turn("authenticate_always")
    assert change(life, yearly, **PENDING).pending_update is not None
    assert life.intent.status == "requires_action"
    assert control(life.sandbox, f"intents/{life.intent.id}", result="pass")[0] == 200
    assert (retrieve(life).pending_update, price_of(retrieve(life))) == (None, yearly.id)


def test_next_change_takes_the_place_of_the_one_that_waits(life: Life, yearly: Any) -> None:
    first = change(life, yearly, **PENDING).latest_invoice
    second = change(life, yearly, **PENDING)
    assert life.api.invoices.retrieve(first).status == "void"
    assert (second.latest_invoice != first, life.invoice.status) == (True, "open")
    assert life.invoice.amount_due == 9000 - 900


def test_only_some_changes_can_wait(life: Life) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        life.api.subscriptions.update(life.id, {"metadata": {"a": "b"}, **PENDING})
    assert refused.value.param == "metadata"


def test_change_that_must_be_paid_is_not_made_otherwise(life: Life, monthly: Any, yearly: Any) -> None:
    before = retrieve(life)
    with pytest.raises(stripe.CardError) as declined:
        change(life, yearly, payment_behavior="error_if_incomplete")
    assert body_of(declined)["decline_code"] == "insufficient_funds"
    assert retrieve(life).to_dict() == before.to_dict()
    assert len(life.api.invoices.list({"customer": life.customer}).data) == 1


def test_change_is_made_and_its_payment_is_late(life: Life, yearly: Any) -> None:
    changed = change(life, yearly)
    assert (changed.status, price_of(changed)) == ("past_due", yearly.id)
    assert life.invoice.next_payment_attempt == START + DAY


def test_change_leaves_its_payment_to_the_customer(life: Life, yearly: Any) -> None:
    changed = change(life, yearly, payment_behavior="default_incomplete")
    assert (changed.status, price_of(changed), life.invoice.attempted) == ("past_due", yearly.id, False)
    life.api.payment_intents.confirm(life.intent.id, {"payment_method": life.add_card()})
    assert life.status == "active"


def test_nothing_can_be_pending_before_it_began(
    api: Any, monthly: Any, new_customer: Callable[..., Any]
) -> None:
    params = {"customer": new_customer("pm_card_visa").id, "items": [{"price": monthly.id}]}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.subscriptions.create(params | PENDING)
    assert refused.value.param == "payment_behavior"
