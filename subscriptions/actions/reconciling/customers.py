"""Stripe's customers beside ours, and the whole books of one of them."""

from collections.abc import Iterable
from datetime import datetime

from subscriptions.actions.books import OVER
from subscriptions.actions.reconciling.findings import (
    Finding,
    Findings,
    Kind,
    Leaf,
    Scope,
    differences,
    was_written_since,
)
from subscriptions.actions.reconciling.invoices import compare_invoices
from subscriptions.actions.reconciling.payments import compare_charges, compare_disputes
from subscriptions.actions.reconciling.subscriptions import compare_subscriptions
from subscriptions.gateways import (
    Books,
    ChargeSummary,
    CustomerSnapshot,
    StripeRefused,
    fetch_books,
    page_of_customers,
)
from subscriptions.models import Customer, Subscription

UNLISTED_AT_ONCE = 20


class AnotherAccount(Exception):
    """Stripe knows none of our customers: the secret key is that of another account."""


def list_customers(scope: Scope) -> Leaf:
    """The next page of Stripe's list; customers without an account here are nobody's business."""
    page = page_of_customers(after=scope.cursor)
    findings = compare_customers(page.rows, asked_at=scope.at)
    return Leaf(page.after, len(page.rows), findings, {Customer: tuple(row.id for row in page.rows)})


def ask_for_unlisted(scope: Scope) -> Leaf:
    """Those of ours that the list did not show: deleted, unknown, or living by a test clock.

    Raises:
        AnotherAccount: not one of the first is known there.
    """
    living = Customer.objects.filter(deleted_at__isnull=True)
    rows, cursor = scope.unseen(living, UNLISTED_AT_ONCE)
    findings: list[Finding] = []
    there: list[str] = []
    for customer in rows:
        found, subscriptions = _ask(customer, at=scope.at)
        findings += found
        there += subscriptions
    unknown = [finding for finding in findings if finding.kind == Kind.ORPHAN]
    if len(unknown) == UNLISTED_AT_ONCE and not scope.cursor:
        raise AnotherAccount(
            f"Stripe knows none of {UNLISTED_AT_ONCE} customers asked for: is STRIPE_SECRET_KEY that of "
            "another account?"
        )
    known = {row.stripe_id for row in rows} - {finding.stripe_id for finding in unknown}
    return Leaf(cursor, len(rows), tuple(findings), {Customer: tuple(known), Subscription: tuple(there)})


def _ask(customer: Customer, *, at: datetime) -> tuple[Findings, list[str]]:
    """What differs in the books of one customer, and the subscriptions that Stripe knows of them."""
    try:
        books = fetch_books(customer.stripe_id, known=known_subscriptions(customer))
    except StripeRefused as refusal:
        if not refusal.is_missing:
            raise
        return (Finding(Kind.ORPHAN, customer.stripe_id, "a customer", "no such customer", customer),), []
    return compare_books(customer, books, asked_at=at), [row.id for row in books.subscriptions]


def known_subscriptions(customer: Customer) -> tuple[str, ...]:
    """The ids of those that have not ended, as far as we know."""
    living = customer.subscriptions.exclude(status__in=OVER)
    return tuple(living.values_list("stripe_id", flat=True))


def check_customer(customer: Customer, *, at: datetime) -> Findings:
    """Where the books of one customer differ from Stripe's, in four requests.

    Raises:
        StripeUnavailable, StripeRefused.
    """
    return _ask(customer, at=at)[0]


def compare_books(customer: Customer, books: Books, *, asked_at: datetime) -> Findings:
    """Where everything Stripe knows of a customer differs from what we do."""
    if books.customer.is_deleted:
        if customer.deleted_at:
            return compare_subscriptions(books.subscriptions, asked_at=asked_at)
        return (Finding(Kind.CUSTOMER_DELETED, customer.stripe_id, "a customer", "deleted", customer),)
    disputes = [dispute for charge in books.charges for dispute in charge.disputes]
    charges = [
        ChargeSummary(row.id, row.customer, row.status, row.amount, row.amount_refunded, bool(row.disputes))
        for row in books.charges
    ]
    return (
        *compare_customers([books.customer], asked_at=asked_at),
        *compare_subscriptions(books.subscriptions, asked_at=asked_at),
        *compare_invoices(books.invoices, asked_at=asked_at),
        *compare_charges(charges, asked_at=asked_at),
        *compare_disputes(disputes, asked_at=asked_at),
    )


def compare_customers(snapshots: Iterable[CustomerSnapshot], *, asked_at: datetime) -> Findings:
    """Where printed copies are sent, in one query."""
    snapshots = list(snapshots)
    ours = Customer.objects.filter(stripe_id__in=[each.id for each in snapshots])
    rows = {row.stripe_id: row for row in ours}
    findings = (
        _compare(each, rows[each.id])
        for each in snapshots
        if each.id in rows and not was_written_since(rows[each.id], asked_at)
    )
    return tuple(finding for finding in findings if finding)


def _compare(snapshot: CustomerSnapshot, ours: Customer) -> Finding | None:
    found = differences(
        {"print copy to": ours.shipping_name, "address": _line(ours.shipping_address)},
        {
            "print copy to": snapshot.shipping_name[:200],
            "address": _line(dict(snapshot.shipping_address)),
        },
    )
    return Finding(Kind.MISSED_EVENT, snapshot.id, *found, customer=ours) if found else None


def _line(address: dict[str, str]) -> str:
    return ", ".join(address[key] for key in sorted(address))
