"""Every type of event that rule S12 lists, as Stripe sends it, and the deed that follows from it alone."""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from sandbox.running import Sandbox
from subscriptions.actions.books import sync_customer
from subscriptions.actions.checkouts import ensure_customer
from subscriptions.actions.plans import sync_plans
from subscriptions.actions.settling import settle_due_events
from subscriptions.models import Checkout, Customer, Invoice, Plan, StripeEvent, Subscription
from tests.sandbox.driving import visit
from tests.sandbox.lives import DAY, HOUR, RENEWAL, Life, begin
from tests.subscriptions.conftest import Till, store

pytestmark = pytest.mark.django_db(transaction=True)

PENDING = {"payment_behavior": "pending_if_incomplete", "proration_behavior": "always_invoice"}
State = StripeEvent.State


def column(name: str) -> Callable[[], Any]:
    """Of the subscription that came to us last."""
    return lambda: Subscription.objects.order_by("-pk").values_list(name, flat=True).first()


def newest_invoice() -> str | None:
    return Invoice.objects.values_list("status", flat=True).first()


def settle(body: str) -> StripeEvent:
    event = store(body.encode())
    settle_due_events(clock=timezone.now, until=timezone.now() + timedelta(minutes=1))
    event.refresh_from_db()
    return event


def bodies(till: Till, about: Sequence[str], *types: str) -> list[str]:
    """The events that name one of these objects, of those types or of all, the newest first."""
    params: dict[str, Any] = {"limit": 100} | ({"types": list(types)} if types else {})
    found = (json.dumps(event.to_dict(), default=str) for event in till.v1.events.list(params).data)
    return [body for body in found if any(stripe_id in body for stripe_id in about)]


# What happens at Stripe


def change(life: Life, yearly: Plan, **more: Any) -> None:
    item = life.api.subscriptions.retrieve(life.id)["items"].data[0].id
    params = {"items": [{"id": item, "price": yearly.stripe_price_id}]}
    life.api.subscriptions.update(life.id, params | more)


def wait_for_payment(life: Life, yearly: Plan) -> None:
    life.turn("insufficient_funds")
    change(life, yearly, **PENDING)


def pay_in_the_end(life: Life, yearly: Plan) -> None:
    life.api.invoices.pay(life.invoice.id, {"payment_method": life.add_card()})


def fail_to_renew(life: Life, yearly: Plan) -> None:
    life.turn("insufficient_funds")
    life.pass_until(RENEWAL)


def ask_for_3d_secure(life: Life, yearly: Plan) -> None:
    life.turn("authenticate_always")
    life.pass_until(RENEWAL)


def refund(life: Life, yearly: Plan) -> None:
    life.api.refunds.create({"charge": charge_of(life)})


def dispute(life: Life, yearly: Plan) -> None:
    visit(f"{life.sandbox.stripe_url}/bank/charges/{charge_of(life)}/dispute", {})


def lose_dispute(life: Life, yearly: Plan) -> None:
    life.api.disputes.close(life.api.disputes.list({"charge": charge_of(life)}).data[0].id)


def objects_of(life: Life) -> list[str]:
    """Its customer and their charges: a dispute names nothing else."""
    return [life.customer, *(row.id for row in life.api.charges.list({"customer": life.customer}).data)]


def charge_of(life: Life) -> str:
    return str(life.api.charges.list({"customer": life.customer}).data[0].id)


def move_house(life: Life, yearly: Plan) -> None:
    address = {"line1": "Long Street 4", "city": "Ashmere", "country": "GB"}
    life.api.customers.update(life.customer, {"shipping": {"name": "Rafe Idunsen", "address": address}})


def begin_trial_without_card(life: Life, yearly: Plan) -> None:
    """In the place of the paid subscription."""
    life.api.subscriptions.cancel(life.id)
    customer = life.api.customers.create({"test_clock": life.clock})
    settings = {"end_behavior": {"missing_payment_method": "pause"}}
    items = [{"price": yearly.stripe_price_id}]
    trial = {"trial_period_days": 10, "trial_settings": settings}
    life.id = life.api.subscriptions.create({"customer": customer.id, "items": items, **trial}).id
    Customer.objects.filter(stripe_id=life.customer).update(stripe_id=customer.id)
    life.customer = customer.id


