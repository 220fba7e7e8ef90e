"""What holds for every call: keys, versions, errors, idempotency, expansion, lists."""

import base64
import json
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest
import stripe

from sandbox.running import Sandbox
from tests.sandbox.driving import client_of


def raw(url: str, headers: dict[str, str], body: bytes | None = None) -> tuple[int, Any, dict[str, Any]]:
    request = urllib.request.Request(url, body, headers)
    try:
        answer = urllib.request.urlopen(request, timeout=10)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        return answer.status, answer.headers, json.loads(answer.read())


@pytest.mark.parametrize(
    "authorization", [None, "Bearer sk_live_abc", "Bearer nonsense", "Basic !!", "Digest x"]
)
def test_only_test_keys_open_the_door(sandbox: Sandbox, authorization: str | None) -> None:
    headers = {"Authorization": authorization} if authorization else {}
    status, _, body = raw(f"{sandbox.stripe_url}/v1/customers", headers)
    assert (status, body["error"]["type"]) == (401, "invalid_request_error")


def test_basic_auth_takes_the_key_as_user_name(sandbox: Sandbox) -> None:
    credentials = base64.b64encode(b"sk_test_abc:").decode()
    status, _, body = raw(
        f"{sandbox.stripe_url}/v1/prices?limit=1", {"Authorization": f"Basic {credentials}"}
    )
    assert (status, body["object"]) == (200, "list")


def test_live_key_is_an_authentication_error_to_the_sdk(sandbox: Sandbox) -> None:
    with pytest.raises(stripe.AuthenticationError):
        client_of(sandbox, "sk_live_abc").v1.customers.list()


def test_other_api_version_is_refused(sandbox: Sandbox) -> None:
    headers = {"Authorization": "Bearer sk_test_a", "Stripe-Version": "2019-01-01"}
    status, _, body = raw(f"{sandbox.stripe_url}/v1/customers", headers)
    assert (status, body["error"]["code"]) == (400, "invalid_api_version")


def test_answers_carry_request_id_and_version(sandbox: Sandbox) -> None:
    _, headers, _ = raw(f"{sandbox.stripe_url}/v1/customers", {"Authorization": "Bearer sk_test_a"})
    assert headers["Request-Id"].startswith("req_")
    assert headers["Stripe-Version"] == stripe.api_version


def test_unknown_address_is_never_a_success(api: Any) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.quotes.list()
    assert refused.value.http_status == 404
    assert str(refused.value).split(": ", 1)[1].startswith("Unrecognized request URL (GET: /v1/quotes).")


