"""Changes that wait for their payment (docs.stripe.com/billing/subscriptions/pending-updates)."""

from sandbox.stripe.billing.invoicing import void
from sandbox.stripe.deadlines import INCOMPLETE_LIFE, period_end
from sandbox.stripe.store import Obj
from sandbox.stripe.work import Work

CHANGED = ("billing_cycle_anchor", "cancel_at", "items", "status", "trial_end", "trial_start")
"""What a change of items, of the billing cycle or of the trial's end may change of a subscription."""


def hold(work: Work, subscription: Obj, future: Obj, invoice: Obj) -> None:
    """Keep what the subscription becomes once this invoice is paid."""
    values = {key: future[key] for key in CHANGED if future[key] != subscription[key]}
    subscription["latest_invoice"] = invoice["id"]
    work.save(subscription, waiting_change={"invoice": invoice["id"], "values": values})


def awaits(work: Work, subscription: Obj, invoice: Obj) -> bool:
    """Whether a change of the subscription waits for this invoice."""
    change = work.hidden(subscription).get("waiting_change")
    return bool(change and change["invoice"] == invoice["id"])


def announce(work: Work, subscription: Obj) -> None:
    """Show what waits, for 23 hours or until the trial or the period ends before that."""
    values = work.hidden(subscription)["waiting_change"]["values"]
    ends = [work.now + INCOMPLETE_LIFE, period_end(subscription)]
    subscription["pending_update"] = {
        "billing_cycle_anchor": values.get("billing_cycle_anchor"),
        "discount": None,
        "discounts": None,
        "expires_at": min(ends),
        "metadata": None,
        "subscription_items": values["items"]["data"] if "items" in values else None,
        "trial_end": values.get("trial_end"),
        "trial_from_plan": None,
    }
    work.save(subscription, event="customer.subscription.updated")


def take_up(work: Work, subscription: Obj) -> None:
    """Change the subscription: the invoice was paid."""
    told = ["customer.subscription.pending_update_applied"] if subscription["pending_update"] else []
    subscription |= work.hidden(subscription)["waiting_change"]["values"] | {"pending_update": None}
    work.save(subscription, event="customer.subscription.updated", also=told, waiting_change=None)


def expire_pending(work: Work, subscription: Obj) -> None:
    """Give up a change nobody paid for, and its invoice."""
    give_up(work, subscription)
    told = ["customer.subscription.pending_update_expired"]
    work.save(subscription, event="customer.subscription.updated", also=told)


def give_up(work: Work, subscription: Obj) -> None:
    """Void the invoice of a change that waits, if any does; the caller saves the subscription."""
    change = work.hidden(subscription).get("waiting_change")
    if subscription["pending_update"] and change:
        invoice = work.get("invoice", change["invoice"])
        if invoice["status"] == "open":
            void(work, invoice)
    subscription["pending_update"] = None