def resume(life: Life, yearly: Plan) -> None:
    settings = {"default_payment_method": life.add_card()}
    life.api.customers.update(life.customer, {"invoice_settings": settings})
    life.api.subscriptions.resume(life.id)


def days(number: int) -> Callable[[Life, Plan], None]:
    return lambda life, yearly: life.pass_until(number * DAY)


def trial_until(day: int) -> Callable[[Life, Plan], None]:
    def live(life: Life, yearly: Plan) -> None:
        begin_trial_without_card(life, yearly)
        life.pass_until(day * DAY)

    return live


Drive = Callable[[Life, Plan], Any]


@dataclass(frozen=True)
class Case:
    """After `first` our books are brought up to date; then `drive`, and the event that tells of it."""

    type: str
    drive: Drive
    deed: Callable[[], Any]
    result: Any
    first: Drive = lambda life, yearly: None


CASES = [
    Case(
        "customer.subscription.updated",
        lambda life, yearly: life.api.subscriptions.update(life.id, {"cancel_at_period_end": True}),
        lambda: column("cancels_at")() == column("period_end_at")(),
        True,
    ),
    Case(
        "customer.subscription.deleted",
        lambda life, yearly: life.api.subscriptions.cancel(life.id),
        column("status"),
        "canceled",
    ),
    Case("customer.subscription.created", begin_trial_without_card, column("status"), "trialing"),
    Case(
        "customer.subscription.trial_will_end",
        trial_until(8),
        column("status"),
        "trialing",
    ),
    Case("customer.subscription.paused", days(10), column("status"), "paused", begin_trial_without_card),
    Case(
        "customer.subscription.resumed",
        resume,
        column("status"),
        "active",
        trial_until(10),
    ),
    Case(
        "customer.subscription.pending_update_applied",
        pay_in_the_end,
        column("plan__key"),
        "yearly",
        wait_for_payment,
    ),
    Case(
        "customer.subscription.pending_update_expired",
        lambda life, yearly: life.pass_until(24 * HOUR),
        column("has_pending_update"),
        False,
        wait_for_payment,
    ),
    Case(
        "invoice.paid",
        lambda life, yearly: life.pass_until(RENEWAL),
        lambda: Invoice.objects.filter(status="paid").count(),
        2,
    ),
    Case("invoice.payment_failed", fail_to_renew, column("status"), "past_due"),
    Case("invoice.payment_action_required", ask_for_3d_secure, lambda: bool(column("pay_url")()), True),
    Case(
        "invoice.marked_uncollectible",
        lambda life, yearly: life.api.invoices.mark_uncollectible(life.invoice.id),
        newest_invoice,
        "uncollectible",
        fail_to_renew,
    ),
    Case(
        "invoice.voided",
        lambda life, yearly: life.api.invoices.void_invoice(life.invoice.id),
        newest_invoice,
        "void",
        fail_to_renew,
    ),
    Case("charge.refunded", refund, lambda: Invoice.objects.get().is_refunded, True),
    Case("charge.dispute.created", dispute, lambda: bool(column("disputed_at")()), True),
    Case("charge.dispute.closed", lose_dispute, lambda: bool(column("money_back_at")()), True, dispute),
    Case("customer.updated", move_house, lambda: Customer.objects.get().shipping_name, "Rafe Idunsen"),
    Case(
        "customer.deleted",
        lambda life, yearly: life.api.customers.delete(life.customer),
        lambda: bool(Customer.objects.get().deleted_at),
        True,
    ),
]


