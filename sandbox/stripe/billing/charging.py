"""Taking the money of an invoice: payment intents, charges and 3D Secure."""

from typing import Literal

from sandbox.stripe.cards import BEHAVIOURS, Behaviour, refusal
from sandbox.stripe.debits import TAKES
from sandbox.stripe.shapes.invoices import invoice_payment_shape
from sandbox.stripe.shapes.payments import charge_shape, payment_intent_shape
from sandbox.stripe.store import Obj, equals
from sandbox.stripe.work import Work, new_id, token

Outcome = Literal["paid", "action", "declined", "processing"]


def behaviour_of(work: Work, method: Obj) -> Behaviour:
    """What the test card behind a payment method does."""
    return BEHAVIOURS[work.hidden(method)["behaviour"]]


def asks_for_authentication(work: Work, method: Obj) -> bool:
    """Whether the card wants 3D Secure now: always, or until it was authenticated once."""
    asks = behaviour_of(work, method).asks
    return asks == "always" or (asks == "setup" and not work.hidden(method).get("authenticated"))


def open_payment(work: Work, invoice: Obj) -> Obj:
    """The payment intent that is to pay a finalized invoice."""
    id = new_id("pi")
    secret = f"{id}_secret_{token(25)}"
    intent = payment_intent_shape(id, work.now, invoice["amount_due"], invoice["currency"], secret)
    reason = (
        "Subscription creation"
        if invoice["billing_reason"] == "subscription_create"
        else "Subscription update"
    )
    intent |= {"customer": invoice["customer"], "description": reason}
    work.create(intent, event="payment_intent.created")
    work.create(invoice_payment_shape(new_id("inpay"), work.now, invoice, id))
    return intent


def payment_of(work: Work, invoice: Obj) -> Obj | None:
    """The invoice's payment, None for an invoice there was nothing to pay on."""
    return next(iter(work.all("invoice_payment", equals("invoice", invoice["id"]))), None)


def intent_of(work: Work, invoice: Obj) -> Obj | None:
    """The payment intent of an invoice, None when there was nothing to pay."""
    payment = payment_of(work, invoice)
    return work.get("payment_intent", payment["payment"]["payment_intent"]) if payment else None


def invoice_of(work: Work, intent: Obj) -> Obj | None:
    """The invoice a payment intent is to pay, None for one of a single purchase."""
    payments = work.all("invoice_payment", equals("payment.payment_intent", intent["id"]))
    return work.get("invoice", payments[0]["invoice"]) if payments else None


def attempt(work: Work, intent: Obj, method: Obj | None) -> Outcome:
    """Try to take the money from a card; without one there is nothing to try. A bank account takes time."""
    if method is None:
        return "declined"
    if intent["status"] == "processing":
        return "processing"
    intent["payment_method"] = method["id"]
    if method["type"] == "sepa_debit":
        return _debit(work, intent, method)
    if asks_for_authentication(work, method):
        action = {
            "type": "redirect_to_url",
            "redirect_to_url": {"return_url": None, "url": _address(work, intent)},
        }
        intent |= {"status": "requires_action", "next_action": action, "last_payment_error": None}
        work.save(intent, also=["payment_intent.requires_action"])
        return "action"
    return _charge(work, intent, method)


def _address(work: Work, intent: Obj) -> str:
    return work.url(f"/authenticate/{intent['id']}")


def authenticate(work: Work, intent: Obj, *, succeeded: bool) -> Outcome:
    """What follows when the card's owner passed, or failed, 3D Secure."""
    method = work.get("payment_method", intent["payment_method"])
    if succeeded:
        work.save(method, authenticated=True)
        return _charge(work, intent, method)
    error = {
        "code": "payment_intent_authentication_failure",
        "doc_url": "https://docs.stripe.com/error-codes/payment-intent-authentication-failure",
        "message": "The provided payment method has failed authentication.",
        "payment_method": method,
        "type": "card_error",
    }
    intent |= {"status": "requires_payment_method", "next_action": None, "last_payment_error": error}
    intent["payment_method"] = None
    work.save(intent, also=["payment_intent.payment_failed"])
    return "declined"


