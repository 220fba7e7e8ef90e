"""Checkout in payment mode: something is paid for once (docs.stripe.com/payments/checkout)."""

from sandbox.stripe.billing.charging import Outcome, attempt
from sandbox.stripe.billing.discounts import redeem
from sandbox.stripe.billing.order import chosen
from sandbox.stripe.billing.wallet import attach
from sandbox.stripe.shapes.payments import payment_intent_shape
from sandbox.stripe.store import Obj
from sandbox.stripe.work import Work, new_id, token


def is_guest(session: Obj) -> bool:
    """Whether the buyer stays without a customer: they pay once, and nobody asked for one."""
    keeps = session["customer_creation"] == "always"
    return bool(session["mode"] == "payment" and not session["customer"] and not keeps)


def buy(work: Work, session: Obj, customer: Obj | None, method: Obj | None) -> Outcome:
    """Charge the card; without one there is nothing to charge. A declined card leaves the session open."""
    if method is None:
        complete_purchase(work, session, customer=(customer or {}).get("id"))
        return "paid"
    intent = _intent(work, session, customer)
    work.save(session | {"payment_intent": intent["id"]})
    session["payment_intent"] = intent["id"]
    outcome = attempt(work, intent, method)
    if outcome in ("paid", "processing"):
        complete_purchase(work, session, customer=intent["customer"])
    return outcome


def _intent(work: Work, session: Obj, customer: Obj | None) -> Obj:
    """The session's payment intent over what is due now: one for all attempts."""
    if session["payment_intent"]:
        intent = work.get("payment_intent", session["payment_intent"])
        return work.save(intent | {"amount": session["amount_total"]})
    id = new_id("pi")
    secret = f"{id}_secret_{token(25)}"
    intent = payment_intent_shape(id, work.now, session["amount_total"], session["currency"], secret)
    data = work.hidden(session).get("payment_intent_data") or {}
    intent |= {"customer": customer["id"] if customer else None, "setup_future_usage": None} | data
    intent |= {"shipping": _shipping(session), "payment_method_types": session["payment_method_types"]}
    intent["metadata"] = data.get("metadata") or {}
    return work.create(intent, event="payment_intent.created")


def _shipping(session: Obj) -> Obj | None:
    details = (session["collected_information"] or {}).get("shipping_details")
    phone = session["customer_details"]["phone"]
    return {**details, "carrier": None, "phone": phone, "tracking_number": None} if details else None


def payment_status(session: Obj, intent: Obj | None) -> str:
    """What a session that is complete says of its payment: a bank account's is still to come."""
    if intent and intent["status"] == "processing":
        return "unpaid"
    return "paid" if session["amount_total"] else "no_payment_required"


def complete_purchase(work: Work, session: Obj, *, customer: str | None) -> Obj:
    """Close the session: what was asked for is paid, or costs nothing. Its discounts are used up."""
    for redemption in chosen(work, session):
        redeem(work, redemption, customer=customer, checkout_session=session["id"])
    intent = work.find("payment_intent", session["payment_intent"] or "")
    if intent and customer and intent["setup_future_usage"]:
        method = work.get("payment_method", intent["payment_method"])
        attach(work, method, work.get("customer", customer))
    session |= {"customer": customer, "payment_status": payment_status(session, intent)}
    session |= {"status": "complete", "url": None}
    return work.save(session, also=["checkout.session.completed"])