@pytest.fixture
def life(till: Till, sandbox: Sandbox, reader: User, plan: Plan) -> Life:
    """A subscription that we know and that lives by a test clock."""
    life = begin(till.v1, sandbox, till.v1.prices.retrieve(plan.stripe_price_id))
    Customer.objects.create(user=reader, stripe_id=life.customer)
    return life


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.type)
def test_s12_the_event_alone_brings_the_deed(till: Till, life: Life, other_plan: Plan, case: Case) -> None:
    case.first(life, other_plan)
    sync_customer(customer=Customer.objects.get(), at=timezone.now())
    about = objects_of(life) if case.type == "customer.deleted" else []  # then nothing of theirs is listed
    case.drive(life, other_plan)
    assert case.deed() != case.result
    told = bodies(till, about or objects_of(life), case.type)
    assert settle(told[0]).state == State.DONE
    assert case.deed() == case.result


def test_s12_no_event_of_a_whole_life_is_left_over(till: Till, life: Life, other_plan: Plan) -> None:
    """All that Stripe tells of it is settled; only what no row of ours depends on is ignored."""
    wait_for_payment(life, other_plan)
    pay_in_the_end(life, other_plan)
    refund(life, other_plan)
    about = objects_of(life)
    life.api.customers.delete(life.customer)
    told = bodies(till, about)
    for body in told:
        store(body.encode())
    settle_due_events(clock=timezone.now, until=timezone.now() + timedelta(minutes=1))
    settled = StripeEvent.objects.values_list("state", "type").distinct()
    assert {state for state, _ in settled} == {State.DONE, State.IGNORED}
    families = {kind.split(".")[0] for state, kind in settled if state == State.IGNORED}
    assert families <= {"payment_intent", "invoiceitem", "invoice_payment", "setup_intent", "test_helpers"}


ARRIVES, BOUNCES = "DE89 3704 0044 0532 0130 00", "DE62 3704 0044 0532 0130 01"


@pytest.fixture
def checkout(till: Till, reader: User) -> Checkout:
    """A session that takes cards and debits."""
    plan = Plan.objects.create(key="monatlich", name="Monatlich", amount=900, currency="eur")
    list(sync_plans())
    plan.refresh_from_db()
    session = till.v1.checkout.sessions.create(
        {
            "mode": "subscription",
            "customer": ensure_customer(user=reader).stripe_id,
            "line_items": [{"price": plan.stripe_price_id, "quantity": 1}],
            "payment_method_types": ["card", "sepa_debit"],
            "success_url": "http://site.test/thanks",
        }
    )
    now = timezone.now()
    return Checkout.objects.create(
        user=reader, plan=plan, stripe_id=session.id, url=session.url, created_at=now, expires_at=now
    )


def debit(till: Till, checkout: Checkout, iban: str) -> None:
    """Pay by direct debit and let the bank answer."""
    owner = {"email": "ada@example.com", "name": "Ada Vale", "country": "DE"}
    visit(checkout.url, owner | {"pay_by": "sepa_debit", "iban": iban})
    visit(f"{till.url}/sandbox/tick?at={int(time.time()) + 61}", {})


@pytest.mark.parametrize(
    ("kind", "drive", "state"),
    [
        ("completed", lambda till, checkout: till.pay(checkout.url), "complete"),
        ("expired", lambda till, checkout: till.v1.checkout.sessions.expire(checkout.stripe_id), "expired"),
        ("async_payment_succeeded", lambda till, checkout: debit(till, checkout, ARRIVES), "complete"),
        ("async_payment_failed", lambda till, checkout: debit(till, checkout, BOUNCES), "open"),
    ],
)
def test_s12_a_session_is_settled_by_its_event(
    till: Till, checkout: Checkout, kind: str, drive: Callable[[Till, Checkout], Any], state: str
) -> None:
    drive(till, checkout)
    told = bodies(till, [checkout.stripe_id], f"checkout.session.{kind}")
    assert settle(told[0]).state == State.DONE
    checkout.refresh_from_db()
    assert checkout.state == state
    assert Subscription.objects.filter(status="active").count() == (state == "complete")