def _charge(work: Work, intent: Obj, method: Obj) -> Outcome:
    charge = charge_shape(new_id("ch"), work.now, intent, method)
    charge["receipt_url"] = work.url(f"/receipts/{charge['id']}")
    intent |= {"latest_charge": charge["id"], "next_action": None}
    behaviour = behaviour_of(work, method)
    if behaviour.code:
        _mark_failed(charge, behaviour)
        work.create(charge, event="charge.failed")
        return _fail(work, intent, method)
    reason = behaviour.dispute
    disputed = {"disputes_at": work.now, "disputes_for": reason} if reason else {}
    work.create(charge, event="charge.succeeded", hidden=disputed)
    intent |= {"status": "succeeded", "last_payment_error": None, "amount_received": intent["amount"]}
    work.save(intent, also=["payment_intent.succeeded"])
    return "paid"


def _fail(work: Work, intent: Obj, method: Obj) -> Outcome:
    behaviour = behaviour_of(work, method)
    error = refusal(behaviour, charge=intent["latest_charge"]).body()["error"] | {"payment_method": method}
    intent |= {"status": "requires_payment_method", "last_payment_error": error, "payment_method": None}
    work.save(intent, also=["payment_intent.payment_failed"])
    return "declined"


def _debit(work: Work, intent: Obj, method: Obj) -> Outcome:
    """Ask the bank for the money. `finish_debit` says what it answered."""
    charge = charge_shape(new_id("py"), work.now, intent, method) | {"paid": False, "status": "pending"}
    work.create(charge, event="charge.pending")
    intent |= {"latest_charge": charge["id"], "next_action": None, "last_payment_error": None}
    intent |= {"status": "processing", "payment_method_types": ["sepa_debit"]}
    work.save(intent, also=["payment_intent.processing"], settles_at=work.now + TAKES)
    return "processing"


def finish_debit(work: Work, intent: Obj) -> Outcome:
    """What the bank answered in the end: the money is there, or it is not."""
    method = work.get("payment_method", intent["payment_method"])
    charge = work.get("charge", intent["latest_charge"])
    behaviour = behaviour_of(work, method)
    if behaviour.code:
        _mark_failed(charge, behaviour)
        work.save(charge, also=["charge.failed"])
        return _fail(work, intent, method)
    charge |= {"paid": True, "receipt_url": work.url(f"/receipts/{charge['id']}"), "status": "succeeded"}
    work.save(charge, also=["charge.succeeded"])
    intent |= {"status": "succeeded", "amount_received": intent["amount"]}
    work.save(intent, also=["payment_intent.succeeded"])
    return "paid"


def _mark_failed(charge: Obj, behaviour: Behaviour) -> None:
    charge |= {
        "amount_captured": 0,
        "captured": False,
        "failure_code": behaviour.code,
        "failure_message": behaviour.message,
        "paid": False,
        "receipt_url": None,
        "status": "failed",
    }
    charge["outcome"] |= {
        "network_status": "declined_by_network",
        "reason": behaviour.decline_code or behaviour.code,
        "advice_code": "do_not_try_again" if behaviour.is_hard else None,
        "seller_message": "The bank did not approve this payment.",
        "type": "issuer_declined",
    }


def cancel_payment(work: Work, invoice: Obj) -> None:
    """Give up the payment of an invoice that was voided."""
    payment = payment_of(work, invoice)
    if payment is None or payment["status"] != "open":
        return
    intent = work.get("payment_intent", payment["payment"]["payment_intent"])
    gone = {
        "status": "canceled",
        "canceled_at": work.now,
        "cancellation_reason": "void_invoice",
        "next_action": None,
    }
    work.save(intent | gone, also=["payment_intent.canceled"])
    payment |= {"status": "canceled"}
    payment["status_transitions"]["canceled_at"] = work.now
    work.save(payment)