@pytest.mark.parametrize(
    ("params", "code", "param"),
    [
        ({"nonsense": "x"}, "parameter_unknown", "nonsense"),
        ({"invoice_settings": {"nonsense": "x"}}, "parameter_unknown", "invoice_settings[nonsense]"),
        ({"email": "no address"}, "email_invalid", "email"),
        ({"payment_method": "pm_missing"}, "resource_missing", "payment_method"),
    ],
)
def test_bad_parameters_are_named(api: Any, params: dict[str, Any], code: str, param: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.customers.create(params)
    error = refused.value
    assert (error.http_status, error.code, error.param) == (400, code, param)


def test_missing_parameter_is_named(api: Any) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.products.create({})
    assert (refused.value.code, refused.value.param) == ("parameter_missing", "name")


def test_missing_object_is_404(api: Any) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.customers.retrieve("cus_missing")
    assert (refused.value.http_status, refused.value.code) == (404, "resource_missing")


def test_refused_call_leaves_nothing_behind(api: Any) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.prices.create({"currency": "eur", "product_data": {"name": "Orphan"}})
    assert refused.value.param == "unit_amount"
    assert "Orphan" not in [product.name for product in api.products.list({"limit": 100}).data]


def test_idempotency_key_replays_the_answer(api: Any) -> None:
    options = {"idempotency_key": "once-a"}
    first = api.customers.create({"email": "once@example.com"}, options)
    again = api.customers.create({"email": "once@example.com"}, options)
    assert again.id == first.id
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    assert len(api.customers.list({"email": "once@example.com"}).data) == 1


def test_idempotency_key_with_other_parameters_is_refused(api: Any) -> None:
    api.customers.create({"email": "b@example.com"}, {"idempotency_key": "once-b"})
    with pytest.raises(stripe.IdempotencyError) as refused:
        api.customers.create({"email": "c@example.com"}, {"idempotency_key": "once-b"})
    assert refused.value.http_status == 400


def test_idempotency_key_replays_a_decline(api: Any, new_customer: Callable[..., Any]) -> None:
    customer = new_customer()
    for _ in range(2):
        with pytest.raises(stripe.CardError) as declined:
            api.payment_methods.attach(
                "pm_card_chargeDeclined", {"customer": customer.id}, {"idempotency_key": "once-c"}
            )
    assert (declined.value.headers or {})["Idempotent-Replayed"] == "true"


def test_invalid_parameters_do_not_use_the_key_up(api: Any) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        api.customers.create({"nonsense": "x"}, {"idempotency_key": "once-d"})
    assert (
        api.customers.create({"email": "d@example.com"}, {"idempotency_key": "once-d"}).email
        == "d@example.com"
    )


def test_one_key_at_once_makes_one_object(sandbox: Sandbox) -> None:
    ids: list[str] = []

    def create() -> None:
        service: Any = client_of(sandbox).v1.customers
        ids.append(service.create({"email": "many@example.com"}, {"idempotency_key": "once-e"}).id)

    threads = [threading.Thread(target=create) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(ids), len(set(ids))) == (8, 1)


def test_expansion_goes_through_hashes_lists_and_objects(
    api: Any, monthly: Any, new_customer: Callable[..., Any]
) -> None:
    subscription = api.subscriptions.create(
        {
            "customer": new_customer("pm_card_visa").id,
            "items": [{"price": monthly.id}],
            "expand": [
                "customer.invoice_settings.default_payment_method",
                "items.data.price.product",
                "latest_invoice.payments.data.payment.payment_intent.latest_charge",
                "latest_invoice.parent.subscription_details.subscription",
            ],
        }
    )
    invoice = subscription.latest_invoice
    assert subscription["items"].data[0].price.product.name == "Digital"
    assert subscription.customer.invoice_settings.default_payment_method.card.last4 == "4242"
    assert invoice.payments.data[0].payment.payment_intent.latest_charge.status == "succeeded"
    assert invoice.parent.subscription_details.subscription.id == subscription.id


def test_expansion_of_a_list(api: Any, monthly: Any) -> None:
    prices = api.prices.list({"product": monthly.product, "expand": ["data.product"]})
    assert {price.product.name for price in prices.data} == {"Digital"}


@pytest.mark.parametrize("path", ["email", "nonsense", "invoice_settings.footer", "metadata"])
def test_expansion_of_what_is_no_object_is_refused(
    api: Any, new_customer: Callable[..., Any], path: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.customers.retrieve(new_customer().id, {"expand": [path]})
    assert refused.value.user_message == f"This property cannot be expanded ({path})."


def test_list_pages_newest_first_in_both_directions(api: Any) -> None:
    made = [api.customers.create({"email": "pages@example.com"}).id for _ in range(5)][::-1]
    first = api.customers.list({"email": "pages@example.com", "limit": 2})
    assert ([each.id for each in first.data], first.has_more) == (made[:2], True)
    second = api.customers.list({"email": "pages@example.com", "limit": 3, "starting_after": made[1]})
    assert ([each.id for each in second.data], second.has_more) == (made[2:], False)
    back = api.customers.list({"email": "pages@example.com", "limit": 2, "ending_before": made[4]})
    assert ([each.id for each in back.data], back.has_more) == (made[2:4], True)
    assert [each.id for each in first.auto_paging_iter()] == made


def test_list_filters_by_time(api: Any, new_customer: Callable[..., Any]) -> None:
    customer = new_customer()
    newer = api.customers.list({"created": {"gt": customer.created + 60}})
    since = api.customers.list({"created": {"gte": customer.created}, "limit": 100})
    assert newer.data == []
    assert customer.id in [each.id for each in since.data]


@pytest.mark.parametrize(
    "params", [{"limit": 0}, {"limit": 101}, {"limit": "x"}, {"starting_after": "cus_missing"}]
)
def test_bad_page_is_refused(api: Any, params: dict[str, Any]) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.customers.list(params)
    assert refused.value.http_status == 400


def test_metadata_merges_and_empties(api: Any) -> None:
    customer = api.customers.create({"metadata": {"a": "1", "b": "2"}})
    merged = api.customers.update(customer.id, {"metadata": {"a": "", "c": "3"}})
    assert merged.metadata.to_dict() == {"b": "2", "c": "3"}
    assert api.customers.update(customer.id, {"metadata": ""}).metadata.to_dict() == {}
