"""Rule S8: what repairs itself. Each kind of drift is made, found, explained and repaired."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import AuditEntry, User
from subscriptions.actions.books import sync_customer
from subscriptions.actions.events import record_event
from subscriptions.actions.reconciling import SAFE, explain
from subscriptions.gateways import EventSnapshot
from subscriptions.models import (
    Customer,
    Drift,
    Grant,
    Invoice,
    Payment,
    Plan,
    PlanPrice,
    Reconciliation,
    Status,
    StripeEvent,
    Subscription,
)
from subscriptions.queries import grants_of
from tests.subscriptions.conftest import Till, event_about
from tests.subscriptions.reconciling.conftest import drift_kinds, reconcile

pytestmark = pytest.mark.django_db

Kind, State = Drift.Kind, Drift.State


@pytest.fixture
def subscribed(till: Till, reader: User, plan: Plan) -> Subscription:
    """A reader whose books are in step with Stripe's."""
    till.subscribe(reader, plan)
    sync_customer(customer=Customer.objects.get(), at=timezone.now())
    return Subscription.objects.select_related("customer").get()


def expect_repaired(kind: Drift.Kind) -> Drift:
    """There is one drift, of this kind, repaired by itself with a row in the audit trail."""
    drift = Drift.objects.get()
    assert (drift.kind, drift.state) == (kind, State.REPAIRED)
    assert kind in SAFE
    assert explain(drift).meaning
    entry = AuditEntry.about(drift).get()
    assert (entry.action, entry.by_label, entry.reason) == ("repair drift", "system", drift.note)
    assert drift.note
    return drift


def test_s8_books_that_agree_have_no_drift(subscribed: Subscription) -> None:
    run = reconcile()
    assert (run.state, run.found, run.repaired) == (Reconciliation.State.DONE, 0, 0)
    # A price, a customer, a subscription, an invoice, a charge, and a subscription with its grants.
    assert run.compared >= 6
    assert Drift.objects.count() == 0


def test_s8_an_event_never_delivered_is_made_up_for(till: Till, reader: User, plan: Plan) -> None:
    stripe_id = till.subscribe(reader, plan).id
    run = reconcile()
    assert Subscription.objects.get().stripe_id == stripe_id
    assert len(grants_of(reader, at=timezone.now())) == 1
    assert (run.found, run.repaired) == (1, 1)
    drift = expect_repaired(Kind.MISSED_EVENT)
    assert (drift.ours, drift.theirs.split(",")[0]) == ("no such subscription", "status: active")


def test_s8_a_change_in_the_dashboard_is_taken_over(till: Till, subscribed: Subscription) -> None:
    till.v1.subscriptions.update(subscribed.stripe_id, {"cancel_at_period_end": True})
    reconcile()
    subscribed.refresh_from_db()
    assert subscribed.cancels_at == subscribed.period_end_at
    drift = expect_repaired(Kind.MISSED_EVENT)
    assert drift.ours == "cancelled to: none, end reason: none"
    assert drift.theirs.startswith(f"cancelled to: {subscribed.period_end_at:%Y-%m-%d %H:%M}")


def test_s8_an_end_in_the_dashboard_ends_access(till: Till, subscribed: Subscription, settings: Any) -> None:
    settings.KEEP_PAID_TIME = False
    till.v1.subscriptions.cancel(subscribed.stripe_id)
    reconcile()
    assert Subscription.objects.get().status == Status.CANCELED
    assert grants_of(subscribed.customer.user, at=timezone.now()) == ()


def test_s8_a_wrong_period_is_set_right(subscribed: Subscription) -> None:
    Subscription.objects.update(period_end_at=subscribed.period_end_at - timedelta(days=31))
    reconcile()
    assert Subscription.objects.get().period_end_at == subscribed.period_end_at
    drift = expect_repaired(Kind.WRONG_PERIOD)
    assert drift.theirs == f"period ends: {subscribed.period_end_at:%Y-%m-%d %H:%M}"


@pytest.mark.parametrize("fault", ["shut", "open", "gone", "someone else's"])
def test_s8_a_grant_that_does_not_follow_is_made_to(subscribed: Subscription, fault: str) -> None:
    right = Grant.objects.values("user", "starts_at", "ends_at").get()
    if fault == "shut":
        Grant.objects.update(ends_at=timezone.now())
    elif fault == "open":
        Grant.objects.update(ends_at=None)
    elif fault == "gone":
        Grant.objects.all().delete()
    else:
        Grant.objects.update(user=User.objects.create_user("other@example.com"))
    reconcile()
    assert Grant.objects.values("user", "starts_at", "ends_at").get() == right
    expect_repaired(Kind.WRONG_GRANT)


