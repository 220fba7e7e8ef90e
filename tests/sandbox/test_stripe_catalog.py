"""Products, prices, customers and their cards."""

from collections.abc import Callable
from typing import Any

import pytest
import stripe

MONTH = {"interval": "month"}


def price_of(api: Any, **more: Any) -> Any:
    product = api.products.create({"name": "Print"})
    params = {"product": product.id, "currency": "usd", "unit_amount": 1200, "recurring": MONTH}
    return api.prices.create(params | more)


def test_product_keeps_what_it_was_given(api: Any) -> None:
    product = api.products.create({"id": "prod_chosen", "name": "Print", "metadata": {"plan": "print"}})
    changed = api.products.update(product.id, {"name": "Print edition", "active": False})
    assert (changed.id, changed.name, changed.active) == ("prod_chosen", "Print edition", False)
    assert changed.metadata.to_dict() == {"plan": "print"}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.products.create({"id": "prod_chosen", "name": "Again"})
    assert refused.value.code == "resource_already_exists"


def test_products_are_found_by_id_and_activity(api: Any) -> None:
    kept, gone = (api.products.create({"name": name}) for name in ("Kept", "Gone"))
    api.products.update(gone.id, {"active": False})
    found = api.products.list({"ids": [kept.id, gone.id], "active": True})
    assert [product.id for product in found.data] == [kept.id]


def test_product_with_prices_cannot_be_deleted(api: Any) -> None:
    price = price_of(api)
    with pytest.raises(stripe.InvalidRequestError):
        api.products.delete(price.product)
    unused = api.products.create({"name": "Unused"})
    assert api.products.delete(unused.id).deleted is True


def test_prices_are_found_by_lookup_key(api: Any) -> None:
    price = price_of(api, lookup_key="print_month")
    price_of(api, lookup_key="print_year")
    found = api.prices.list({"lookup_keys": ["print_month", "nonsense"], "active": True})
    assert [each.id for each in found.data] == [price.id]


def test_lookup_key_moves_only_when_asked(api: Any) -> None:
    old = price_of(api, lookup_key="moving")
    with pytest.raises(stripe.InvalidRequestError):
        price_of(api, lookup_key="moving")
    new = price_of(api, lookup_key="moving", transfer_lookup_key=True)
    assert (api.prices.retrieve(old.id).lookup_key, new.lookup_key) == (None, "moving")


def test_amount_of_a_price_never_changes(api: Any) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.prices.update(price_of(api).id, {"unit_amount": 1})
    assert refused.value.code == "parameter_unknown"


def test_customers_are_found_by_email(api: Any) -> None:
    customer = api.customers.create({"email": "findme@example.com", "name": "Finn"})
    api.customers.create({"email": "findmenot@example.com"})
    assert [each.id for each in api.customers.list({"email": "findme@example.com"}).data] == [customer.id]


def test_empty_value_unsets(api: Any) -> None:
    customer = api.customers.create({"email": "unset@example.com", "name": "Una"})
    changed = api.customers.update(customer.id, {"email": ""})
    assert (changed.email, changed.name) == (None, "Una")


def test_deleted_customer_answers_that_it_is_gone(
    api: Any, monthly: Any, new_customer: Callable[..., Any]
) -> None:
    customer = new_customer("pm_card_visa")
    subscription = api.subscriptions.create({"customer": customer.id, "items": [{"price": monthly.id}]})
    assert api.customers.delete(customer.id).to_dict() == {
        "id": customer.id,
        "object": "customer",
        "deleted": True,
    }
    assert api.customers.retrieve(customer.id).deleted is True
    assert api.subscriptions.retrieve(subscription.id).status == "canceled"
    assert customer.id not in [each.id for each in api.customers.list({"limit": 100}).data]


def test_magic_card_named_twice_is_one_card(api: Any, new_customer: Callable[..., Any]) -> None:
    customer = new_customer("pm_card_visa")
    cards = api.customers.payment_methods.list(customer.id).data
    assert [each.id for each in cards] == [customer.invoice_settings.default_payment_method]
    assert (cards[0].card.brand, cards[0].card.last4) == ("visa", "4242")


