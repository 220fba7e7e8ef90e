"""Collecting nothing for a while (docs.stripe.com/billing/subscriptions/pause-payment)."""

from sandbox.stripe.billing.invoicing import finalize, mark_uncollectible, void
from sandbox.stripe.errors import invalid
from sandbox.stripe.store import Obj
from sandbox.stripe.work import Work

BEHAVIORS = ("keep_as_draft", "mark_uncollectible", "void")


def pause_collection(work: Work, subscription: Obj, pause: Obj | None) -> None:
    """Note the pause, or its end with None: the status stays, and invoices there are already stay too.

    Raises ApiError 400 for a pause that would have ended.
    """
    resumes_at = (pause or {}).get("resumes_at")
    if resumes_at is not None and resumes_at <= work.now:
        message = "Invalid timestamp: must be an integer Unix timestamp in the future."
        raise invalid(message, param="pause_collection[resumes_at]")
    subscription["pause_collection"] = {"resumes_at": None} | pause if pause else None


def resume_collection(work: Work, subscription: Obj) -> None:
    """The pause is over. What became of its invoices stays so."""
    work.save(subscription | {"pause_collection": None}, event="customer.subscription.updated")


def set_aside(work: Work, subscription: Obj, invoice: Obj) -> None:
    """Do with the invoice of a paused subscription, a draft, what the pause says instead of collecting it."""
    behavior = subscription["pause_collection"]["behavior"]
    if behavior == "keep_as_draft":
        left_alone = {"auto_advance": False, "automatically_finalizes_at": None, "next_payment_attempt": None}
        work.save(invoice | left_alone, event="invoice.updated")
        return
    finalize(work, invoice)
    if invoice["amount_due"]:
        (void if behavior == "void" else mark_uncollectible)(work, invoice)
