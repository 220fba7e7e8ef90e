"""Disputes: opened by a card or by hand, answered, won and lost."""

from collections.abc import Callable
from typing import Any

import pytest
import stripe

from sandbox.running import Sandbox
from sandbox.stripe.billing.lifecycle import Terms, start
from sandbox.stripe.billing.ticker import tick
from sandbox.stripe.billing.wallet import attach, resolve
from sandbox.stripe.resources import customers, prices
from sandbox.stripe.work import Work
from tests.sandbox.driving import visit
from tests.sandbox.test_stripe_refunds import about, charge

DAY = 86_400
TYPES = [
    f"charge.dispute.{deed}"
    for deed in ("created", "updated", "closed", "funds_withdrawn", "funds_reinstated")
]
__all__ = ["charge"]


@pytest.fixture
def dispute(api: Any, sandbox: Sandbox, charge: Callable[..., Any]) -> Any:
    """A dispute that the test card opened."""
    paid = charge("pm_card_createDispute")
    visit(f"{sandbox.stripe_url}/sandbox/tick", {})
    return api.disputes.list({"charge": paid.id}).data[0]


def told(api: Any, dispute: Any) -> list[str]:
    return [event.type.removeprefix("charge.dispute.") for event in about(api, dispute.id, *TYPES)]


def test_card_disputes_its_charge(api: Any, dispute: Any) -> None:
    assert (dispute.status, dispute.reason, dispute.amount) == ("needs_response", "fraudulent", 900)
    assert dispute.evidence_details.due_by > dispute.created
    disputed = api.charges.retrieve(dispute.charge)
    assert (disputed.disputed, disputed.payment_intent) == (True, dispute.payment_intent)
    assert told(api, dispute) == ["created", "funds_withdrawn"]
    by_intent = api.disputes.list({"payment_intent": dispute.payment_intent}).data
    assert [each.id for each in by_intent] == [dispute.id]


def test_disputed_charge_is_not_refunded(api: Any, dispute: Any) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        api.refunds.create({"charge": dispute.charge})
    assert refused.value.code == "charge_disputed"


@pytest.mark.parametrize(
    ("text", "outcome", "events"),
    [
        ("winning_evidence", "won", ["updated", "updated", "closed", "funds_reinstated"]),
        ("losing_evidence", "lost", ["updated", "updated", "closed"]),
    ],
)
def test_evidence_decides(
    api: Any, sandbox: Sandbox, dispute: Any, text: str, outcome: str, events: list[str]
) -> None:
    sent = api.disputes.update(dispute.id, {"evidence": {"uncategorized_text": text}})
    assert (sent.status, sent.evidence_details.submission_count) == ("under_review", 1)
    visit(f"{sandbox.stripe_url}/sandbox/tick", {})
    assert api.disputes.retrieve(dispute.id).status == outcome
    assert told(api, dispute) == ["created", "funds_withdrawn", *events]


def test_evidence_can_be_kept_back_and_is_sent_once(api: Any, dispute: Any) -> None:
    evidence = {"customer_name": "Ada Vale"}
    kept = api.disputes.update(dispute.id, {"evidence": evidence, "submit": False})
    assert (kept.status, kept.evidence_details.has_evidence) == ("needs_response", True)
    assert kept.evidence_details.submission_count == 0
    sent = api.disputes.update(dispute.id, {"evidence": {"product_description": "A magazine"}})
    assert (sent.status, sent.evidence.customer_name) == ("under_review", "Ada Vale")
    with pytest.raises(stripe.InvalidRequestError):
        api.disputes.update(dispute.id, {"evidence": evidence})
    assert api.disputes.update(dispute.id, {"metadata": {"case": "7"}}).metadata.to_dict() == {"case": "7"}


def test_closing_accepts_the_loss(api: Any, dispute: Any) -> None:
    assert api.disputes.close(dispute.id).status == "lost"
    assert told(api, dispute) == ["created", "funds_withdrawn", "updated", "closed"]
    with pytest.raises(stripe.InvalidRequestError):
        api.disputes.close(dispute.id)


@pytest.mark.parametrize("outcome", ["won", "lost"])
def test_any_charge_is_disputed_and_decided_by_hand(
    api: Any, sandbox: Sandbox, charge: Callable[..., Any], outcome: str
) -> None:
    paid = charge()
    page = f"{sandbox.stripe_url}/objects/{paid.id}"
    assert "Open a dispute" in visit(page).text
    there = visit(f"{sandbox.stripe_url}/bank/charges/{paid.id}/dispute", {}).location
    (opened,) = api.disputes.list({"charge": paid.id}).data
    assert there == f"/objects/{opened.id}"
    assert "Open a dispute" not in visit(page).text
    assert visit(f"{sandbox.stripe_url}/bank/charges/{paid.id}/dispute", {}).status == 400
    assert "Decide for the seller" in visit(f"{sandbox.stripe_url}{there}").text
    assert visit(f"{sandbox.stripe_url}/bank/disputes/{opened.id}/decide", {"outcome": outcome}).status == 303
    assert api.disputes.retrieve(opened.id).status == outcome


def test_dispute_nobody_answers_is_lost(work: Work) -> None:
    product = {"currency": "eur", "unit_amount": 900, "recurring": {"interval": "year", "interval_count": 1}}
    price = prices.create(work, {**product, "product_data": {"name": "Digital"}})
    customer = customers.create(work, {})
    card = attach(work, resolve(work, "pm_card_createDispute", param="card"), customer)
    start(work, Terms(customer, [(price, 1)], card))
    tick(work.store, work.settings, work.now)
    assert [each["status"] for each in work.all("dispute")] == ["needs_response"]
    tick(work.store, work.settings, work.now + 9 * DAY)
    (lost,) = work.all("dispute")
    assert (lost["status"], lost["evidence_details"]["past_due"]) == ("lost", True)
