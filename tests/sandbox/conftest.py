"""A sandbox for the session, the real SDK to talk to it, and an endpoint for its events."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.running import Sandbox, running_sandbox
from sandbox.stripe.store import Store
from sandbox.stripe.work import Settings, Work
from tests.sandbox.driving import START, Receiver, client_of, listening


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """One running sandbox for all tests."""
    with running_sandbox(state=tmp_path_factory.mktemp("sandbox") / "state.sqlite3") as running:
        yield running


@pytest.fixture(scope="session")
def api(sandbox: Sandbox) -> Any:
    """The v1 services of the SDK. Untyped here: the tests ask for things its types forbid."""
    return client_of(sandbox).v1


@pytest.fixture(scope="session")
def monthly(api: Any) -> Any:
    """A price of €9 a month."""
    product = api.products.create({"name": "Digital"})
    recurring = {"interval": "month"}
    return api.prices.create(
        {"product": product.id, "currency": "eur", "unit_amount": 900, "recurring": recurring}
    )


@pytest.fixture(scope="session")
def yearly(api: Any, monthly: Any) -> Any:
    """A price of €90 a year for the same product."""
    recurring = {"interval": "year"}
    return api.prices.create(
        {"product": monthly.product, "currency": "eur", "unit_amount": 9000, "recurring": recurring}
    )


@pytest.fixture
def new_customer(api: Any) -> Callable[..., Any]:
    """Makes a customer; with `card`, one who pays with the card of that magic id."""

    def make(card: str | None = None) -> Any:
        params: dict[str, Any] = {"email": "reader@example.com"}
        if card:
            params |= {"payment_method": card, "invoice_settings": {"default_payment_method": card}}
        return api.customers.create(params)

    return make


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A webhook endpoint of ours."""
    with listening() as receiver:
        yield receiver


@pytest.fixture
def work(tmp_path: Path) -> Iterator[Work]:
    """A store in this process, at START: for rules that take days to come true."""
    store = Store(tmp_path / "state.sqlite3")
    yield Work(store, Settings("http://sandbox.test"), START)
    store.close()
