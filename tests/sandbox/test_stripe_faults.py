"""Faults on purpose: what they do to deliveries and to answers, and that they end."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import stripe

from sandbox.running import Sandbox, running_sandbox
from tests.sandbox.driving import Receiver, client_of, listening, visit

OFF = {
    "twice": False,
    "late": 0,
    "hold": 0,
    "seed": 0,
    "drop_all": False,
    "drop_each": 0,
    "drop_types": [],
    "lose_answers": False,
    "api_answer": "500",
    "api_count": 0,
    "api_seconds": 60,
    "api_performs": False,
    "counted": 0,
}
Call = Callable[..., Any]


def ask(url: str, method: str = "GET", body: Any = None) -> tuple[int, Any]:
    """Speak JSON with the sandbox outside of /v1."""
    sent = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, sent, method=method)
    try:
        answer = urllib.request.urlopen(request, timeout=30)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        return answer.status, json.loads(answer.read())


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A sandbox of our own: faults would hit the other tests."""
    with running_sandbox(state=tmp_path_factory.mktemp("faults") / "state.sqlite3") as running:
        yield running


@pytest.fixture
def fault(own: Sandbox) -> Iterator[Call]:
    """Turns faults on; they are off again after the test."""
    yield lambda **changes: ask(f"{own.stripe_url}/sandbox/faults", "POST", changes)
    ask(f"{own.stripe_url}/sandbox/faults", "DELETE")


@pytest.fixture
def inbox(own: Sandbox, receiver: Receiver) -> Iterator[Receiver]:
    """Our endpoint, registered for new customers until the test ends."""
    client: Any = client_of(own).v1
    params = {"url": receiver.url, "enabled_events": ["customer.created", "customer.deleted"]}
    endpoint = client.webhook_endpoints.create(params)
    yield receiver
    ask(f"{own.stripe_url}/sandbox/faults", "DELETE")
    client.webhook_endpoints.delete(endpoint.id)


def settled(own: Sandbox) -> dict[str, int]:
    """The counts, once nothing is on its way."""
    counts: dict[str, int] = ask(f"{own.stripe_url}/sandbox/deliveries?wait=20")[1]
    return counts


def taken(receiver: Receiver) -> list[str]:
    """The names of the customers told of so far, in the order of arrival."""
    arrived = []
    while not receiver.received.empty():
        arrived.append(json.loads(receiver.received.get()[1])["data"]["object"]["name"])
    return arrived


def make(own: Sandbox, *names: str) -> None:
    client: Any = client_of(own).v1
    for name in names:
        client.customers.create({"name": name})


def test_faults_are_off_at_first_and_kept_once_on(tmp_path: Path) -> None:
    state = tmp_path / "state.sqlite3"
    with running_sandbox(state=state) as first:
        assert ask(f"{first.stripe_url}/sandbox/faults") == (200, OFF)
        status, on = ask(f"{first.stripe_url}/sandbox/faults", "POST", {"twice": True, "late": 1.5})
        assert (status, on) == (200, OFF | {"twice": True, "late": 1.5})
    with running_sandbox(state=state) as second:
        assert ask(f"{second.stripe_url}/sandbox/faults")[1] == on
        assert ask(f"{second.stripe_url}/sandbox/faults", "DELETE") == (200, OFF)


def test_faults_are_taken_as_a_form_too(own: Sandbox, fault: Call) -> None:
    sent = visit(f"{own.stripe_url}/sandbox/faults", {"twice": "true", "drop_types[0]": "invoice.paid"})
    assert json.loads(sent.text) == OFF | {"twice": True, "drop_types": ["invoice.paid"]}
    assert ask(f"{own.stripe_url}/sandbox/faults", "POST", [1])[0] == 400


@pytest.mark.parametrize(
    ("changes", "param"),
    [({"colour": 1}, "colour"), ({"late": -1}, "late"), ({"twice": 3}, "twice"), ({"hold": "x"}, "hold")],
)
def test_unknown_fault_is_refused(own: Sandbox, fault: Call, changes: dict[str, Any], param: str) -> None:
    status, body = fault(**changes)
    assert (status, body["error"]["param"]) == (400, param)
    assert ask(f"{own.stripe_url}/sandbox/faults")[1] == OFF


def test_each_event_is_delivered_twice(own: Sandbox, inbox: Receiver, fault: Call) -> None:
    fault(twice=True)
    make(own, "Ada")
    settled(own)
    events = [json.loads(inbox.received.get(timeout=1)[1])["id"] for _ in range(2)]
    assert (events[0], inbox.received.empty()) == (events[1], True)


def test_events_are_late(own: Sandbox, inbox: Receiver, fault: Call) -> None:
    fault(late=1.5)
    make(own, "Ada")
    time.sleep(0.7)
    assert inbox.received.empty()
    assert ask(f"{own.stripe_url}/sandbox/deliveries")[1]["pending"] == 1
    settled(own)
    assert taken(inbox) == ["Ada"]


def test_events_are_out_of_order_and_the_same_seed_gives_the_same(
    own: Sandbox, inbox: Receiver, fault: Call
) -> None:
    names = [str(number) for number in range(6)]
    orders = []
    for _ in range(2):
        fault(hold=6, seed=7)
        make(own, *names[:5])
        time.sleep(0.3)
        assert (inbox.received.empty(), settled(own)["held"]) == (True, 5)
        make(own, names[5])
        settled(own)
        orders.append(taken(inbox))
    assert (orders[0], sorted(orders[0])) == (orders[1], names)
    assert orders[0] != names


