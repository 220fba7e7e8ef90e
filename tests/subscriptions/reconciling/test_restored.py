"""Rule S8: a database restored from last night's backup, reconciled, has the same books as before."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core import serializers
from django.utils import timezone

from accounts.models import User
from subscriptions.actions.books import sync_customer
from subscriptions.actions.checkouts import ensure_customer
from subscriptions.models import (
    Customer,
    Dispute,
    Drift,
    Grant,
    Invoice,
    InvoiceLine,
    Payment,
    Plan,
    Subscription,
)
from tests.subscriptions.conftest import Till
from tests.subscriptions.reconciling.conftest import reconcile

pytestmark = pytest.mark.django_db

OURS = ("id", "synced_at", "created_at")
"""What is of the row and not of the books. (An invoice and a payment were made when Stripe says.)"""
Rows = list[dict[str, Any]]


def rows_of(model: Any, *names: str, **renamed: str) -> Rows:
    """The rows of a table without what says when we wrote them, their links by Stripe's names."""
    columns = [field.attname for field in model._meta.concrete_fields if not field.is_relation]
    made_at_stripe = ("created_at",) if model in (Invoice, Payment) else ()
    kept = [name for name in columns if name not in OURS or name in made_at_stripe]
    return sorted(model.objects.values(*kept, *names), key=str)


def books() -> dict[str, Rows]:
    """Everything that our books say of customers, money and access."""
    found = {
        "customers": rows_of(Customer, "user__email"),
        "subscriptions": rows_of(Subscription, "customer__stripe_id", "plan__key"),
        "invoices": rows_of(Invoice, "customer__stripe_id", "subscription__stripe_id"),
        "lines": rows_of(InvoiceLine, "invoice__stripe_id"),
        "payments": rows_of(Payment, "customer__stripe_id", "invoice__stripe_id"),
        "disputes": rows_of(Dispute, "payment__stripe_id"),
        "grants": rows_of(Grant, "user__email", "subscription__stripe_id"),
    }
    for customer in found["customers"]:
        customer["deleted_at"] = customer["deleted_at"] is not None  # when we were told
    return found


def backup() -> str:
    """All tables of subscriptions, as `manage.py dumpdata subscriptions` writes them."""
    models = apps.get_app_config("subscriptions").get_models()
    rows = [row for model in models for row in model._default_manager.order_by("pk")]
    return str(serializers.serialize("json", rows))


def restore(dump: str) -> None:
    """The tables as they were, in a database that has forgotten the day."""
    models = list(apps.get_app_config("subscriptions").get_models())
    for model in reversed(models):
        model._default_manager.all()._raw_delete("default")
    for row in serializers.deserialize("json", dump):
        row.save()


def hear_of_it(user: User) -> None:
    """What an event about this reader brings about."""
    sync_customer(customer=Customer.objects.get(user=user), at=timezone.now())


@pytest.fixture
def readers(till: Till, plan: Plan) -> dict[str, User]:
    names = ("cancels", "ends", "upgrades", "refunded", "disputes", "leaves", "stays", "new", "declined")
    users = {name: User.objects.create_user(f"{name}@example.com", name=name.title()) for name in names}
    for user in users.values():
        ensure_customer(user=user)  # everybody has been to the till, if only to look
    return users


def test_s8_last_nights_database_reconciled_has_the_same_books(
    till: Till, plan: Plan, other_plan: Plan, readers: dict[str, User]
) -> None:
    subscriptions = {
        name: till.subscribe(user, plan) for name, user in readers.items() if name not in ("new", "declined")
    }
    reconcile()
    last_night, before = backup(), books()

    time.sleep(1.1)  # Stripe counts in seconds: what is refunded in its first one has never run
    a_day_passes(till, plan, other_plan, readers, subscriptions)
    today = books()
    assert today != before

    restore(last_night)
    assert books() == before
    run = reconcile()
    for table, rows in books().items():
        assert rows == today[table], table
    assert run.found == run.repaired > 0
    assert Drift.objects.filter(state=Drift.State.OPEN).count() == 0
    assert reconcile().found == 0


def a_day_passes(
    till: Till,
    plan: Plan,
    other_plan: Plan,
    readers: dict[str, User],
    subscriptions: dict[str, Any],
) -> None:
    """Everybody does something, and events tell us of it."""
    v1 = till.v1
    item = subscriptions["upgrades"]["items"].data[0].id
    deeds: dict[str, Callable[[], Any]] = {
        "cancels": lambda: v1.subscriptions.update(
            subscriptions["cancels"].id, {"cancel_at_period_end": True}
        ),
        "ends": lambda: v1.subscriptions.cancel(subscriptions["ends"].id),
        "upgrades": lambda: v1.subscriptions.update(
            subscriptions["upgrades"].id,
            {
                "items": [{"id": item, "price": other_plan.stripe_price_id}],
                "proration_behavior": "always_invoice",
            },
        ),
        "refunded": lambda: v1.refunds.create(
            {"payment_intent": Payment.objects.get(customer__user=readers["refunded"]).intent_id}
        ),
        "leaves": lambda: v1.customers.delete(subscriptions["leaves"].customer),
        "new": lambda: till.subscribe(readers["new"], plan),
        "declined": lambda: till.subscribe(readers["declined"], plan, card="pm_card_chargeCustomerFail"),
        "disputes": lambda: dispute_next_payment(till, readers["disputes"], other_plan),
    }
    for name, deed in deeds.items():
        deed()
        hear_of_it(readers[name])


def dispute_next_payment(till: Till, user: User, plan: Plan) -> None:
    """A change paid with a card whose holder contests the charge."""
    subscription = Subscription.objects.get(customer__user=user)
    customer = subscription.customer.stripe_id
    card = till.v1.payment_methods.attach("pm_card_createDispute", {"customer": customer})
    till.v1.subscriptions.update(
        subscription.stripe_id,
        {
            "default_payment_method": card.id,
            "items": [{"id": subscription.item_id, "price": plan.stripe_price_id}],
            "proration_behavior": "always_invoice",
        },
    )
    until = time.monotonic() + 30
    while not till.v1.disputes.list().data:  # the bank takes a moment
        assert time.monotonic() < until
        time.sleep(0.1)


def test_s8_a_backup_from_before_the_reader_ever_paid(till: Till, plan: Plan, reader: User) -> None:
    """Their customer is forgotten too: Stripe's is a stranger's, whom a person links again."""
    last_night = backup()
    till.subscribe(reader, plan)
    hear_of_it(reader)
    restore(last_night)
    assert reconcile(at=timezone.now() + timedelta(seconds=1)).found == 1
    assert Drift.objects.get().kind == Drift.Kind.STRANGER
