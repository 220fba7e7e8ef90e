"""3D Secure, answered: what follows for the payment or the card it was asked for."""

from sandbox.stripe.billing.charging import Outcome, authenticate, invoice_of
from sandbox.stripe.billing.lifecycle import authenticate_invoice
from sandbox.stripe.billing.wallet import authenticate_setup
from sandbox.stripe.store import Obj
from sandbox.stripe.work import Work


def authenticate_intent(work: Work, intent: Obj, *, succeeded: bool) -> Outcome:
    """Go on with a payment intent or setup intent whose card's owner passed, or failed, 3D Secure."""
    if intent["object"] == "setup_intent":
        authenticate_setup(work, intent, succeeded=succeeded)
        return "paid" if succeeded else "declined"
    invoice = invoice_of(work, intent)
    if invoice is None:
        return authenticate(work, intent, succeeded=succeeded)
    return authenticate_invoice(work, invoice, succeeded=succeeded)