def test_what_is_held_goes_out_when_faults_end(own: Sandbox, inbox: Receiver, fault: Call) -> None:
    fault(hold=100)
    make(own, "Ada", "Ben")
    ask(f"{own.stripe_url}/sandbox/faults", "DELETE")
    assert settled(own)["held"] == 0
    assert taken(inbox) == ["Ben", "Ada"]


def test_events_are_lost_until_everything_is_sent(own: Sandbox, inbox: Receiver, fault: Call) -> None:
    lost = settled(own)["lost"]
    fault(drop_all=True)
    make(own, "Ada", "Ben")
    assert settled(own)["lost"] == lost + 2
    fault(drop_all=False)
    make(own, "Cyd")
    settled(own)
    assert taken(inbox) == ["Cyd"]
    ask(f"{own.stripe_url}/sandbox/deliveries", "POST")
    assert settled(own)["lost"] == 0
    assert sorted(taken(inbox)) == ["Ada", "Ben"]


def test_each_third_event_is_lost(own: Sandbox, inbox: Receiver, fault: Call) -> None:
    fault(drop_each=3)
    make(own, "1", "2", "3", "4", "5", "6", "7")
    settled(own)
    assert sorted(taken(inbox)) == ["1", "2", "4", "5", "7"]


def test_events_of_a_type_are_lost(own: Sandbox, inbox: Receiver, fault: Call) -> None:
    fault(drop_types=["customer.created"])
    client: Any = client_of(own).v1
    client.customers.delete(client.customers.create({"name": "Ada"}).id)
    settled(own)
    assert json.loads(inbox.received.get(timeout=1)[1])["type"] == "customer.deleted"
    assert inbox.received.empty()


def test_lost_answer_makes_the_event_come_again(own: Sandbox, inbox: Receiver, fault: Call) -> None:
    fault(lose_answers=True)
    make(own, "Ada")
    settled(own)
    first, second = (json.loads(inbox.received.get(timeout=1)[1]) for _ in range(2))
    assert (first["id"], inbox.received.empty()) == (second["id"], True)
    page = visit(f"{own.stripe_url}/objects/{first['id']}").text
    assert (": 500 " in page, ": 200 " in page) == (True, True)


@pytest.mark.parametrize(("answer", "error"), [("500", stripe.APIError), ("429", stripe.RateLimitError)])
def test_next_requests_fail(own: Sandbox, fault: Call, answer: str, error: type[Exception]) -> None:
    client: Any = client_of(own).v1
    fault(api_answer=answer, api_count=2)
    for _ in range(2):
        with pytest.raises(error):
            client.customers.create({"email": f"fault{answer}@example.com"})
    assert client.customers.list({"email": f"fault{answer}@example.com"}).data == []


def test_answer_is_lost_but_the_work_is_done_once(own: Sandbox, fault: Call) -> None:
    client: Any = client_of(own).v1
    fault(api_count=1, api_performs=True)
    key = {"idempotency_key": "lost answer"}
    with pytest.raises(stripe.APIError):
        client.customers.create({"email": "once@example.com"}, key)
    again = client.customers.create({"email": "once@example.com"}, key)
    assert [each.id for each in client.customers.list({"email": "once@example.com"}).data] == [again.id]


def test_request_hangs(own: Sandbox, fault: Call) -> None:
    client: Any = client_of(own).v1
    fault(api_answer="hang", api_count=1, api_seconds=0.8)
    before = time.monotonic()
    with pytest.raises(stripe.APIError):
        client.customers.list()
    assert time.monotonic() - before > 0.8
    assert client.customers.list().object == "list"


def test_panel_sets_shows_and_ends_faults(own: Sandbox, fault: Call) -> None:
    form = {"twice": "on", "late": "2", "hold": "", "drop_types": "invoice.paid, charge.refunded"}
    assert visit(f"{own.stripe_url}/faults", form | {"deed": "set"}).location == "/#faults"
    on = ask(f"{own.stripe_url}/sandbox/faults")[1]
    assert on == OFF | {"twice": True, "late": 2, "drop_types": ["invoice.paid", "charge.refunded"]}
    page = visit(own.stripe_url).text
    assert 'name="twice" checked' in page
    assert 'value="invoice.paid charge.refunded"' in page
    visit(f"{own.stripe_url}/faults", {"deed": "off"})
    assert ask(f"{own.stripe_url}/sandbox/faults")[1] == OFF
    evil = {"Origin": "http://evil.test"}
    assert visit(f"{own.stripe_url}/faults", {"drop_all": "on"}, headers=evil).status == 403
    assert ask(f"{own.stripe_url}/sandbox/faults")[1] == OFF


def test_failed_deliveries_are_sent_again_at_once(tmp_path: Path) -> None:
    with listening() as receiver, running_sandbox(state=tmp_path / "state.sqlite3") as own:
        receiver.answers = [500]
        client: Any = client_of(own).v1
        client.webhook_endpoints.create({"url": receiver.url, "enabled_events": ["customer.created"]})
        make(own, "Ada")
        receiver.take("customer.created")
        receiver.answers = [200]
        visit(f"{own.stripe_url}/faults", {"deed": "send"})
        assert settled(own)["delivered"] == 1
