"""Direct debits: a session that completes unpaid, and the bank's answer later."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from stripe import Charge, PaymentMethod

from sandbox.running import Sandbox, running_sandbox
from tests.sandbox.driving import client_of, visit

ARRIVES = "DE89 3704 0044 0532 0130 00"
BOUNCES = "DE62 3704 0044 0532 0130 01"
OWNER = {"email": "ada@example.com", "name": "Ada Vale", "country": "DE", "pay_by": "sepa_debit"}
LATER = ["checkout.session.async_payment_succeeded", "checkout.session.async_payment_failed"]


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A sandbox of our own, whose time we move."""
    with running_sandbox(state=tmp_path_factory.mktemp("debits") / "state.sqlite3") as running:
        yield running


@pytest.fixture(scope="module")
def bank(own: Sandbox) -> Any:
    """The services of the SDK on it."""
    return client_of(own).v1


@pytest.fixture
def order(bank: Any) -> Callable[[str], Any]:
    """A session that takes cards and debits, in either mode."""

    def make(mode: str) -> Any:
        price: dict[str, Any] = {"currency": "eur", "unit_amount": 900, "product_data": {"name": "Digital"}}
        if mode == "subscription":
            price["recurring"] = {"interval": "month"}
        return bank.checkout.sessions.create(
            {
                "mode": mode,
                "line_items": [{"price_data": price, "quantity": 1}],
                "payment_method_types": ["card", "sepa_debit"],
                "success_url": "http://site.test/thanks",
            }
        )

    return make


def answer(own: Sandbox) -> None:
    """Let the bank answer."""
    visit(f"{own.stripe_url}/sandbox/tick?at={int(time.time()) + 61}", {})


def told(bank: Any, session: str) -> list[str]:
    events = bank.events.list({"types": ["checkout.session.completed", *LATER], "limit": 100}).data
    mine = [event for event in reversed(events) if event.data.object.id == session]
    return [f"{event.type.rpartition('.')[2]} {event.data.object.payment_status}" for event in mine]


@pytest.mark.parametrize("mode", ["payment", "subscription"])
@pytest.mark.parametrize(
    ("iban", "event", "status"),
    [
        (ARRIVES, "async_payment_succeeded paid", "paid"),
        (BOUNCES, "async_payment_failed unpaid", "unpaid"),
    ],
)
def test_session_completes_unpaid_and_hears_later(
    own: Sandbox, bank: Any, order: Callable[[str], Any], mode: str, iban: str, event: str, status: str
) -> None:
    session = order(mode)
    assert visit(session.url, OWNER | {"iban": iban}).location == "http://site.test/thanks"
    done = bank.checkout.sessions.retrieve(session.id)
    assert (done.status, done.payment_status) == ("complete", "unpaid")
    answer(own)
    assert bank.checkout.sessions.retrieve(session.id).payment_status == status
    assert told(bank, session.id) == ["completed unpaid", event]


def test_subscription_waits_for_its_first_debit(own: Sandbox, bank: Any, order: Callable[[str], Any]) -> None:
    """docs.stripe.com/billing/subscriptions/overview: incomplete while its payment is processing."""
    session = order("subscription")
    visit(session.url, OWNER | {"iban": ARRIVES})
    done = bank.checkout.sessions.retrieve(session.id, {"expand": ["subscription", "invoice"]})
    assert (done.subscription.status, done.invoice.status) == ("incomplete", "open")
    charge = bank.charges.list({"customer": done.customer}).data[0]
    assert (charge.status, charge.paid, charge.payment_method_details.type) == (
        "pending",
        False,
        "sepa_debit",
    )
    answer(own)
    assert bank.subscriptions.retrieve(done.subscription.id).status == "active"
    assert bank.invoices.retrieve(done.invoice.id).status == "paid"
    assert bank.charges.retrieve(charge.id).status == "succeeded"
    portal = visit(bank.billing_portal.sessions.create({"customer": done.customer}).url)
    assert "Bank account ending in 3000" in portal.text


def test_subscription_whose_debit_fails_stays_incomplete(
    own: Sandbox, bank: Any, order: Callable[[str], Any]
) -> None:
    session = order("subscription")
    visit(session.url, OWNER | {"iban": BOUNCES})
    answer(own)
    done = bank.checkout.sessions.retrieve(session.id, {"expand": ["subscription", "invoice"]})
    assert (done.subscription.status, done.invoice.status) == ("incomplete", "open")
    charge = bank.charges.list({"customer": done.customer}).data[0]
    assert (charge.status, charge.failure_code) == ("failed", "charge_exceeds_source_limit")
    page = visit(done.invoice.hosted_invoice_url).text
    assert "Pay with Bank account ending in 3001" in page


def test_page_asks_how_to_pay_and_names_a_wrong_iban(bank: Any, order: Callable[[str], Any]) -> None:
    session = order("payment")
    assert "By direct debit from a bank account" in visit(session.url).text
    page = visit(session.url, OWNER | {"iban": "DE00 1234"})
    assert (page.status, len(page.faults)) == (402, 1)
    assert "not one of the test accounts" in page.faults[0]
    assert bank.checkout.sessions.retrieve(session.id).status == "open"


def test_debit_is_not_taken_where_it_was_not_offered(bank: Any) -> None:
    price = {"currency": "eur", "unit_amount": 900, "product_data": {"name": "Digital"}}
    lines = [{"price_data": price, "quantity": 1}]
    session = bank.checkout.sessions.create(
        {"mode": "payment", "line_items": lines, "success_url": "http://site.test/thanks"}
    )
    assert "IBAN" not in visit(session.url).text
    assert visit(session.url, OWNER | {"iban": ARRIVES}).status == 402


def test_shapes_are_those_of_the_specification(bank: Any, order: Callable[[str], Any]) -> None:
    session = order("subscription")
    visit(session.url, OWNER | {"iban": ARRIVES})
    customer = bank.checkout.sessions.retrieve(session.id).customer
    (method,) = bank.payment_methods.list({"customer": customer, "type": "sepa_debit"}).data
    details = bank.charges.list({"customer": customer}).data[0].payment_method_details.sepa_debit
    assert set(method.sepa_debit.to_dict()) == set(PaymentMethod.SepaDebit.__annotations__)
    assert set(details.to_dict()) == set(Charge.PaymentMethodDetails.SepaDebit.__annotations__)
    assert "card" not in method.to_dict()
