"""Stripe's invoices beside ours: those made since the last comparison, and those still open."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from subscriptions.actions.reconciling.findings import (
    Finding,
    Findings,
    Kind,
    Leaf,
    Scope,
    differences,
    was_written_since,
)
from subscriptions.gateways import (
    InvoiceSnapshot,
    Page,
    StripeRefused,
    fetch_invoice,
    page_of_invoices,
)
from subscriptions.models import Customer, Invoice, Subscription

UNLISTED_AT_ONCE = 20
COMPARED = (
    "number",
    "status",
    "currency",
    "subtotal",
    "discount",
    "tax",
    "total",
    "amount_due",
    "amount_paid",
    "amount_remaining",
    "attempt_count",
    "next_try_at",
    "paid_at",
)
UNSETTLED = (Invoice.Status.DRAFT, Invoice.Status.OPEN)


def list_new(scope: Scope) -> Leaf:
    """The next page of those made since the last comparison."""
    return _leaf(page_of_invoices(after=scope.cursor, since=scope.since), scope)


def list_open(scope: Scope) -> Leaf:
    """The next page of those that are to be paid, however old."""
    return _leaf(page_of_invoices(after=scope.cursor, status=Invoice.Status.OPEN), scope)


def ask_for_settled(scope: Scope) -> Leaf:
    """Those open or drafts here, of which neither list had anything: paid or void there, or gone."""
    ours = Invoice.objects.filter(status__in=UNSETTLED, customer__deleted_at__isnull=True)
    rows, cursor = scope.unseen(ours.select_related("customer"), UNLISTED_AT_ONCE)
    findings: list[Finding] = []
    for row in rows:
        try:
            findings += compare_invoices([fetch_invoice(row.stripe_id)], asked_at=scope.at)
        except StripeRefused as refusal:
            if not refusal.is_missing:
                raise
            missing = "no such invoice"
            findings.append(
                Finding(Kind.MISSED_INVOICE, row.stripe_id, f"status: {row.status}", missing, row.customer)
            )
    return Leaf(cursor, len(rows), tuple(findings), {Invoice: tuple(row.stripe_id for row in rows)})


def _leaf(page: Page[InvoiceSnapshot], scope: Scope) -> Leaf:
    findings = compare_invoices(page.rows, asked_at=scope.at)
    return Leaf(page.after, len(page.rows), findings, {Invoice: tuple(row.id for row in page.rows)})


def compare_invoices(snapshots: Iterable[InvoiceSnapshot], *, asked_at: datetime) -> Findings:
    """Where invoices of our customers are missing or differ, in three queries.

    As in `write_invoices`, those for subscriptions that are not ours are left out.
    """
    snapshots = list(snapshots)
    customers = customers_of(snapshots, asked_at=asked_at)
    named = {each.subscription for each in snapshots if each.subscription}
    known = Subscription.objects.filter(stripe_id__in=named).values_list("stripe_id", flat=True)
    paying_ours = {"", *known}
    ours = Invoice.objects.filter(stripe_id__in=[each.id for each in snapshots])
    rows = {row.stripe_id: row for row in ours}
    return tuple(
        finding
        for each in snapshots
        if each.customer in customers and each.subscription in paying_ours
        for finding in _compare(each, rows.get(each.id), customers[each.customer])
    )


def customers_of(objects: Iterable[Any], *, asked_at: datetime) -> dict[str, Customer]:
    """Our customers among those that objects name, by Stripe's id; not those fetched since `asked_at`.

    The books of deleted ones are closed: Stripe lists them no more.
    """
    living = Customer.objects.filter(deleted_at__isnull=True)
    found = living.filter(stripe_id__in={each.customer for each in objects if each.customer})
    return {row.stripe_id: row for row in found if not was_written_since(row, asked_at)}


def _compare(snapshot: InvoiceSnapshot, ours: Invoice | None, customer: Customer) -> Findings:
    if ours is None:
        theirs = f"{snapshot.status}, total: {snapshot.total} {snapshot.currency}"
        return (Finding(Kind.MISSED_INVOICE, snapshot.id, "no such invoice", theirs, customer),)
    found = differences(
        {name.replace("_", " "): getattr(ours, name) for name in COMPARED},
        {name.replace("_", " "): getattr(snapshot, name) for name in COMPARED},
    )
    return (Finding(Kind.MISSED_INVOICE, snapshot.id, *found, customer=customer),) if found else ()
