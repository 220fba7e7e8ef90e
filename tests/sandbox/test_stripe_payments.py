"""Checkout in payment mode, and what a page may ask for beside the payment."""

from collections.abc import Callable
from typing import Any

import pytest
import stripe

from sandbox.running import Sandbox
from tests.sandbox.driving import card, visit

SUCCESS = "http://site.test/thanks?session={CHECKOUT_SESSION_ID}"
VISA = "4242424242424242"
DELIVERY = {
    "shipping_name": "Ada Vale",
    "shipping_line1": "Birch Lane 3",
    "shipping_postal_code": "10115",
    "shipping_city": "Berlin",
    "shipping_country": "DE",
}
PLACE = {"line1": "Birch Lane 3", "line2": None, "city": "Berlin", "state": None}
PLACE |= {"postal_code": "10115", "country": "DE"}


@pytest.fixture(scope="session")
def book(api: Any) -> Any:
    """A price of €20, once."""
    product = api.products.create({"name": "The Almanac"})
    return api.prices.create({"product": product.id, "currency": "eur", "unit_amount": 2000})


@pytest.fixture
def sell(api: Any, book: Any) -> Callable[..., Any]:
    """A session to buy the book on."""

    def make(**more: Any) -> Any:
        lines = [{"price": book.id, "quantity": 1}]
        return api.checkout.sessions.create(
            {"mode": "payment", "line_items": lines, "success_url": SUCCESS} | more
        )

    return make


def pay(session: Any, number: str = VISA, **more: str) -> Any:
    return visit(session.url, card(number, email="ada@example.com", **more))


def test_guest_pays_once(api: Any, sell: Callable[..., Any]) -> None:
    data = {"metadata": {"order": "7"}, "description": "The Almanac"}
    session = sell(client_reference_id="order-7", payment_intent_data=data, submit_type="book")
    page = visit(session.url)
    assert (page.heading, "Charged once." in page.text) == ("Book The Almanac", True)
    assert (session.payment_intent, session.amount_total, session.customer_creation) == (
        None,
        2000,
        "if_required",
    )
    assert pay(session).location == SUCCESS.replace("{CHECKOUT_SESSION_ID}", session.id)
    done = api.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent.latest_charge"]})
    assert (done.status, done.payment_status, done.customer) == ("complete", "paid", None)
    assert (done.customer_details.email, done.subscription, done.invoice) == ("ada@example.com", None, None)
    intent = done.payment_intent
    assert (intent.status, intent.amount_received, intent.customer) == ("succeeded", 2000, None)
    assert (intent.metadata.to_dict(), intent.description) == ({"order": "7"}, "The Almanac")
    assert (intent.latest_charge.paid, intent.latest_charge.metadata.to_dict()) == (True, {"order": "7"})
    found = api.checkout.sessions.list({"payment_intent": intent.id}).data
    assert [each.id for each in found] == [session.id]
    assert visit(intent.latest_charge.receipt_url).heading == "Receipt"
    assert api.refunds.create({"payment_intent": intent.id}).amount == 2000


def test_customer_may_be_made_or_known(
    api: Any, sell: Callable[..., Any], new_customer: Callable[..., Any]
) -> None:
    made = sell(customer_creation="always")
    pay(made)
    done = api.checkout.sessions.retrieve(made.id, {"expand": ["customer"]})
    assert done.customer.email == "ada@example.com"
    known = new_customer()
    session = sell(customer=known.id, payment_intent_data={"setup_future_usage": "off_session"})
    pay(session)
    assert api.checkout.sessions.retrieve(session.id).customer == known.id
    assert len(api.payment_methods.list({"customer": known.id}).data) == 1
    assert [each.amount for each in api.charges.list({"customer": known.id}).data] == [2000]


def test_price_may_be_made_on_the_spot(api: Any, sell: Callable[..., Any]) -> None:
    price = {"currency": "eur", "unit_amount": 700, "product_data": {"name": "A gift of one month"}}
    session = sell(line_items=[{"price_data": price, "quantity": 2}])
    (line,) = api.checkout.sessions.line_items.list(session.id).data
    assert (line.description, line.amount_total, line.price.recurring) == ("A gift of one month", 1400, None)
    pay(session)
    assert api.checkout.sessions.retrieve(session.id).amount_total == 1400


def test_declined_card_can_be_replaced(api: Any, sell: Callable[..., Any]) -> None:
    session = sell()
    page = pay(session, "4000000000000002")
    assert (page.status, page.faults) == (402, ["Your card was declined."])
    tried = api.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    assert (tried.status, tried.payment_intent.status) == ("open", "requires_payment_method")
    assert tried.payment_intent.last_payment_error.decline_code == "generic_decline"
    pay(session)
    done = api.checkout.sessions.retrieve(session.id)
    assert (done.payment_status, done.payment_intent) == ("paid", tried.payment_intent.id)
    charges = api.charges.list({"payment_intent": done.payment_intent}).data
    assert [each.status for each in charges] == ["succeeded", "failed"]


