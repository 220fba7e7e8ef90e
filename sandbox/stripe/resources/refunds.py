"""Refunds: https://docs.stripe.com/api/refunds."""

from sandbox.stripe.billing.refunds import refund_charge
from sandbox.stripe.errors import invalid
from sandbox.stripe.params import filled, integer, metadata, one_of
from sandbox.stripe.resources.operation import (
    CREATED,
    LIST,
    Operation,
    list_page,
    listing,
    merge_metadata,
    retrieval,
)
from sandbox.stripe.store import Obj, equals
from sandbox.stripe.work import Work

CREATE = {
    "amount": integer,
    "charge": filled,
    "metadata": metadata,
    "payment_intent": filled,
    "reason": one_of("duplicate", "fraudulent", "requested_by_customer"),
}


def create(work: Work, params: Obj) -> Obj:
    """Give money back, all of it or a part."""
    about: Obj = {"reason": params.get("reason"), "metadata": {}}
    merge_metadata(about, params)
    return refund_charge(work, _charge(work, params), amount=params.get("amount"), about=about)


def _charge(work: Work, params: Obj) -> Obj:
    if ("charge" in params) == ("payment_intent" in params):
        need = "One of the following params should be provided for this request: payment_intent or charge."
        both = "You may only specify one of these parameters: charge, payment_intent."
        raise invalid(both if "charge" in params else need)
    if "charge" in params:
        return work.refer("charge", params["charge"], param="charge")
    intent = work.refer("payment_intent", params["payment_intent"], param="payment_intent")
    if intent["status"] != "succeeded":
        message = f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund."
        raise invalid(message, param="payment_intent", code="payment_intent_unexpected_state")
    return work.get("charge", intent["latest_charge"])


def update(work: Work, params: Obj, id: str) -> Obj:
    """Change the metadata."""
    refund = work.get("refund", id)
    merge_metadata(refund, params)
    return work.save(refund, event="refund.updated")


def cancel(work: Work, params: Obj, id: str) -> Obj:
    """Refused: only refunds that wait for their customer can be canceled, and those of a card never do."""
    refund = work.get("refund", id)
    message = (
        f"Refund {id} has a status of {refund['status']}: only those in requires_action can be canceled."
    )
    raise invalid(message)


def of_charge(work: Work, params: Obj, id: str) -> Obj:
    """The refunds of one charge."""
    work.get("charge", id)
    return list_page(work, "refund", f"/v1/charges/{id}/refunds", params, [equals("charge", id)])


PATH = "/v1/refunds"
OPERATIONS = (
    Operation("POST", PATH, create, CREATE),
    listing(PATH, "refund", {**CREATED, "charge": filled, "payment_intent": filled}),
    retrieval(f"{PATH}/{{refund}}", "refund"),
    Operation("POST", f"{PATH}/{{refund}}", update, {"metadata": metadata}),
    Operation("POST", f"{PATH}/{{refund}}/cancel", cancel),
    Operation("GET", "/v1/charges/{charge}/refunds", of_charge, LIST),
)
