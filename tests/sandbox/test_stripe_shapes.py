"""Every object the sandbox returns has the shape of Stripe's own example.

The examples are read from STRIPE_FIXTURES, or from beside the repository; without them the test is skipped.
"""

import importlib
import json
import os
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from stripe._object_classes import OBJECT_CLASSES

from tests.sandbox.driving import START, card, visit

BESIDE = Path(__file__).parents[3] / "shared" / "stripe" / "fixtures3.json"
FIXTURES = Path(os.environ.get("STRIPE_FIXTURES", BESIDE))

EXTRA = {
    "checkout.session": {
        "line_items": "included when expanded",
        "tax_id_collection": "present when it was asked for",
    },
    "coupon": {
        "applies_to": "included when expanded",
        "currency_options": "included when expanded",
    },
    "customer": {"subscriptions": "included when expanded", "tax_ids": "included when expanded"},
    "refund": {"failure_reason": "on failed ones only", "pending_reason": "on pending ones only"},
    "invoice": {"payments": "included when expanded"},
    "webhook_endpoint": {"secret": "in the answer to its creation only"},
}
"""Keys we have and the example has not."""
LEFT_OUT = {
    "charge": {"refunds": "included when expanded"},
    "invoice": {"subscription": "gone from the pinned version, which has parent.subscription_details"},
}
"""Keys the example has and we have not."""
OPTIONAL_WITHIN = {
    "event.data": {"previous_attributes": "on updates only"},
    "event.data.object": {},
    "invoice_payment.payment": {"payment_intent": "present for this type; the example shows the type alone"},
    "line_item.pricing": {"price_details": "present for this type; the example shows the type alone"},
    "invoiceitem.pricing": {"price_details": "present for this type; the example shows the type alone"},
    "payment_intent.last_payment_error": {},
    "payment_intent.next_action": {
        "redirect_to_url": "present for this type; the example shows the type alone"
    },
    "setup_intent.next_action": {
        "redirect_to_url": "present for this type; the example shows the type alone"
    },
    "invoiceitem.parent.subscription_details": {"subscription_item": "absent from the example"},
    "billing_portal.session.flow": {},
    "test_helpers.test_clock.status_details": {"advancing": "while it is on its way"},
}
"""Hashes whose keys depend on their type or state: the extra keys they may have."""
DECIMAL = ("effective_percentage", "percent_off", "percentage")
"""Numbers that may have a fraction, or not, as it happens."""
FREE = (
    "metadata",
    "fraud_details",
    "payment_method_options",
    "object",
    "last_payment_error",
    "last_setup_error",
    "shipping",
)
"""Hashes whose keys are the client's own, or another object's, or left out of the example."""


@pytest.fixture(scope="module")
def examples() -> dict[str, Any]:
    if not FIXTURES.exists():
        pytest.skip("Stripe's example objects are not here")
    resources: dict[str, Any] = json.loads(FIXTURES.read_text())["resources"]
    resources["subscription_item"] = resources["subscription"]["items"]["data"][0]
    return resources


def differences(kind: str, ours: Any, example: Any, at: str) -> Iterator[str]:
    """Where our value is not of the example's shape. Null fits wherever Stripe's example may hold a value."""
    if ours is None or example is None:
        return
    if isinstance(ours, dict) and isinstance(example, dict):
        yield from hash_differences(kind, ours, example, at)
    elif isinstance(ours, list) and isinstance(example, list):
        for element in ours:
            if example and not (isinstance(element, dict) and "object" in element):
                yield from differences(kind, element, example[0], f"{at}[]")
    elif at.rpartition(".")[2] in DECIMAL and isinstance(ours, int | float):
        return
    elif type(ours) is not type(example) and not (isinstance(ours, str) and isinstance(example, dict)):
        yield f"{at}: {type(ours).__name__} instead of {type(example).__name__}"


def hash_differences(kind: str, ours: dict[str, Any], example: dict[str, Any], at: str) -> Iterator[str]:
    if at.rpartition(".")[2] in FREE or ("object" in ours and at != kind):
        return
    extra = set(OPTIONAL_WITHIN.get(at, {})) | (set(EXTRA.get(kind, {})) if at == kind else set())
    absent = set(LEFT_OUT.get(kind, {})) if at == kind else set()
    for key in sorted(set(ours) - set(example) - extra):
        yield f"{at}: has {key}, which Stripe has not"
    for key in sorted(set(example) - set(ours) - absent):
        yield f"{at}: lacks {key}"
    for key in sorted(set(ours) & set(example)):
        if at == kind and ours[key] is None and not nullable(kind, key):
            yield f"{at}.{key}: null, which Stripe never says"
        yield from differences(kind, ours[key], example[key], f"{at}.{key}")


def nullable(kind: str, key: str) -> bool:
    """Whether the SDK, which is made from Stripe's specification, types a key as optional."""
    module, name = OBJECT_CLASSES[kind]
    annotation = getattr(importlib.import_module(module), name).__annotations__[key]
    return type(None) in typing.get_args(annotation)


