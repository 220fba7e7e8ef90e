"""Making our books of one customer equal to Stripe's: the one way our copies are written."""

from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import F

from subscriptions.actions.access import follow_subscription
from subscriptions.actions.dunning import note_changes
from subscriptions.actions.gifts import follow_gifts
from subscriptions.actions.groups import open_group
from subscriptions.actions.invoices import derive_from_invoices, write_charges, write_invoices
from subscriptions.actions.subscriptions import NotOurs, write_subscription
from subscriptions.gateways import Books, CustomerSnapshot, fetch_books
from subscriptions.models import Customer, Status, Subscription, SyncTicket

OVER = (Status.CANCELED, Status.INCOMPLETE_EXPIRED)


class Synced(NamedTuple):
    """What a comparison left: our subscriptions of the customer, and why others are not among them."""

    subscriptions: list[Subscription]
    foreign: dict[str, str]


def sync_customer(*, customer: Customer, at: datetime) -> Synced:
    """Fetch all Stripe knows of a customer, set our rows from it, and the grants that follow (rule S5).

    Any number of these may overlap, in any order: the fetch begun last decides, without a lock held over
    a network call. What an event said is never copied. Not to be called within a transaction, which
    would hold one.

    Raises:
        StripeUnavailable, StripeRefused: nothing is written.
    """
    number = _draw_ticket(customer.stripe_id)
    known = customer.subscriptions.exclude(status__in=OVER).values_list("stripe_id", flat=True)
    books = fetch_books(customer.stripe_id, known=tuple(known))
    return _write(customer, books, number=number, at=at)


@transaction.atomic(durable=True)
def _draw_ticket(stripe_id: str) -> int:
    SyncTicket.objects.get_or_create(stripe_id=stripe_id)
    SyncTicket.objects.filter(stripe_id=stripe_id).update(drawn=F("drawn") + 1)
    return SyncTicket.objects.get(stripe_id=stripe_id).drawn


@transaction.atomic
def _write(customer: Customer, books: Books, *, number: int, at: datetime) -> Synced:
    ticket = SyncTicket.objects.select_for_update().get(stripe_id=customer.stripe_id)
    if ticket.written > number:
        return Synced(list(customer.subscriptions.all()), {})
    ticket.written = number
    ticket.save(update_fields=("written",))
    _set_customer(customer, books.customer, at=at)
    before = {row.stripe_id: row for row in customer.subscriptions.all()}
    subscriptions, foreign = _write_subscriptions(customer, books, at=at)
    write_invoices(customer=customer, invoices=books.invoices, at=at)
    write_charges(customer=customer, charges=books.charges, invoices=books.invoices, at=at)
    for subscription in subscriptions:
        derive_from_invoices(subscription=subscription)
        open_group(subscription=subscription, at=at)
        follow_subscription(subscription=subscription, at=at)
        note_changes(subscription=subscription, before=before.get(subscription.stripe_id), at=at)
    follow_gifts(payments=customer.payments.filter(invoice__isnull=True), at=at)
    return Synced(subscriptions, foreign)


def _set_customer(customer: Customer, snapshot: CustomerSnapshot, *, at: datetime) -> None:
    customer.synced_at = at
    if snapshot.is_deleted:
        customer.deleted_at = customer.deleted_at or at
    else:
        customer.shipping_name = snapshot.shipping_name[:200]
        customer.shipping_address = dict(snapshot.shipping_address)
    customer.save(update_fields=("synced_at", "deleted_at", "shipping_name", "shipping_address"))


def _write_subscriptions(
    customer: Customer, books: Books, *, at: datetime
) -> tuple[list[Subscription], dict[str, str]]:
    ours, foreign = [], {}
    for snapshot in books.subscriptions:
        try:
            ours.append(write_subscription(customer=customer, snapshot=snapshot, at=at))
        except NotOurs as stranger:
            foreign[snapshot.id] = str(stranger)
    if books.customer.is_deleted:
        ours += _end_lost(customer, {snapshot.id for snapshot in books.subscriptions}, at=at)
    return ours, foreign


def _end_lost(customer: Customer, found: set[str], *, at: datetime) -> list[Subscription]:
    """End our rows of a deleted customer that Stripe does not know any more."""
    lost = list(customer.subscriptions.exclude(stripe_id__in=found).exclude(status__in=OVER))
    for subscription in lost:
        subscription.status, subscription.ended_at, subscription.synced_at = Status.CANCELED, at, at
        subscription.save()
    return lost
