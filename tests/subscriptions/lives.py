"""Subscriptions that live by a test clock of Stripe's, and what we write to their readers."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from accounts.models import User
from subscriptions.actions.books import Synced, sync_customer
from subscriptions.models import Customer, Notice, Plan, Subscription
from tests.subscriptions.conftest import Till, post_form

START = datetime(2026, 1, 31, 12, tzinfo=UTC)


@dataclass
class Life:
    """One reader, whose time goes by as the test says."""

    till: Till
    user: User
    customer: Customer
    clock: str
    now: datetime = START
    stripe_id: str = ""

    @property
    def subscription(self) -> Subscription:
        return Subscription.objects.get(stripe_id=self.stripe_id)

    def sync(self) -> Synced:
        """What an event, whichever, would have us do."""
        return sync_customer(customer=self.customer, at=self.now)

    def subscribe(self, plan: Plan, card: str | None = "pm_card_visa", **terms: Any) -> Subscription:
        """A subscription, made in Stripe and then known here."""
        if card:
            self.pay_with(card)
        params = {"customer": self.customer.stripe_id, "items": [{"price": plan.stripe_price_id}], **terms}
        self.stripe_id = self.till.v1.subscriptions.create(params).id
        self.sync()
        return self.subscription

    def pay_with(self, card: str) -> str:
        """Put a card on file and have it charged from now on."""
        method = self.till.v1.payment_methods.attach(card, {"customer": self.customer.stripe_id})
        settings = {"invoice_settings": {"default_payment_method": method.id}}
        self.till.v1.customers.update(self.customer.stripe_id, settings)
        return str(method.id)

    def let_card_act(self, behaviour: str) -> None:
        """From now on the card on file acts like another test card."""
        settings = self.till.v1.customers.retrieve(self.customer.stripe_id).invoice_settings
        url = f"{self.till.url}/sandbox/payment_methods/{settings.default_payment_method}"
        assert post_form(url, {"behaviour": behaviour}) == 200

    def advance(self, **span: float) -> None:
        """Let time go by, and compare with Stripe then."""
        self.now += timedelta(**span)
        clocks = self.till.v1.test_helpers.test_clocks
        clocks.advance(self.clock, {"frozen_time": int(self.now.timestamp())})
        assert clocks.retrieve(self.clock).status == "ready"
        self.sync()

    def told(self) -> list[str]:
        """The kinds of the letters given so far, the oldest first."""
        return list(Notice.objects.order_by("given_at", "pk").values_list("kind", flat=True))


def begin_life(till: Till, user: User, *, start: datetime = START) -> Life:
    """A reader with a Stripe customer who lives by a clock that stands at `start`."""
    clock = till.v1.test_helpers.test_clocks.create({"frozen_time": int(start.timestamp())})
    made = till.v1.customers.create({"email": user.email, "name": user.name, "test_clock": clock.id})
    customer = Customer.objects.create(user=user, stripe_id=made.id)
    return Life(till, user, customer, clock.id, now=start)
