"""Events on their way to endpoints: signed, retried, kept."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import stripe

from sandbox.running import Sandbox, running_sandbox
from tests.sandbox.driving import Receiver, client_of, listening, visit


@pytest.fixture
def register(api: Any, receiver: Receiver) -> Iterator[Callable[..., Any]]:
    """Registers our receiver for some types, until the test ends."""
    made = []

    def make(*types: str) -> Any:
        made.append(api.webhook_endpoints.create({"url": receiver.url, "enabled_events": list(types)}))
        return made[-1]

    yield make
    for endpoint in made:
        api.webhook_endpoints.delete(endpoint.id)


def settled(api: Any, event: str) -> int:
    """The pending deliveries of an event, once they are none or time is up."""
    until = time.monotonic() + 10
    while (pending := api.events.retrieve(event).pending_webhooks) and time.monotonic() < until:
        time.sleep(0.05)
    return int(pending)


def test_event_arrives_signed(api: Any, receiver: Receiver, register: Callable[..., Any]) -> None:
    endpoint = register("customer.created")
    customer = api.customers.create({"email": "signed@example.com", "name": "Zoë"})
    headers, body = receiver.take("customer.created")
    event = stripe.Webhook.construct_event(body, headers["Stripe-Signature"], endpoint.secret)
    assert (event.data.object.id, event.api_version, event.livemode) == (
        customer.id,
        stripe.api_version,
        False,
    )
    assert event.request.id == customer.last_response.request_id
    assert settled(api, event.id) == 0


def test_altered_body_does_not_verify(api: Any, receiver: Receiver, register: Callable[..., Any]) -> None:
    endpoint = register("customer.created")
    api.customers.create({"email": "altered@example.com"})
    headers, body = receiver.take("customer.created")
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(body + b" ", headers["Stripe-Signature"], endpoint.secret)


def test_secret_is_shown_once(api: Any, register: Callable[..., Any]) -> None:
    endpoint = register("customer.created")
    assert endpoint.secret.startswith("whsec_")
    assert "secret" not in api.webhook_endpoints.retrieve(endpoint.id).to_dict()
    assert all("secret" not in each.to_dict() for each in api.webhook_endpoints.list().data)


def test_deleted_endpoint_is_gone(api: Any, receiver: Receiver) -> None:
    made = api.webhook_endpoints.create({"url": receiver.url, "enabled_events": ["*"]})
    assert api.webhook_endpoints.delete(made.id).deleted is True
    assert made.id not in [each.id for each in api.webhook_endpoints.list({"limit": 100}).data]
    api.customers.create({"email": "gone@example.com"})
    time.sleep(0.3)
    assert receiver.received.empty()


def test_only_what_was_asked_for_arrives(api: Any, receiver: Receiver, register: Callable[..., Any]) -> None:
    register("product.created")
    api.customers.create({"email": "unasked@example.com"})
    api.products.create({"name": "Asked for"})
    receiver.take("product.created")
    assert receiver.received.empty()


def test_update_carries_what_was_there_before(
    api: Any, receiver: Receiver, register: Callable[..., Any]
) -> None:
    register("*")
    customer = api.customers.create({"email": "before@example.com", "metadata": {"a": "1", "b": "2"}})
    api.customers.update(customer.id, {"email": "after@example.com", "metadata": {"a": "3"}})
    _, body = receiver.take("customer.updated")
    before = {"email": "before@example.com", "metadata": {"a": "1"}}
    assert json.loads(body)["data"]["previous_attributes"] == before


def test_change_of_nothing_is_no_event(api: Any) -> None:
    customer = api.customers.create({"email": "same@example.com"})
    api.customers.update(customer.id, {"email": "same@example.com"})
    updates = api.events.list({"type": "customer.updated", "limit": 100}).data
    assert [event.id for event in updates if event.data.object.id == customer.id] == []


@pytest.mark.parametrize("failure", [500, 307, 404])
def test_failure_is_tried_again(
    api: Any, sandbox: Sandbox, receiver: Receiver, register: Callable[..., Any], failure: int
) -> None:
    receiver.answers = [failure, 200]
    register("customer.created")
    api.customers.create({"email": "again@example.com"})
    first = json.loads(receiver.take("customer.created")[1])
    second = json.loads(receiver.take("customer.created")[1])
    assert second["id"] == first["id"]
    assert settled(api, first["id"]) == 0
    shown = visit(f"{sandbox.stripe_url}/objects/{first['id']}").text
    assert (f": {failure} " in shown, ": 200 " in shown) == (True, True)


def test_disabled_endpoint_gets_nothing_more(
    api: Any, receiver: Receiver, register: Callable[..., Any]
) -> None:
    receiver.answers = [500]
    endpoint = register("customer.created")
    api.customers.create({"email": "off@example.com"})
    event = json.loads(receiver.take("customer.created")[1])
    assert api.webhook_endpoints.update(endpoint.id, {"disabled": True}).status == "disabled"
    api.customers.create({"email": "off2@example.com"})
    time.sleep(1.5)
    assert (receiver.received.empty(), api.events.retrieve(event["id"]).pending_webhooks) == (True, 0)


def test_send_again_from_the_page(
    api: Any, sandbox: Sandbox, receiver: Receiver, register: Callable[..., Any]
) -> None:
    register("customer.created")
    api.customers.create({"email": "twice@example.com"})
    event = json.loads(receiver.take("customer.created")[1])
    assert settled(api, event["id"]) == 0
    assert visit(f"{sandbox.stripe_url}/objects/{event['id']}/send", {}).status == 303
    assert json.loads(receiver.take("customer.created")[1])["id"] == event["id"]


def test_forwarding_is_signed_with_the_given_secret(tmp_path: Path) -> None:
    with listening() as receiver:
        arguments = ["--forward-to", receiver.url, "--signing-secret", "whsec_given"]
        with running_sandbox(state=tmp_path / "state.sqlite3", arguments=arguments) as own:
            client: Any = client_of(own)
            client.v1.customers.create({"email": "forward@example.com"})
            headers, body = receiver.take("customer.created")
    event = stripe.Webhook.construct_event(body, headers["Stripe-Signature"], "whsec_given")
    assert event.type == "customer.created"


def test_undelivered_event_survives_a_restart(tmp_path: Path) -> None:
    state = tmp_path / "state.sqlite3"
    with listening() as receiver:
        receiver.answers = [503]
        with running_sandbox(state=state) as own:
            client: Any = client_of(own)
            endpoint = client.v1.webhook_endpoints.create({"url": receiver.url, "enabled_events": ["*"]})
            client.v1.customers.create({"email": "late@example.com"})
            receiver.take("customer.created")
        receiver.answers = [200]
        with running_sandbox(state=state):
            headers, body = receiver.take("customer.created")
    stripe.Webhook.construct_event(body, headers["Stripe-Signature"], endpoint.secret)