def test_cards_attach_and_detach(api: Any, new_customer: Callable[..., Any]) -> None:
    customer, other = new_customer(), new_customer()
    method = api.payment_methods.attach("pm_card_mastercard", {"customer": customer.id})
    assert method.customer == customer.id
    with pytest.raises(stripe.InvalidRequestError):
        api.payment_methods.attach(method.id, {"customer": other.id})
    api.customers.update(customer.id, {"invoice_settings": {"default_payment_method": method.id}})
    assert api.payment_methods.detach(method.id).customer is None
    assert api.customers.retrieve(customer.id).invoice_settings.default_payment_method is None


def test_foreign_card_cannot_be_a_default(api: Any, new_customer: Callable[..., Any]) -> None:
    foreign = new_customer("pm_card_visa").invoice_settings.default_payment_method
    with pytest.raises(stripe.InvalidRequestError):
        api.customers.update(new_customer().id, {"invoice_settings": {"default_payment_method": foreign}})


@pytest.mark.parametrize(
    ("card", "code", "decline_code"),
    [
        ("pm_card_chargeDeclined", "card_declined", "generic_decline"),
        ("pm_card_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card", None),
    ],
)
def test_refused_cards_do_not_attach(
    api: Any, new_customer: Callable[..., Any], card: str, code: str, decline_code: str | None
) -> None:
    customer = new_customer()
    with pytest.raises(stripe.CardError) as declined:
        api.payment_methods.attach(card, {"customer": customer.id})
    error: Any = declined.value
    assert (error.http_status, error.code, error.error.decline_code) == (402, code, decline_code)
    assert api.customers.payment_methods.list(customer.id).data == []


@pytest.mark.parametrize(
    ("card", "code"),
    [
        ({"number": "4242424242424241", "exp_month": 12, "exp_year": 2034}, "incorrect_number"),
        ({"number": "4111111111111111", "exp_month": 12, "exp_year": 2034}, "card_declined"),
        ({"number": "4242424242424242", "exp_month": 13, "exp_year": 2034}, "invalid_expiry_month"),
        ({"number": "4242424242424242", "exp_month": 12, "exp_year": 2020}, "invalid_expiry_year"),
        ({"number": "4242424242424242", "exp_month": 12, "exp_year": 2034, "cvc": "12"}, "invalid_cvc"),
    ],
)
def test_bad_card_numbers_are_refused(api: Any, card: dict[str, Any], code: str) -> None:
    with pytest.raises(stripe.CardError) as declined:
        api.payment_methods.create({"type": "card", "card": card})
    assert declined.value.code == code


def test_card_is_made_from_number_or_token(api: Any) -> None:
    number = {"number": "5555 5555 5555 4444", "exp_month": 7, "exp_year": 2033, "cvc": "321"}
    made = api.payment_methods.create({"type": "card", "card": number})
    assert (made.card.brand, made.card.last4, made.card.exp_month, made.card.exp_year) == (
        "mastercard",
        "4444",
        7,
        2033,
    )
    assert api.payment_methods.create({"type": "card", "card": {"token": "tok_visa"}}).card.last4 == "4242"


def test_a_customer_says_where_parcels_go(api: Any, new_customer: Callable[..., Any]) -> None:
    customer = new_customer()
    where = {"line1": "4 Rope Walk", "line2": "", "city": "Port Saldane", "country": "DE"}
    api.customers.update(customer.id, {"shipping": {"name": "Ines Varga", "address": where}})
    found = api.customers.retrieve(customer.id).shipping
    assert (found.name, found.phone) == ("Ines Varga", None)
    assert found.address.to_dict() == {**where, "line2": None, "postal_code": None, "state": None}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.customers.update(customer.id, {"shipping": {"address": where}})
    assert refused.value.param == "shipping[name]"
