"""A subscription that lives by a test clock, and the sandbox's own controls of the world around it."""

import json
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from typing import Any

import pytest
import stripe

from sandbox.running import Sandbox
from tests.sandbox.driving import START

HOUR = 3600
DAY = 24 * HOUR
RENEWAL = 31 * DAY + HOUR
"""Seconds from START to the first attempt to collect the first renewal."""


def control(sandbox: Sandbox, path: str, **fields: str) -> tuple[int, Any]:
    """Use one of the sandbox's own controls: the status and what it answered."""
    body = urllib.parse.urlencode(fields).encode()
    try:
        with urllib.request.urlopen(f"{sandbox.stripe_url}/sandbox/{path}", body, timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def body_of(refused: "pytest.ExceptionInfo[stripe.StripeError]") -> dict[str, Any]:
    """The error as the API answered it."""
    body: Any = refused.value.json_body
    return dict(body["error"])


@dataclass
class Life:
    """A subscription of €9 a month that began at START, and the clock it lives by."""

    api: Any
    sandbox: Sandbox
    clock: str
    id: str
    customer: str
    card: str

    def turn(self, behaviour: str) -> None:
        """The card acts like this from now on."""
        assert control(self.sandbox, f"payment_methods/{self.card}", behaviour=behaviour)[0] == 200

    def pass_until(self, seconds: int) -> None:
        """Let the clock stand at START and so many seconds."""
        self.api.test_helpers.test_clocks.advance(self.clock, {"frozen_time": START + seconds})

    @property
    def status(self) -> str:
        return str(self.api.subscriptions.retrieve(self.id).status)

    @property
    def invoice(self) -> Any:
        """Its latest invoice."""
        latest = self.api.subscriptions.retrieve(self.id).latest_invoice
        return self.api.invoices.retrieve(latest, {"expand": ["payments.data.payment.payment_intent"]})

    def next_attempt(self) -> int | None:
        """When its latest invoice is tried again."""
        moment: int | None = self.invoice.next_payment_attempt
        return moment

    @property
    def intent(self) -> Any:
        return self.invoice.payments.data[0].payment.payment_intent

    def add_card(self, magic: str = "pm_card_visa") -> str:
        return str(self.api.payment_methods.attach(magic, {"customer": self.customer}).id)

    def told(self, *types: str) -> list[str]:
        """The types of the events about this customer, of those given, oldest first."""
        events = self.api.events.list({"types": list(types), "limit": 100}).data[::-1]
        return [event.type for event in events if event.data.object["customer"] == self.customer]


def begin(api: Any, sandbox: Sandbox, price: Any) -> Life:
    """Start one, paid by a good card."""
    visa = {"payment_method": "pm_card_visa", "invoice_settings": {"default_payment_method": "pm_card_visa"}}
    clock = api.test_helpers.test_clocks.create({"frozen_time": START})
    customer = api.customers.create({"test_clock": clock.id, **visa})
    subscription = api.subscriptions.create({"customer": customer.id, "items": [{"price": price.id}]})
    card = customer.invoice_settings.default_payment_method
    return Life(api, sandbox, clock.id, subscription.id, customer.id, card)
