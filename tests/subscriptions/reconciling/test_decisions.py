"""Drift that waits for a person: found, explained in words, settled with one click, or left as it is."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import AuditEntry, User
from subscriptions.actions.books import sync_customer
from subscriptions.actions.checkouts import start_checkout
from subscriptions.actions.plans import sync_plans
from subscriptions.actions.reconciling import (
    CannotSettle,
    check_reader,
    dismiss_drift,
    explain,
    phases,
    repair_drift,
)
from subscriptions.models import (
    Checkout,
    Customer,
    Drift,
    Grant,
    Payment,
    Plan,
    PlanPrice,
    Status,
    Subscription,
)
from subscriptions.orders import Order
from subscriptions.queries import grants_of
from tests.subscriptions.conftest import Till
from tests.subscriptions.reconciling.conftest import drift_kinds, reconcile

pytestmark = pytest.mark.django_db

Kind, State = Drift.Kind, Drift.State


def found(kind: Drift.Kind) -> Drift:
    """The one drift there is, open and of this kind, which two comparisons leave alone."""
    reconcile()
    first = Drift.objects.get(state=State.OPEN)
    reconcile()
    drift = Drift.objects.get(state=State.OPEN)
    assert (drift.pk, drift.kind, drift.found_at) == (first.pk, kind, first.found_at)
    assert drift.seen_at > first.seen_at
    return drift


def settle(drift: Drift, by: User, **choice: Any) -> Drift:
    """Press the button."""
    repair_drift(drift=drift, by=by, reason="Seen by the desk.", at=timezone.now(), **choice)
    drift.refresh_from_db()
    assert (drift.state, drift.settled_by) == (State.REPAIRED, by)
    assert AuditEntry.about(drift).get().reason == drift.note
    reconcile()
    assert Drift.objects.filter(state=State.OPEN).count() == 0
    return drift


def a_price(till: Till, amount: int = 500) -> Any:
    return till.v1.prices.create(
        {
            "currency": "usd",
            "unit_amount": amount,
            "recurring": {"interval": "month"},
            "product_data": {"name": "Mug club"},
        }
    )


def a_stranger(till: Till, plan: Plan, email: str = "stranger@example.com") -> Any:
    customer = till.v1.customers.create({"email": email})
    method = till.v1.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    items = [{"price": plan.stripe_price_id}]
    return till.v1.subscriptions.create(
        {"customer": customer.id, "items": items, "default_payment_method": method.id}
    )


def two_subscriptions(till: Till, reader: User, plan: Plan) -> tuple[Subscription, Subscription]:
    first, second = till.subscribe(reader, plan).id, till.subscribe(reader, plan).id
    sync_customer(customer=Customer.objects.get(), at=timezone.now())
    rows = {row.stripe_id: row for row in Subscription.objects.all()}
    return rows[first], rows[second]


def test_a_double_is_ended_and_refunded(till: Till, reader: User, plan: Plan, publisher: User) -> None:
    kept, extra = two_subscriptions(till, reader, plan)
    drift = found(Kind.DOUBLE)
    assert drift.stripe_id == extra.stripe_id
    day = f"{timezone.now():%Y-%m-%d}"
    assert explain(drift).effect == (
        f"Ends {plan} of {day} ({extra.stripe_id}) at once and gives back $9. "
        f"{plan} of {day} ({kept.stripe_id}) goes on."
    )

    settle(drift, publisher)
    states = dict(Subscription.objects.values_list("stripe_id", "status"))
    assert states == {kept.stripe_id: Status.ACTIVE, extra.stripe_id: Status.CANCELED}
    refunded = Payment.objects.get(invoice__subscription=extra)
    assert (refunded.amount, refunded.amount_refunded) == (900, 900)
    assert Payment.objects.get(invoice__subscription=kept).amount_refunded == 0
    assert [fact.source for fact in grants_of(reader, at=timezone.now())] == ["stripe"]


def test_a_double_that_is_pressed_twice_is_refunded_once(
    till: Till, reader: User, plan: Plan, publisher: User
) -> None:
    _, extra = two_subscriptions(till, reader, plan)
    drift = found(Kind.DOUBLE)
    same = Drift.objects.get(pk=drift.pk)
    settle(drift, publisher)
    with pytest.raises(CannotSettle, match="settled already: repaired"):
        repair_drift(drift=same, by=publisher, reason="Again.", at=timezone.now())
    assert len(till.v1.refunds.list().data) == 1
    assert extra.pk


def test_a_foreign_price_is_kept_as_a_plan(till: Till, reader: User, plan: Plan, publisher: User) -> None:
    foreign = a_price(till)
    subscription = till.subscribe(reader, Plan(stripe_price_id=foreign.id))
    drift = found(Kind.FOREIGN_PRICE)
    assert (drift.stripe_id, drift.theirs) == (subscription.id, f"$5 a month, price {foreign.id}")
    assert grants_of(reader, at=timezone.now()) == ()

    with pytest.raises(CannotSettle, match="Choose the plan"):
        repair_drift(drift=drift, by=publisher, reason="Ours.", at=timezone.now())
    settle(drift, publisher, plan=plan)
    assert PlanPrice.objects.get(stripe_id=foreign.id).plan == plan
    assert Subscription.objects.get().plan == plan
    assert len(grants_of(reader, at=timezone.now())) == 1


def test_a_reader_moved_to_a_foreign_price_keeps_reading_and_is_shown(
    till: Till, reader: User, plan: Plan
) -> None:
    stripe_id = till.subscribe(reader, plan).id
    sync_customer(customer=Customer.objects.get(), at=timezone.now())
    item = till.v1.subscriptions.retrieve(stripe_id)["items"].data[0]
    till.v1.subscriptions.update(stripe_id, {"items": [{"id": item.id, "price": a_price(till).id}]})
    reconcile()
    assert drift_kinds(State.OPEN) == [Kind.FOREIGN_PRICE]
    assert len(grants_of(reader, at=timezone.now())) == 1


def test_a_foreign_price_that_was_dismissed_stays_so(
    till: Till, reader: User, plan: Plan, publisher: User
) -> None:
    till.subscribe(reader, Plan(stripe_price_id=a_price(till).id))
    drift = found(Kind.FOREIGN_PRICE)
    with pytest.raises(CannotSettle, match="Say why"):
        dismiss_drift(drift=drift, reason=" ", by=publisher, at=timezone.now())
    dismiss_drift(drift=drift, reason="Mugs are sold elsewhere.", by=publisher, at=timezone.now())
    reconcile()
    drift.refresh_from_db()
    assert (drift.state, drift.note) == (State.DISMISSED, "Mugs are sold elsewhere.")
    assert Drift.objects.filter(kind=Kind.FOREIGN_PRICE).count() == 1
    entry = AuditEntry.about(drift).get()
    assert (entry.action, entry.reason) == ("dismiss drift", "Mugs are sold elsewhere.")


def test_an_orphan_is_ended_here(
    till: Till, reader: User, plan: Plan, publisher: User, settings: Any
) -> None:
    settings.KEEP_PAID_TIME = False
    till.subscribe(reader, plan)
    sync_customer(customer=Customer.objects.get(), at=timezone.now())
    Subscription.objects.update(stripe_id="sub_nobodys")
    reconcile()
    drift = Drift.objects.get(state=State.OPEN, kind=Kind.ORPHAN)
    assert (drift.stripe_id, drift.theirs) == ("sub_nobodys", "no such subscription")
    repair_drift(drift=drift, by=publisher, reason="Old.", at=timezone.now())
    assert Subscription.objects.get(stripe_id="sub_nobodys").status == Status.CANCELED


def test_a_customer_stripe_never_knew_is_an_orphan(till: Till, reader: User, publisher: User) -> None:
    Customer.objects.create(user=reader, stripe_id="cus_nobodys")
    drift = found(Kind.ORPHAN)
    settle(drift, publisher)
    assert Customer.objects.get().deleted_at is not None


def test_a_row_made_while_the_comparison_runs_is_no_orphan(
    till: Till, reader: User, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    listing = phases.PHASES["subscriptions"]

    def list_then_sell(scope: Any) -> Any:
        leaf = listing(scope)
        till.subscribe(reader, plan)
        sync_customer(customer=Customer.objects.get(), at=timezone.now())
        return leaf

    monkeypatch.setitem(phases.PHASES, "subscriptions", list_then_sell)
    reconcile()
    assert Subscription.objects.count() == 1
    assert Drift.objects.count() == 0


def test_a_stranger_is_linked_to_the_account_with_their_address(
    till: Till, reader: User, plan: Plan, publisher: User
) -> None:
    subscription = a_stranger(till, plan)
    drift = found(Kind.STRANGER)
    assert drift.stripe_id == subscription.id
    assert drift.theirs == (
        f"stranger@example.com ({subscription.customer}): $9 a month, price {plan.stripe_price_id}"
    )
    with pytest.raises(CannotSettle, match=r"No account has the address stranger@example\.com"):
        repair_drift(drift=drift, by=publisher, reason="Theirs.", at=timezone.now())

    user = User.objects.create_user("Stranger@example.com")
    settle(drift, publisher)
    assert Customer.objects.get(user=user).stripe_id == subscription.customer
    assert len(grants_of(user, at=timezone.now())) == 1
    assert Grant.objects.get().user == user


def test_a_stranger_is_not_joined_to_a_reader_who_pays_already(
    till: Till, reader: User, plan: Plan, publisher: User
) -> None:
    till.subscribe(reader, plan)
    a_stranger(till, plan, email=reader.email)
    reconcile()
    drift = Drift.objects.get(state=State.OPEN)
    with pytest.raises(CannotSettle, match="pays as another customer already"):
        repair_drift(drift=drift, by=publisher, reason="Theirs.", at=timezone.now())
    assert Customer.objects.get().user == reader


def test_someone_elses_product_concerns_nobody(till: Till, plan: Plan) -> None:
    a_stranger(till, Plan(stripe_price_id=a_price(till).id))
    assert reconcile().found == 0


def test_a_price_switched_off_at_stripe_is_made_anew(till: Till, plan: Plan, publisher: User) -> None:
    old = plan.stripe_price_id
    till.v1.prices.update(old, {"active": False})
    drift = found(Kind.WRONG_PRICE)
    assert (drift.ours, drift.theirs) == (f"Monthly: $9 a month, price {old}", "no active price")
    settle(drift, publisher)
    plan.refresh_from_db()
    assert plan.stripe_price_id != old
    assert till.v1.prices.retrieve(plan.stripe_price_id).active is True


def test_a_plan_whose_price_was_changed_here_only_is_shown(till: Till, plan: Plan, publisher: User) -> None:
    Plan.objects.update(amount=1000)
    drift = found(Kind.WRONG_PRICE)
    assert drift.theirs == f"$9 a month, price {plan.stripe_price_id}"
    settle(drift, publisher)
    assert PlanPrice.objects.get(is_current=True).amount == 1000


def test_drift_that_went_away_by_itself_is_closed(till: Till, reader: User, plan: Plan) -> None:
    _, extra = two_subscriptions(till, reader, plan)
    drift = found(Kind.DOUBLE)
    till.v1.subscriptions.cancel(extra.stripe_id)
    reconcile()
    drift.refresh_from_db()
    assert drift.state == State.GONE


def test_one_reader_is_checked_at_once(till: Till, reader: User, plan: Plan) -> None:
    till.subscribe(reader, plan)
    kinds = {drift.kind: drift.state for drift in check_reader(user=reader, at=timezone.now())}
    assert kinds == {Kind.MISSED_EVENT: State.REPAIRED, Kind.MISSED_INVOICE: State.REPAIRED}
    assert len(grants_of(reader, at=timezone.now())) == 1
    till.subscribe(reader, plan)
    later = timezone.now() + timedelta(seconds=1)
    kinds = {drift.kind: drift.state for drift in check_reader(user=reader, at=later)}
    assert kinds == {
        Kind.MISSED_EVENT: State.REPAIRED,
        Kind.MISSED_INVOICE: State.REPAIRED,
        Kind.DOUBLE: State.OPEN,
    }


def test_one_readers_open_visit_to_checkout_is_settled(till: Till, reader: User, plan: Plan) -> None:
    checkout = start_checkout(user=reader, order=Order(plan), at=timezone.now())
    till.pay(checkout.url)
    found = check_reader(user=reader, at=timezone.now())
    assert [(drift.stripe_id, drift.state) for drift in found] == [(checkout.stripe_id, State.REPAIRED)]
    checkout.refresh_from_db()
    assert checkout.state == Checkout.State.COMPLETE
    assert len(grants_of(reader, at=timezone.now())) == 1


def test_plans_stay_in_step(till: Till, plan: Plan) -> None:
    assert list(sync_plans())
    assert reconcile().found == 0