def objects_in(value: Any) -> Iterator[dict[str, Any]]:
    """Every object within an answer, lists and hashes gone through."""
    if isinstance(value, dict):
        if isinstance(value.get("object"), str) and value["object"] != "list" and not value.get("deleted"):
            yield value
        value = list(value.values())
    for element in value if isinstance(value, list) else []:
        yield from objects_in(element)


@pytest.fixture(scope="module")
def answers(api: Any, sandbox: Any, monthly: Any, yearly: Any) -> list[Any]:
    """One of everything, in many states, seen through every list."""
    endpoint = api.webhook_endpoints.create(
        {"url": "http://127.0.0.1:9/", "enabled_events": ["plan.created"]}
    )
    clock = api.test_helpers.test_clocks.create({"frozen_time": START})
    seen: list[Any] = [endpoint, api.test_helpers.test_clocks.advance(clock.id, {"frozen_time": START + 60})]
    for magic in ("pm_card_visa", "pm_card_chargeCustomerFail", "pm_card_threeDSecure2Required"):
        params = {"payment_method": magic, "invoice_settings": {"default_payment_method": magic}}
        customer = api.customers.create(params)
        subscription = api.subscriptions.create({"customer": customer.id, "items": [{"price": monthly.id}]})
        flow = {"type": "subscription_cancel", "subscription_cancel": {"subscription": subscription.id}}
        seen.append(api.billing_portal.sessions.create({"customer": customer.id, "flow_data": flow}))
        seen.append(api.subscriptions.update(subscription.id, {"cancel_at_period_end": True}))
    seen.append(_pending(api, monthly))
    paid = api.subscriptions.list({"status": "active", "limit": 1}).data[0]
    changed = {"items": [{"id": paid["items"].data[0].id, "price": yearly.id}]}
    seen.append(api.subscriptions.update(paid.id, changed))
    seen += [_checkout(api, monthly, trial) for trial in (None, 14)]
    seen += _discounted_and_taxed(api, monthly)
    seen.append(api.invoices.list({"expand": ["data.payments"], "limit": 100}))
    seen += _money_back(api, sandbox, monthly)
    _purchase(api)
    lists = (
        api.charges,
        api.checkout.sessions,
        api.customers,
        api.disputes,
        api.events,
        api.invoice_items,
        api.invoice_payments,
        api.payment_intents,
        api.payment_methods,
        api.prices,
        api.products,
        api.refunds,
        api.setup_intents,
        api.test_helpers.test_clocks,
        api.webhook_endpoints,
        api.billing_portal.configurations,
    )
    seen += [each.list({"limit": 100}) for each in lists]
    seen.append(api.subscriptions.list({"limit": 100, "status": "all"}))
    return [json.loads(each.last_response.body) for each in seen]


def _money_back(api: Any, sandbox: Any, price: Any) -> list[Any]:
    """Refunds that went through, wait and failed, and a dispute in each of its states."""
    charges = []
    for magic in (
        "pm_card_visa",
        "pm_card_pendingRefund",
        "pm_card_refundFail",
        *["pm_card_createDispute"] * 3,
    ):
        params = {"payment_method": magic, "invoice_settings": {"default_payment_method": magic}}
        customer = api.customers.create(params)
        api.subscriptions.create({"customer": customer.id, "items": [{"price": price.id}]})
        charges += [each.id for each in api.charges.list({"customer": customer.id}).data]
    visit(f"{sandbox.stripe_url}/sandbox/tick", {})
    disputes = [api.disputes.list({"charge": charge}).data[0] for charge in charges[3:]]
    evidence = {"evidence": {"uncategorized_text": "An issue a month, each delivered."}}
    seen = [api.refunds.create({"charge": charge, "amount": 100}) for charge in charges[:3]]
    seen += [api.disputes.update(disputes[0].id, evidence), api.disputes.close(disputes[1].id)]
    return [*seen, api.charges.retrieve(charges[0], {"expand": ["refunds"]})]


def _pending(api: Any, price: Any) -> Any:
    """A subscription with a change that waits for its payment."""
    magic = "pm_card_chargeCustomerFail"
    params = {"payment_method": magic, "invoice_settings": {"default_payment_method": magic}}
    trial = {"items": [{"price": price.id}], "trial_period_days": 14}
    subscription = api.subscriptions.create({"customer": api.customers.create(params).id, **trial})
    change = {"trial_end": "now", "payment_behavior": "pending_if_incomplete"}
    return api.subscriptions.update(subscription.id, change)


