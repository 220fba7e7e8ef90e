"""Attempts to take money, and money given back or contested."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from subscriptions.gateways.connection import PAGE, api, id_of, in_our_words, pages, surely


@dataclass(frozen=True)
class DisputeSnapshot:
    id: str
    charge: str
    status: str
    reason: str
    amount: int
    currency: str
    opened_at: datetime


@dataclass(frozen=True)
class ChargeSnapshot:
    """One attempt. Amounts in minor units; `failure_code` is the bank's decline code where there is one."""

    id: str
    customer: str
    intent: str
    status: str
    currency: str
    amount: int
    amount_refunded: int
    refunded_at: datetime | None
    failure_code: str
    failure_message: str
    card_brand: str
    card_last4: str
    created_at: datetime
    disputes: tuple[DisputeSnapshot, ...]


@in_our_words
def fetch_charge(charge_id: str) -> ChargeSnapshot:
    return read_charge(api().charges.retrieve(charge_id))


@in_our_words
def list_charges(**filters: Any) -> list[ChargeSnapshot]:
    """Charges, newest first; `filters` are Stripe's (`customer`, `payment_intent`, `created`)."""
    return [read_charge(row) for row in pages(api().charges.list({"limit": PAGE, **filters}))]


@in_our_words
def fetch_dispute(dispute_id: str) -> DisputeSnapshot:
    return read_dispute(api().disputes.retrieve(dispute_id))


@in_our_words
def refund_payment(*, intent: str, amount: int | None, key: str) -> str:
    """Give back `amount` minor units of a payment, or all of it; returns the refund's id.

    Asked twice with the same `key`, Stripe gives back once (rule S11).
    """
    params: dict[str, Any] = {"payment_intent": intent, "reason": "requested_by_customer"}
    params |= {"amount": amount} if amount is not None else {}
    return str(api().refunds.create(params, {"idempotency_key": key}).id)


def read_charge(charge: Any) -> ChargeSnapshot:
    """Stripe's object in our words; what it says of refunds and disputes is asked for in turn."""
    method = charge.payment_method_details
    card = method.card if method and method.type == "card" else None
    outcome = charge.outcome
    bank_code = getattr(outcome, "network_decline_code", None) if outcome else None
    reason = getattr(outcome, "reason", None) if outcome and charge.status == "failed" else None
    return ChargeSnapshot(
        id=charge.id,
        customer=id_of(charge.customer),
        intent=id_of(charge.payment_intent),
        status=charge.status,
        currency=charge.currency,
        amount=charge.amount,
        amount_refunded=charge.amount_refunded,
        refunded_at=_refunded_at(charge),
        failure_code=reason or charge.failure_code or bank_code or "",
        failure_message=(charge.failure_message or "")[:300],
        card_brand=(card.brand or "") if card else "",
        card_last4=(card.last4 or "") if card else "",
        created_at=surely(charge.created),
        disputes=tuple(_disputes_of(charge.id)) if charge.disputed else (),
    )


def _refunded_at(charge: Any) -> datetime | None:
    if not charge.amount_refunded:
        return None
    refunds = api().refunds.list({"charge": charge.id, "limit": 1})
    return surely(refunds.data[0].created) if refunds.data else surely(charge.created)


def _disputes_of(charge: str) -> Iterator[DisputeSnapshot]:
    for dispute in pages(api().disputes.list({"charge": charge, "limit": PAGE})):
        yield read_dispute(dispute)


def read_dispute(dispute: Any) -> DisputeSnapshot:
    """Stripe's object in our words."""
    return DisputeSnapshot(
        id=dispute.id,
        charge=id_of(dispute.charge),
        status=dispute.status,
        reason=dispute.reason,
        amount=dispute.amount,
        currency=dispute.currency,
        opened_at=surely(dispute.created),
    )
