"""Debits from bank accounts, which are paid for some time after they were made (delayed payment methods)."""

from sandbox.stripe.billing.charging import Outcome, finish_debit, invoice_of
from sandbox.stripe.billing.lifecycle import settle
from sandbox.stripe.store import Obj, equals
from sandbox.stripe.work import Work


def settle_debit(work: Work, intent: Obj) -> None:
    """The bank has answered: so it goes for the payment, its invoice and the session it began on."""
    outcome = finish_debit(work, intent)
    invoice = invoice_of(work, intent)
    if invoice:
        settle(work, invoice, outcome)
    session = _session(work, intent, invoice)
    if session:
        _tell(work, session, outcome)


def _session(work: Work, intent: Obj, invoice: Obj | None) -> Obj | None:
    """The completed session that waits for this payment, if one does."""
    this = equals("invoice", invoice["id"]) if invoice else equals("payment_intent", intent["id"])
    waits = (equals("status", "complete"), equals("payment_status", "unpaid"))
    return next(iter(work.all("checkout.session", this, *waits)), None)


def _tell(work: Work, session: Obj, outcome: Outcome) -> None:
    if outcome == "paid":
        paid = session | {"payment_status": "paid"}
        work.save(paid, also=["checkout.session.async_payment_succeeded"])
    else:
        work.emit("checkout.session.async_payment_failed", session)
