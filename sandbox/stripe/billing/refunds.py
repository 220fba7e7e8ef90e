"""Giving money back (docs.stripe.com/refunds)."""

from sandbox.stripe.billing.charging import behaviour_of, intent_of
from sandbox.stripe.errors import ApiError, invalid
from sandbox.stripe.money import money
from sandbox.stripe.shapes.refunds import refund_shape
from sandbox.stripe.store import Obj, equals
from sandbox.stripe.work import Work, new_id

TAKES = 60
"""Seconds until a refund that takes its time is settled; Stripe's test mode says "some time later"."""


def refund_charge(work: Work, charge: Obj, *, amount: int | None = None, about: Obj | None = None) -> Obj:
    """Give back an amount in minor units, or all that is left. `about` holds reason and metadata.

    Raises ApiError 400 for a charge that has nothing (or not so much) to give back.
    """
    left = charge["amount_captured"] - charge["amount_refunded"]
    _check(work, charge, left, amount)
    refund = refund_shape(new_id("re"), work.now, charge, left if amount is None else amount) | (about or {})
    outcome = behaviour_of(work, work.get("payment_method", charge["payment_method"])).refund
    if outcome == "pending":
        refund |= {"status": "pending", "pending_reason": "processing"}
    facts = {} if outcome == "succeeded" else {"settles_at": work.now + TAKES}
    work.create(refund, event="refund.created", hidden=facts)
    _count(work, charge, charge["amount_refunded"] + refund["amount"])
    return refund


def _check(work: Work, charge: Obj, left: int, amount: int | None) -> None:
    if charge["status"] != "succeeded":
        raise invalid(f"Charge {charge['id']} is {charge['status']} and cannot be refunded.", param="charge")
    if any(not each["is_charge_refundable"] for each in work.all("dispute", equals("charge", charge["id"]))):
        message = f"Charge {charge['id']} has been charged back; cannot issue a refund."
        raise invalid(message, code="charge_disputed")
    if left == 0:
        message = f"Charge {charge['id']} has already been refunded."
        raise invalid(message, code="charge_already_refunded")
    if amount is not None and amount < 1:
        raise invalid("Invalid positive integer", param="amount", code="parameter_invalid_integer")
    if amount is not None and amount > left:
        raise _too_much(charge, left, amount)


def _too_much(charge: Obj, left: int, amount: int) -> ApiError:
    whole = "charge amount" if left == charge["amount"] else "unrefunded amount on charge"
    asked, there = (money(each, charge["currency"]) for each in (amount, left))
    return invalid(f"Refund amount ({asked}) is greater than {whole} ({there})", param="amount")


def _count(work: Work, charge: Obj, refunded: int) -> None:
    event = "charge.refunded" if refunded > charge["amount_refunded"] else "charge.updated"
    charge |= {"amount_refunded": refunded, "refunded": refunded == charge["amount_captured"]}
    work.save(charge, event=event)


def settle_refund(work: Work, refund: Obj) -> None:
    """What became of a refund that took its time: one that waited arrives, the other one comes back."""
    if refund["status"] == "pending":
        refund |= {"status": "succeeded"}
        refund.pop("pending_reason")
        work.save(refund, event="refund.updated", also=["charge.refund.updated"], settles_at=None)
        return
    refund |= {"status": "failed", "failure_reason": "expired_or_canceled_card"}
    also = ["refund.failed", "charge.refund.updated"]
    work.save(refund, event="refund.updated", also=also, settles_at=None)
    charge = work.get("charge", refund["charge"])
    _count(work, charge, charge["amount_refunded"] - refund["amount"])


def refunded_on(work: Work, invoice: Obj) -> int:
    """How much of what was paid on an invoice went back, in minor units."""
    intent = intent_of(work, invoice)
    charge = work.find("charge", intent["latest_charge"] or "") if intent else None
    return int(charge["amount_refunded"]) if charge else 0


def refunds_of(work: Work, charge: Obj) -> list[Obj]:
    """The refunds of a charge, newest first."""
    return work.all("refund", equals("charge", charge["id"]))