@pytest.mark.parametrize(("result", "status"), [("complete", "complete"), ("fail", "open")])
def test_3d_secure(api: Any, sandbox: Sandbox, sell: Callable[..., Any], result: str, status: str) -> None:
    session = sell()
    bank = f"{sandbox.stripe_url}{pay(session, '4000002760003184').location}"
    assert api.checkout.sessions.retrieve(session.id).payment_status == "unpaid"
    back = visit(bank, {"result": result}).location
    there = SUCCESS.replace("{CHECKOUT_SESSION_ID}", session.id)
    assert back == (there if result == "complete" else f"/c/pay/{session.id}?failed=1")
    done = api.checkout.sessions.retrieve(session.id)
    assert (done.status, done.payment_status) == (status, "paid" if status == "complete" else "unpaid")


def test_code_makes_it_cheaper_or_free(api: Any, sell: Callable[..., Any]) -> None:
    for percent, amount, status in ((50, 1000, "paid"), (100, 0, "no_payment_required")):
        coupon = api.coupons.create({"percent_off": percent, "duration": "once"})
        session = sell(discounts=[{"coupon": coupon.id}])
        assert session.amount_total == amount
        pay(session)
        assert api.checkout.sessions.retrieve(session.id).payment_status == status
        assert api.coupons.retrieve(coupon.id).times_redeemed == 1


@pytest.mark.parametrize("mode", ["payment", "subscription"])
def test_delivery_phone_and_consent_are_asked_for(
    api: Any, monthly: Any, sell: Callable[..., Any], mode: str
) -> None:
    more: dict[str, Any] = {
        "mode": mode,
        "shipping_address_collection": {"allowed_countries": ["DE", "AT"]},
        "phone_number_collection": {"enabled": True},
        "consent_collection": {"terms_of_service": "required"},
        "custom_text": {
            "terms_of_service_acceptance": {"message": "I agree to the terms of the Almanac."},
            "submit": {"message": "Printed on demand."},
        },
        "customer_creation": "always",
    }
    if mode == "subscription":
        del more["customer_creation"]
        more["line_items"] = [{"price": monthly.id, "quantity": 1}]
    session = sell(**more)
    empty = pay(session, shipping_country="FR")
    assert (empty.status, empty.faults) == (
        422,
        [
            "Enter your phone number, for instance +49 30 1234567.",
            "Enter the name for the delivery.",
            "Enter the street and number for the delivery.",
            "Enter the postal code for the delivery.",
            "Enter the town for the delivery.",
            "Choose the country for the delivery.",
            "Agree to the terms to go on.",
        ],
    )
    assert "I agree to the terms of the Almanac." in empty.text
    assert "Printed on demand." in empty.text
    assert pay(session, phone="+49 30 1234567", terms="on", **DELIVERY).status == 303
    done = api.checkout.sessions.retrieve(session.id, {"expand": ["customer"]})
    sent_to = done.collected_information.shipping_details
    assert (sent_to.name, sent_to.address.to_dict()) == ("Ada Vale", PLACE)
    assert done.consent.terms_of_service == "accepted"
    assert done.customer_details.phone == "+49 30 1234567"
    kept = done.customer.shipping
    assert (kept.name, kept.phone, kept.address.to_dict()) == ("Ada Vale", "+49 30 1234567", PLACE)
    if mode == "payment":
        assert api.payment_intents.retrieve(done.payment_intent).shipping.name == "Ada Vale"


def test_known_customers_address_is_changed_only_when_allowed(
    api: Any, sell: Callable[..., Any], new_customer: Callable[..., Any]
) -> None:
    for updates, name in (({}, None), ({"shipping": "auto"}, "Ada Vale")):
        customer = new_customer()
        session = sell(
            customer=customer.id,
            customer_update=updates,
            shipping_address_collection={"allowed_countries": ["DE"]},
        )
        pay(session, **DELIVERY)
        kept = api.customers.retrieve(customer.id).shipping
        assert (kept.name if kept else None) == name


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"mode": "setup"}, "mode"),
        ({"subscription_data": {"metadata": {"a": "1"}}}, "subscription_data"),
        ({"payment_method_collection": "always"}, "payment_method_collection"),
        ({"mode": "subscription", "payment_intent_data": {"metadata": {"a": "1"}}}, "payment_intent_data"),
        ({"shipping_address_collection": {"allowed_countries": ["Germany"]}}, "shipping_address_collection"),
        ({"consent_collection": {"terms_of_service": "maybe"}}, "consent_collection[terms_of_service]"),
        ({"submit_type": "shout"}, "submit_type"),
        ({"line_items": []}, "line_items"),
    ],
)
def test_purchase_that_cannot_be_is_refused(
    sell: Callable[..., Any], change: dict[str, Any], param: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        sell(**change)
    assert refused.value.http_status == 400
    assert str(refused.value.param).startswith(param)


def test_recurring_price_is_not_bought_once(sell: Callable[..., Any], monthly: Any) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        sell(line_items=[{"price": monthly.id, "quantity": 1}])
    assert "You specified `payment` mode but passed a recurring price." in str(refused.value)


def test_purchase_is_not_confirmed_past_its_session(api: Any, sell: Callable[..., Any]) -> None:
    session = sell()
    pay(session, "4000000000000002")
    intent = api.checkout.sessions.retrieve(session.id).payment_intent
    with pytest.raises(stripe.InvalidRequestError):
        api.payment_intents.confirm(intent, {"payment_method": "pm_card_visa"})
    assert api.payment_intents.retrieve(intent).status == "requires_payment_method"