def test_s8_a_grant_without_a_right_to_it_is_ended(till: Till, reader: User, plan: Plan) -> None:
    till.subscribe(reader, plan, card="pm_card_threeDSecure2Required")
    sync_customer(customer=Customer.objects.get(), at=timezone.now())
    now = timezone.now()
    Grant.objects.create(
        user=reader, source="stripe", subscription=Subscription.objects.get(), starts_at=now, reason="Odd."
    )
    reconcile()
    assert grants_of(reader, at=timezone.now()) == ()
    expect_repaired(Kind.WRONG_GRANT)


def test_s8_a_handler_that_crashed_is_run_again(subscribed: Subscription) -> None:
    event = EventSnapshot(
        id="evt_1",
        type="customer.subscription.updated",
        livemode=False,
        subject=subscribed.customer.stripe_id,
    )
    thing = {"id": subscribed.stripe_id, "customer": subscribed.customer.stripe_id}
    record_event(event=event, body=event_about(event.type, thing, "evt_1"), at=timezone.now())
    StripeEvent.objects.update(state=StripeEvent.State.FAILED, attempts=8, note="KeyError: 'plan'")
    reconcile()
    assert StripeEvent.objects.get().state == StripeEvent.State.DONE
    drift = expect_repaired(Kind.FAILED_HANDLER)
    assert drift.ours == "failed after 8 tries: KeyError: 'plan'"


def test_s8_a_handler_that_keeps_failing_stays_open(subscribed: Subscription) -> None:
    StripeEvent.objects.create(
        stripe_id="evt_1",
        type="customer.subscription.updated",
        livemode=False,
        body=event_about("customer.subscription.updated", {"id": "sub_nobodys"}, "evt_1").decode(),
        state=StripeEvent.State.FAILED,
        received_at=timezone.now(),
    )
    reconcile()
    reconcile()
    drift = Drift.objects.get()
    assert (drift.kind, drift.state) == (Kind.FAILED_HANDLER, State.OPEN)
    assert drift.note.startswith("It failed again")


def test_s8_a_missed_invoice_is_made_up_for(subscribed: Subscription) -> None:
    Payment.objects.all().delete()
    Invoice.objects.all().delete()
    reconcile()
    assert Invoice.objects.get().status == Invoice.Status.PAID
    assert Payment.objects.get().invoice == Invoice.objects.get()
    assert drift_kinds(State.REPAIRED) == [Kind.MISSED_INVOICE]


def test_s8_a_refund_of_an_old_charge_is_seen(till: Till, subscribed: Subscription) -> None:
    """Charges are listed since the last comparison only; refunds are, too, whatever they are of."""
    reconcile()
    long_ago = timezone.now() + timedelta(hours=2)
    Reconciliation.objects.update(started_at=long_ago)  # as if the charge were made long before
    payment = Payment.objects.get()
    till.v1.refunds.create({"payment_intent": payment.intent_id})
    Reconciliation.objects.update(started_at=timezone.now())
    reconcile()
    payment.refresh_from_db()
    assert payment.amount_refunded == payment.amount
    assert drift_kinds(State.REPAIRED) == [Kind.MISSED_INVOICE]


def test_s8_a_customer_deleted_at_stripe_can_subscribe_again(
    till: Till, subscribed: Subscription, settings: Any
) -> None:
    settings.KEEP_PAID_TIME = False
    till.v1.customers.delete(subscribed.customer.stripe_id)
    reconcile()
    assert Customer.objects.get().deleted_at is not None
    assert Subscription.objects.get().status == Status.CANCELED
    assert grants_of(subscribed.customer.user, at=timezone.now()) == ()
    expect_repaired(Kind.CUSTOMER_DELETED)


def test_s8_a_price_taken_over_by_another_is_noted(till: Till, plan: Plan) -> None:
    """Somebody made a new price with the plan's key in the Dashboard, at the plan's price."""
    other = till.v1.prices.create(
        {
            "currency": "usd",
            "unit_amount": 900,
            "recurring": {"interval": "month"},
            "product": plan.stripe_product_id,
            "lookup_key": "monthly",
            "transfer_lookup_key": True,
        }
    )
    reconcile()
    plan.refresh_from_db()
    assert plan.stripe_price_id == other.id
    assert PlanPrice.objects.get(is_current=True).stripe_id == other.id
    expect_repaired(Kind.WRONG_PRICE)
