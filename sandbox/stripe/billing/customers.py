"""What a customer's own changes mean for what they subscribe to."""

from sandbox.stripe.billing.dunning import may_try
from sandbox.stripe.billing.lifecycle import ENDED, cancel, default_method, subscription_of
from sandbox.stripe.store import Obj, equals
from sandbox.stripe.work import Work


def reconsider_retries(work: Work, customer: str) -> None:
    """Let the next retry of each failed invoice of a customer use the card that is the default by now."""
    for invoice in work.all("invoice", equals("customer", customer), equals("status", "open")):
        retry_at = work.hidden(invoice).get("retry_at")
        if retry_at and invoice["auto_advance"]:
            method = default_method(work, subscription_of(work, invoice))
            moment = retry_at if may_try(work, invoice, method) else None
            work.save(invoice | {"next_payment_attempt": moment}, event="invoice.updated")


def delete_customer(work: Work, customer: Obj) -> Obj:
    """Delete a customer; their subscriptions end at once. The id keeps answering that it is gone."""
    for subscription in work.all("subscription", equals("customer", customer["id"])):
        if subscription["status"] not in ENDED:
            cancel(work, subscription)
    customer = work.get("customer", customer["id"])
    gone = {"id": customer["id"], "object": "customer", "deleted": True}
    work.save(gone)
    work.emit("customer.deleted", customer)
    return gone
