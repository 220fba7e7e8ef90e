"""Two at once: comparisons with Stripe, and changes of seats meanwhile, on both databases."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from subscriptions.actions import access
from subscriptions.actions.access import follow_subscription
from subscriptions.actions.books import sync_customer
from subscriptions.actions.checkouts import ensure_customer
from subscriptions.actions.groups import take_seat
from subscriptions.actions.plans import sync_plans
from subscriptions.models import Customer, Grant, Group, Invoice, Plan, Seat, Status, Subscription, SyncTicket
from tests.subscriptions.conftest import Till

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*works: Callable[[], Any]) -> None:
    """Run these beside each other, each with a connection of its own; the first error is raised here."""
    errors: list[BaseException] = []

    def run(work: Callable[[], Any]) -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 (it is raised where the test sees it)
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


@pytest.fixture
def group(till: Till, reader: User, db: None) -> Group:
    """Three seats, paid in Stripe; the first is taken."""
    plan = Plan.objects.create(key="group", name="Group", amount=600, is_for_groups=True)
    list(sync_plans())
    plan.refresh_from_db()
    till.subscribe(reader, plan, items=[{"price": plan.stripe_price_id, "quantity": 3}])
    sync_customer(customer=ensure_customer(user=reader), at=timezone.now())
    group = Group.objects.get()
    sit_down(group, "first@example.com")
    return group


def sit_down(group: Group, email: str) -> User:
    user, now = User.objects.create_user(email), timezone.now()
    take_seat(seat=Seat.objects.create(group=group, email=email, invited_at=now), user=user, at=now)
    return user


def test_comparisons_at_once_leave_one_copy_of_everything(till: Till, reader: User, plan: Plan) -> None:
    stripe_id = till.subscribe(reader, plan).id
    customer = Customer.objects.get()

    def compare() -> None:
        for _ in range(3):
            sync_customer(customer=customer, at=timezone.now())

    def change() -> None:
        till.v1.subscriptions.update(stripe_id, {"cancel_at_period_end": True})
        sync_customer(customer=customer, at=timezone.now())

    at_once(compare, compare, compare, change)
    subscription = Subscription.objects.get()
    assert subscription.cancels_at == subscription.period_end_at == Grant.objects.get().ends_at
    assert (Invoice.objects.count(), Invoice.objects.get().lines.count()) == (1, 1)
    assert SyncTicket.objects.values_list("drawn", "written").get() == (10, 10)


def test_a_seat_taken_during_a_comparison_is_kept(group: Group, monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison has counted the seats and not yet shut the others when the second one is taken."""
    counted, done = threading.Event(), threading.Event()
    open_seat = access._open_seat

    def open_slowly(*args: Any) -> None:
        if threading.current_thread() is not threading.main_thread() and not counted.is_set():
            counted.set()
            done.wait(1)  # with the lock held, the other waits for us and not we for it
        open_seat(*args)

    def take() -> None:
        counted.wait(10)
        sit_down(group, "second@example.com")
        done.set()

    monkeypatch.setattr(access, "_open_seat", open_slowly)
    customer = group.subscription.customer
    at_once(lambda: sync_customer(customer=customer, at=timezone.now()), take)
    now = timezone.now()
    readers = {grant.user.email for grant in Grant.objects.filter(seat__isnull=False).current(at=now)}
    assert readers == {"first@example.com", "second@example.com"}


def test_old_knowledge_opens_nothing_once_the_owner_is_gone(till: Till, group: Group) -> None:
    old = Subscription.objects.get()
    till.v1.subscriptions.cancel(old.stripe_id)
    charge = till.v1.charges.list({"customer": old.customer.stripe_id}).data[0]
    till.v1.refunds.create({"charge": charge.id})
    sync_customer(customer=old.customer, at=timezone.now())
    follow_subscription(subscription=old, at=timezone.now())
    assert (old.status, Subscription.objects.get().status) == (Status.ACTIVE, Status.CANCELED)
    assert list(Grant.objects.all().current(at=timezone.now())) == []


def test_no_comparison_within_a_transaction(reader: User) -> None:
    customer = Customer.objects.create(user=reader, stripe_id="cus_1")
    with transaction.atomic(), pytest.raises(RuntimeError):
        sync_customer(customer=customer, at=timezone.now())
