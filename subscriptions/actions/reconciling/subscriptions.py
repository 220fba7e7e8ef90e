"""Stripe's subscriptions beside ours."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kit.money import format_money
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
from subscriptions.gateways import (
    ItemSnapshot,
    StripeRefused,
    SubscriptionSnapshot,
    fetch_customer,
    fetch_subscription,
    page_of_subscriptions,
)
from subscriptions.models import Customer, Plan, PlanPrice, Status, Subscription

UNLISTED_AT_ONCE = 20
UNPAID_START = (*OVER, Status.INCOMPLETE)
"""States in which nobody is charged: a price that is not ours does no harm."""


@dataclass(frozen=True)
class OnSale:
    """Which of some prices and products are our plans'."""

    prices: frozenset[str]
    products: frozenset[str]

    def item_of(self, snapshot: SubscriptionSnapshot) -> ItemSnapshot | None:
        """The item that sells one of our plans, as `write_subscription` chooses it."""
        for item in snapshot.items:
            if item.price in self.prices or (item.product and item.product in self.products):
                return item
        return None


def list_subscriptions(scope: Scope) -> Leaf:
    """The next page of Stripe's list."""
    page = page_of_subscriptions(after=scope.cursor)
    findings = compare_subscriptions(page.rows, asked_at=scope.at)
    return Leaf(page.after, len(page.rows), findings, {Subscription: tuple(row.id for row in page.rows)})


def ask_for_unlisted(scope: Scope) -> Leaf:
    """Those of ours that the list did not show: asked for one by one, before one is said to be unknown."""
    living = Subscription.objects.exclude(status__in=OVER).select_related("customer")
    rows, cursor = scope.unseen(living, UNLISTED_AT_ONCE)
    findings: list[Finding] = []
    there: list[str] = []
    for row in rows:
        try:
            snapshot = fetch_subscription(row.stripe_id)
        except StripeRefused as refusal:
            if not refusal.is_missing:
                raise
            findings.append(_orphan(row))
        else:
            there.append(row.stripe_id)
            findings += compare_subscriptions([snapshot], asked_at=scope.at)
    return Leaf(cursor, len(rows), tuple(findings), {Subscription: tuple(there)})


def compare_subscriptions(snapshots: Iterable[SubscriptionSnapshot], *, asked_at: datetime) -> Findings:
    """Where snapshots taken at `asked_at` and our rows disagree, in four queries however many there are."""
    snapshots = list(snapshots)
    ours = Subscription.objects.filter(stripe_id__in=[each.id for each in snapshots])
    rows = {row.stripe_id: row for row in ours.select_related("customer")}
    customers = Customer.objects.filter(stripe_id__in={each.customer for each in snapshots})
    known = {row.stripe_id: row for row in customers}
    sale = _on_sale(snapshots)
    return tuple(
        finding
        for each in snapshots
        for finding in _compare(each, rows.get(each.id), known.get(each.customer), sale, asked_at)
    )


def _on_sale(snapshots: list[SubscriptionSnapshot]) -> OnSale:
    asked = {item.price for each in snapshots for item in each.items}
    prices = PlanPrice.objects.filter(stripe_id__in=asked).values_list("stripe_id", flat=True)
    products = Plan.objects.exclude(stripe_product_id="").values_list("stripe_product_id", flat=True)
    return OnSale(frozenset(prices), frozenset(products))


def _compare(
    snapshot: SubscriptionSnapshot,
    ours: Subscription | None,
    customer: Customer | None,
    sale: OnSale,
    asked_at: datetime,
) -> Findings:
    item = sale.item_of(snapshot)
    if customer is None and ours is None:
        return (_stranger(snapshot, item),) if item and snapshot.status not in OVER else ()
    if customer and was_written_since(customer, asked_at):
        return ()
    foreign = _foreign(snapshot, customer) if item is None else ()
    if ours:
        return (*_differing(snapshot, ours, item or snapshot.items[0]), *foreign)
    is_past = customer is not None and customer.deleted_at is not None and snapshot.status in OVER
    return foreign if item is None or is_past else (_missing(snapshot, customer),)


def _differing(snapshot: SubscriptionSnapshot, ours: Subscription, item: ItemSnapshot) -> Findings:
    """What is due to an event that never came; a renewal that only moved the period is a kind of its own."""
    found = differences(_facts_of(ours), _facts(snapshot, item))
    kind = Kind.MISSED_EVENT
    if found is None:
        kind = Kind.WRONG_PERIOD
        found = differences(
            {"period begins": ours.period_start_at, "period ends": ours.period_end_at},
            {"period begins": item.period_start_at, "period ends": item.period_end_at},
        )
    return (Finding(kind, snapshot.id, *found, customer=ours.customer),) if found else ()


def _facts_of(ours: Subscription) -> dict[str, Any]:
    return {
        "customer": ours.customer.stripe_id,
        "status": ours.status,
        "price": ours.price_id,
        "amount": ours.amount,
        "quantity": ours.quantity,
        "cancelled to": ours.cancels_at,
        "ended": ours.ended_at,
        "end reason": ours.end_reason,
        "trial ends": ours.trial_end_at,
        "collection paused": ours.pause_behavior,
        "resumes": ours.resumes_at,
        "change waiting": ours.has_pending_update,
        "discount": ours.discount,
        "card": f"{ours.card_brand} {ours.card_last4} {ours.card_expires}".strip(),
        "invoice to pay": bool(ours.pay_url),
    }


def _facts(snapshot: SubscriptionSnapshot, item: ItemSnapshot) -> dict[str, Any]:
    card = snapshot.card
    return {
        "customer": snapshot.customer,
        "status": snapshot.status,
        "price": item.price,
        "amount": item.amount,
        "quantity": item.quantity,
        "cancelled to": snapshot.cancels_at,
        "ended": snapshot.ended_at,
        "end reason": snapshot.end_reason,
        "trial ends": snapshot.trial_end_at,
        "collection paused": snapshot.pause_behavior,
        "resumes": snapshot.resumes_at,
        "change waiting": snapshot.has_pending_update,
        "discount": snapshot.discount[:80],
        "card": f"{card.brand[:20]} {card.last4} {card.expires}".strip(),
        "invoice to pay": bool(snapshot.pay_url),
    }


def _missing(snapshot: SubscriptionSnapshot, customer: Customer | None) -> Finding:
    theirs = f"status: {snapshot.status}, began {snapshot.started_at:%Y-%m-%d}"
    return Finding(Kind.MISSED_EVENT, snapshot.id, "no such subscription", theirs, customer)


def _foreign(snapshot: SubscriptionSnapshot, customer: Customer | None) -> Findings:
    if snapshot.status in UNPAID_START:
        return ()
    return (Finding(Kind.FOREIGN_PRICE, snapshot.id, "no plan has this price", _terms(snapshot), customer),)


def _stranger(snapshot: SubscriptionSnapshot, item: ItemSnapshot | None) -> Finding:
    customer = fetch_customer(snapshot.customer)
    theirs = f"{customer.email or 'no address'} ({customer.id}): {_terms(snapshot)}"
    return Finding(Kind.STRANGER, snapshot.id, "no account", theirs)


def _terms(snapshot: SubscriptionSnapshot) -> str:
    return " and ".join(
        f"{format_money(item.amount * item.quantity, item.currency)} a {item.interval}, price {item.price}"
        for item in snapshot.items
    )


def _orphan(row: Subscription) -> Finding:
    ours = f"status: {row.status}, began {row.started_at:%Y-%m-%d}"
    return Finding(Kind.ORPHAN, row.stripe_id, ours, "no such subscription", row.customer)
