"""Stripe's charges, refunds and disputes since the last comparison, beside our payments."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Exists, OuterRef

from subscriptions.actions.reconciling.findings import (
    Finding,
    Findings,
    Kind,
    Leaf,
    Scope,
    differences,
    was_written_since,
)
from subscriptions.actions.reconciling.invoices import customers_of
from subscriptions.gateways import (
    ChargeSummary,
    DisputeSnapshot,
    RefundSummary,
    fetch_dispute,
    page_of_charges,
    page_of_disputes,
    page_of_refunds,
)
from subscriptions.models import Dispute, Payment

OPEN_AT_ONCE = 20
SETTLED = ("won", "lost", "warning_closed", "prevented")


def list_charges(scope: Scope) -> Leaf:
    """The next page of charges."""
    page = page_of_charges(after=scope.cursor, since=scope.since)
    return Leaf(page.after, len(page.rows), compare_charges(page.rows, asked_at=scope.at))


def list_refunds(scope: Scope) -> Leaf:
    """The next page of refunds, whose charges may be older."""
    page = page_of_refunds(after=scope.cursor, since=scope.since)
    return Leaf(page.after, len(page.rows), compare_refunds(page.rows, asked_at=scope.at))


def list_disputes(scope: Scope) -> Leaf:
    """The next page of disputes, whose charges may be older."""
    page = page_of_disputes(after=scope.cursor, since=scope.since)
    return Leaf(page.after, len(page.rows), compare_disputes(page.rows, asked_at=scope.at))


def ask_for_open_disputes(scope: Scope) -> Leaf:
    """What became of the older ones that are open here; there are few, and Stripe's list knows no states."""
    rows = Dispute.objects.exclude(status__in=SETTLED).filter(pk__gt=int(scope.cursor or 0))
    if scope.since:
        rows = rows.filter(opened_at__lt=scope.since)
    found = list(rows.order_by("pk")[:OPEN_AT_ONCE])
    findings = compare_disputes([fetch_dispute(row.stripe_id) for row in found], asked_at=scope.at)
    cursor = str(found[-1].pk) if len(found) == OPEN_AT_ONCE else ""
    return Leaf(cursor, len(found), findings)


def compare_charges(charges: Iterable[ChargeSummary], *, asked_at: datetime) -> Findings:
    """Where charges of our customers are missing or differ, in two queries."""
    charges = list(charges)
    customers = customers_of(charges, asked_at=asked_at)
    disputed = Exists(Dispute.objects.filter(payment=OuterRef("pk")))
    ours = Payment.objects.filter(stripe_id__in=[each.id for each in charges])
    facts = ours.values_list("stripe_id", "status", "amount", "amount_refunded", disputed)
    rows = {stripe_id: rest for stripe_id, *rest in facts}
    names = ("status", "amount", "refunded", "disputed")
    findings = []
    for each in charges:
        if each.customer not in customers:
            continue
        theirs = (each.status, each.amount, each.amount_refunded, each.is_disputed)
        found = differences(
            dict(zip(names, rows.get(each.id, ("no such payment", None, None, None)), strict=True)),
            dict(zip(names, theirs, strict=True)),
        )
        if found:
            findings.append(Finding(Kind.MISSED_INVOICE, each.id, *found, customer=customers[each.customer]))
    return tuple(findings)


def compare_refunds(refunds: Iterable[RefundSummary], *, asked_at: datetime) -> Findings:
    """Payments of ours that do not know of a refund, in one query; unknown payments are found as charges."""
    refunds = [each for each in refunds if not each.is_failed]
    payments = _payments([each.charge for each in refunds], asked_at)
    return tuple(
        Finding(
            Kind.MISSED_INVOICE,
            each.charge,
            f"last refund: {payment.refunded_at or 'none'}",
            f"last refund: {each.created_at}",
            payment.customer,
        )
        for each in refunds
        if (payment := payments.get(each.charge))
        and (payment.refunded_at is None or payment.refunded_at < each.created_at)
    )


def compare_disputes(disputes: Iterable[DisputeSnapshot], *, asked_at: datetime) -> Findings:
    """Disputes of our payments that are missing or stand otherwise, in two queries."""
    disputes = list(disputes)
    payments = _payments([each.charge for each in disputes], asked_at)
    ours = Dispute.objects.filter(stripe_id__in=[each.id for each in disputes])
    states = dict(ours.values_list("stripe_id", "status"))
    return tuple(
        Finding(
            Kind.MISSED_INVOICE,
            each.id,
            f"dispute: {states.get(each.id, 'none')}",
            f"dispute: {each.status}",
            payments[each.charge].customer,
        )
        for each in disputes
        if each.charge in payments and states.get(each.id) != each.status
    )


def _payments(charges: list[str], asked_at: datetime) -> dict[str, Payment]:
    """Our payments of living customers, by Stripe's id; not those fetched since `asked_at`."""
    living = Payment.objects.filter(stripe_id__in=charges, customer__isnull=False)
    rows = living.filter(customer__deleted_at__isnull=True).select_related("customer")
    return {
        row.stripe_id: row for row in rows if row.customer and not was_written_since(row.customer, asked_at)
    }
