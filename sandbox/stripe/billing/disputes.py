"""Disputes from the day they are opened to the day they are won or lost (docs.stripe.com/disputes)."""

from sandbox.stripe.errors import invalid
from sandbox.stripe.shapes.disputes import dispute_shape
from sandbox.stripe.store import Obj
from sandbox.stripe.work import Work, new_id

CLOSED = ("won", "lost")
OUTCOMES = {"winning_evidence": "won", "losing_evidence": "lost"}
"""What Stripe's test mode reads in `uncategorized_text` (docs.stripe.com/testing#disputes)."""


def open_dispute(work: Work, charge: Obj, *, reason: str = "fraudulent") -> Obj:
    """The bank takes the money of a charge back until the matter is decided.

    Raises ApiError 400 for a charge that was disputed already, or of which nothing is left.
    """
    is_card = charge["payment_method_details"]["type"] == "card"
    if charge["status"] != "succeeded" or charge["disputed"] or charge["refunded"] or not is_card:
        raise invalid(
            f"Charge {charge['id']} cannot be disputed: only a card's that was paid and kept, once."
        )
    dispute = dispute_shape(new_id("du"), work.now, charge, reason)
    work.create(dispute, event="charge.dispute.created")
    work.emit("charge.dispute.funds_withdrawn", dispute)
    work.save(charge | {"disputed": True}, event="charge.updated", disputes_at=None)
    return dispute


def answer_dispute(work: Work, dispute: Obj, evidence: Obj, *, submit: bool) -> Obj:
    """Take evidence up, and send all there is to the bank. The test texts decide the matter a moment later.

    Raises ApiError 400 once the evidence was sent.
    """
    if dispute["status"] != "needs_response":
        message = f"This dispute has a status of {dispute['status']}: its evidence can no longer be changed."
        raise invalid(message, param="evidence")
    dispute["evidence"] |= evidence
    details = dispute["evidence_details"]
    details["has_evidence"] = any(dispute["evidence"].values())
    if not submit:
        return work.save(dispute, event="charge.dispute.updated")
    details["submission_count"] += 1
    dispute["status"] = "under_review"
    outcome = OUTCOMES.get(dispute["evidence"]["uncategorized_text"] or "")
    decided_at = work.now if outcome else None
    return work.save(dispute, event="charge.dispute.updated", outcome=outcome, settles_at=decided_at)


def close_dispute(work: Work, dispute: Obj, *, outcome: str) -> Obj:
    """End it: `won` gives the money back to the seller, `lost` leaves it with the buyer.

    Raises ApiError 400 for one that has ended.
    """
    if dispute["status"] in CLOSED:
        raise invalid(f"This dispute is already closed: it was {dispute['status']}.")
    dispute |= {"status": outcome, "is_charge_refundable": outcome == "won"}
    reinstated = ["charge.dispute.funds_reinstated"] if outcome == "won" else []
    also = ["charge.dispute.closed", *reinstated]
    return work.save(dispute, event="charge.dispute.updated", also=also, settles_at=None)


def settle_dispute(work: Work, dispute: Obj) -> None:
    """Decide what was sent in, or what nobody answered in time."""
    dispute["evidence_details"]["past_due"] = dispute["status"] == "needs_response"
    close_dispute(work, dispute, outcome=work.hidden(dispute).get("outcome") or "lost")
