"""Stripe's lists, one page at a time and newest first, for whoever goes through all of them.

Each function takes the cursor that the page before gave (`after`; empty for the first page).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from subscriptions.gateways.connection import PAGE, api, id_of, in_our_words, surely
from subscriptions.gateways.customers import CustomerSnapshot, read_customer
from subscriptions.gateways.invoices import InvoiceSnapshot, read_invoice
from subscriptions.gateways.payments import DisputeSnapshot, read_dispute
from subscriptions.gateways.subscriptions import EXPANDED, SubscriptionSnapshot, read_subscription

T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    """A page of a list; `after` leads to the next one and is empty on the last."""

    rows: tuple[T, ...]
    after: str


@dataclass(frozen=True)
class ChargeSummary:
    """A charge as a list shows it; its refunds and disputes would have to be asked for. Minor units."""

    id: str
    customer: str
    status: str
    amount: int
    amount_refunded: int
    is_disputed: bool


@dataclass(frozen=True)
class RefundSummary:
    """Money given back on a charge, in minor units; a failed one gave nothing back."""

    id: str
    charge: str
    amount: int
    is_failed: bool
    created_at: datetime


def page_of_subscriptions(*, after: str = "") -> Page[SubscriptionSnapshot]:
    """Subscriptions in whatever state, but not those that live by a test clock."""
    expand = [f"data.{path}" for path in EXPANDED]
    return _page(api().subscriptions, read_subscription, after, {"status": "all", "expand": expand})


def page_of_customers(*, after: str = "") -> Page[CustomerSnapshot]:
    """Customers that were not deleted, but not those that live by a test clock."""
    return _page(api().customers, read_customer, after, {})


def page_of_invoices(
    *, after: str = "", since: datetime | None = None, status: str = ""
) -> Page[InvoiceSnapshot]:
    """Invoices made since, in one state or any."""
    filters = {**_since(since), **({"status": status} if status else {}), "expand": ["data.payments"]}
    return _page(api().invoices, read_invoice, after, filters)


def page_of_charges(*, after: str = "", since: datetime | None = None) -> Page[ChargeSummary]:
    """Charges made since."""
    return _page(api().charges, _charge, after, _since(since))


def page_of_refunds(*, after: str = "", since: datetime | None = None) -> Page[RefundSummary]:
    """Refunds made since, whenever their charges were."""
    return _page(api().refunds, _refund, after, _since(since))


def page_of_disputes(*, after: str = "", since: datetime | None = None) -> Page[DisputeSnapshot]:
    """Disputes opened since, whenever their charges were made."""
    return _page(api().disputes, read_dispute, after, _since(since))


@in_our_words
def _page(noun: Any, read: Callable[[Any], T], after: str, filters: dict[str, Any]) -> Page[T]:
    cursor = {"starting_after": after} if after else {}
    found = noun.list({"limit": PAGE, **filters, **cursor})
    rows = tuple(read(row) for row in found.data)
    return Page(rows, found.data[-1].id if found.has_more else "")


def _since(moment: datetime | None) -> dict[str, Any]:
    return {"created": {"gte": int(moment.timestamp())}} if moment else {}


def _charge(charge: Any) -> ChargeSummary:
    return ChargeSummary(
        id=charge.id,
        customer=id_of(charge.customer),
        status=charge.status,
        amount=charge.amount,
        amount_refunded=charge.amount_refunded,
        is_disputed=charge.disputed,
    )


def _refund(refund: Any) -> RefundSummary:
    return RefundSummary(
        id=refund.id,
        charge=id_of(refund.charge),
        amount=refund.amount,
        is_failed=refund.status in ("failed", "canceled"),
        created_at=surely(refund.created),
    )
