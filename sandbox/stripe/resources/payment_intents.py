"""Paying an invoice by its payment intent: https://docs.stripe.com/api/payment_intents."""

from sandbox.stripe.billing.charging import intent_of, invoice_of
from sandbox.stripe.billing.lifecycle import pay
from sandbox.stripe.billing.wallet import attach, resolve
from sandbox.stripe.errors import invalid
from sandbox.stripe.params import filled, one_of
from sandbox.stripe.resources.invoices import unpaid
from sandbox.stripe.resources.operation import Operation
from sandbox.stripe.store import Obj
from sandbox.stripe.work import Work

UNEXPECTED = "payment_intent_unexpected_state"


def confirm(work: Work, params: Obj, id: str) -> Obj:
    """Try to pay now. Raises ApiError 402 when the card does not; 3D Secure is asked for in the answer."""
    intent = work.get("payment_intent", id)
    _require_open(intent, "confirm")
    invoice = _invoice(work, intent, "confirm")
    method = _card(work, intent, params)
    if pay(work, invoice, method) == "declined":
        raise unpaid(work, invoice)
    return intent_of(work, invoice) or intent


def _card(work: Work, intent: Obj, params: Obj) -> Obj:
    id = params.get("payment_method") or intent["payment_method"]
    if not id:
        message = "You cannot confirm this PaymentIntent because it's missing a payment method."
        raise invalid(message, code=UNEXPECTED)
    method = resolve(work, id, param="payment_method")
    return attach(work, method, work.get("customer", intent["customer"]))


def cancel(work: Work, params: Obj, id: str) -> Obj:
    """Refuse: the payment of an invoice ends with its invoice."""
    intent = work.get("payment_intent", id)
    _require_open(intent, "cancel")
    invoice = _invoice(work, intent, "cancel")["id"]
    message = f"You cannot cancel this PaymentIntent because it belongs to the invoice {invoice}; void that."
    raise invalid(message, code=UNEXPECTED)


def _invoice(work: Work, intent: Obj, deed: str) -> Obj:
    """The invoice it is to pay. A purchase is paid and given up on its Checkout Session."""
    invoice = invoice_of(work, intent)
    if invoice is None:
        message = f"You cannot {deed} this PaymentIntent because it was created by a Checkout Session."
        raise invalid(message, code=UNEXPECTED)
    return invoice


def _require_open(intent: Obj, deed: str) -> None:
    if intent["status"] in ("succeeded", "canceled"):
        message = f"You cannot {deed} this PaymentIntent because it has a status of {intent['status']}."
        raise invalid(message, code=UNEXPECTED)


REASONS = one_of("abandoned", "duplicate", "fraudulent", "requested_by_customer")
PATH = "/v1/payment_intents/{intent}"
OPERATIONS = (
    Operation("POST", f"{PATH}/confirm", confirm, {"payment_method": filled}),
    Operation("POST", f"{PATH}/cancel", cancel, {"cancellation_reason": REASONS}),
)