def _discounted_and_taxed(api: Any, price: Any) -> list[Any]:
    """A business with a balance buys with a code and pays no tax; its next change is previewed."""
    params = {"duration": "repeating", "duration_in_months": 3, "percent_off": 12.5, "name": "Spring"}
    coupon = api.coupons.create(params | {"applies_to": {"products": [price.product]}})
    promotion = {"type": "coupon", "coupon": coupon.id}
    code = api.promotion_codes.create({"promotion": promotion, "metadata": {"a": "b"}})
    firm = {
        "address": {"country": "FR", "postal_code": "75011"},
        "tax_id_data": [{"type": "eu_vat", "value": "FR12345678901"}],
        "payment_method": "pm_card_visa",
        "invoice_settings": {"default_payment_method": "pm_card_visa"},
    }
    customer = api.customers.create(firm)
    change = {"amount": -100, "currency": "eur"}
    balance = api.customers.balance_transactions.create(customer.id, change)
    order = {"customer": customer.id, "items": [{"price": price.id, "quantity": 2}]}
    terms = {"automatic_tax": {"enabled": True}, "discounts": [{"promotion_code": code.id}]}
    subscription = api.subscriptions.create(order | terms)
    items = [{"id": subscription["items"].data[0].id, "quantity": 5}]
    asked = {"subscription": subscription.id, "subscription_details": {"items": items}}
    return [
        balance,
        api.invoices.create_preview(asked | {"expand": ["discounts", "lines.data.discounts"]}),
        api.coupons.retrieve(coupon.id, {"expand": ["applies_to"]}),
        api.promotion_codes.list({"limit": 100}),
        api.subscriptions.retrieve(subscription.id, {"expand": ["discounts.source.coupon"]}),
        api.customers.retrieve(customer.id, {"expand": ["tax_ids"]}),
        api.customers.balance_transactions.list(customer.id),
        api.tax_rates.list({"limit": 100}),
    ]


def _purchase(api: Any) -> None:
    """Something bought once, with everything a page may ask for."""
    price = {"currency": "eur", "unit_amount": 700, "product_data": {"name": "The Almanac"}}
    session = api.checkout.sessions.create(
        {
            "mode": "payment",
            "line_items": [{"price_data": price, "quantity": 1}],
            "success_url": "http://site.test/thanks",
            "customer_creation": "always",
            "consent_collection": {"terms_of_service": "required"},
            "custom_text": {"submit": {"message": "Printed on demand."}},
            "phone_number_collection": {"enabled": True},
            "shipping_address_collection": {"allowed_countries": ["DE"]},
        }
    )
    place = {"name": "Ada Vale", "line1": "Birch Lane 3", "postal_code": "10115", "city": "Berlin"}
    sent_to = {f"shipping_{part}": text for part, text in (place | {"country": "DE"}).items()}
    beside = {"email": "shape@example.com", "phone": "+49 30 1234567", "terms": "on"}
    visit(session.url, card("4242424242424242", **beside, **sent_to))


def _checkout(api: Any, price: Any, trial_days: int | None) -> Any:
    params: dict[str, Any] = {
        "mode": "subscription",
        "line_items": [{"price": price.id, "quantity": 1}],
        "success_url": "http://site.test/thanks",
        "expand": ["line_items"],
    }
    if trial_days:
        params["subscription_data"] = {"trial_period_days": trial_days}
    session = api.checkout.sessions.create(params)
    number = "4000002500003155" if trial_days else "4242424242424242"
    visit(session.url, card(number, email="shape@example.com"))
    return session


KINDS = (
    "billing_portal.configuration",
    "billing_portal.session",
    "charge",
    "checkout.session",
    "coupon",
    "customer",
    "customer_balance_transaction",
    "discount",
    "dispute",
    "event",
    "invoice",
    "invoice_payment",
    "invoiceitem",
    "item",
    "line_item",
    "payment_intent",
    "payment_method",
    "plan",
    "price",
    "product",
    "promotion_code",
    "refund",
    "setup_intent",
    "subscription",
    "subscription_item",
    "test_helpers.test_clock",
    "tax_id",
    "tax_rate",
    "webhook_endpoint",
)


@pytest.mark.parametrize("kind", KINDS)
def test_shape_is_stripes_own(kind: str, examples: dict[str, Any], answers: list[Any]) -> None:
    found = [each for answer in answers for each in objects_in(answer) if each["object"] == kind]
    wrong = {text for each in found for text in differences(kind, each, examples[kind], kind)}
    assert found
    assert sorted(wrong) == []


def test_no_other_kind_is_returned(answers: list[Any]) -> None:
    assert {each["object"] for answer in answers for each in objects_in(answer)} == set(KINDS)


def test_a_difference_would_be_seen(examples: dict[str, Any], monthly: Any) -> None:
    price = json.loads(monthly.last_response.body)
    del price["active"]
    price |= {"unit_amount": "900", "colour": "blue", "currency": None}
    assert sorted(differences("price", price, examples["price"], "price")) == [
        "price.currency: null, which Stripe never says",
        "price.unit_amount: str instead of int",
        "price: has colour, which Stripe has not",
        "price: lacks active",
    ]
