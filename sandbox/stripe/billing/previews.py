"""What an invoice would be, found out by making it and taking it back (docs.stripe.com/api/invoices).

Everything here writes: it has to run within `store.rehearsal()`.
"""

from collections.abc import Sequence

from sandbox.stripe.billing.changes import ItemChange, Settlement, apply_changes, set_trial_end
from sandbox.stripe.billing.invoicing import draft, waiting_items
from sandbox.stripe.billing.lifecycle import Bill, Terms, open_next_period, open_subscription
from sandbox.stripe.billing.proration import credit_unused
from sandbox.stripe.deadlines import period_end
from sandbox.stripe.store import Obj
from sandbox.stripe.work import Work, token


def preview_start(work: Work, terms: Terms) -> Obj:
    """The first invoice of a subscription on these terms."""
    subscription = open_subscription(work, terms)
    work.create(subscription)
    items = subscription["items"]["data"]
    return _draft(work, subscription, Bill(items, "upcoming", (work.now, work.now)))


def preview_change(
    work: Work,
    subscription: Obj,
    changes: Sequence[ItemChange],
    settlement: Settlement,
    *,
    trial_end: int | None = None,
) -> Obj:
    """The invoice that follows the change: made at once when the change is, else the next renewal's."""
    bill = apply_changes(work, subscription, changes, settlement)
    if trial_end is not None:
        set_trial_end(work, subscription, trial_end)
    return _draft(work, subscription, bill) if bill else preview_renewal(work, subscription)


def preview_end(work: Work, subscription: Obj, *, proration: str) -> Obj:
    """The last invoice of a subscription that is cancelled now: what is unused, and what waits."""
    if proration != "none" and subscription["status"] != "trialing":
        credit_unused(work, subscription)
    return _draft(work, subscription, Bill([], "upcoming", (work.now, work.now)))


def preview_renewal(work: Work, subscription: Obj) -> Obj:
    """The invoice of the next renewal, at its moment; only what waits when the subscription ends by then."""
    moment = max(period_end(subscription), work.now)
    items = subscription["items"]["data"]
    if ends_with_period(subscription):
        bill = Bill([], "upcoming", (items[0]["current_period_start"], moment))
    else:
        subscription["status"] = "active"
        bill = open_next_period(subscription)
    return _draft(work.at(moment), subscription, bill)


def has_upcoming(work: Work, subscription: Obj) -> bool:
    """Whether another invoice is to come without anyone changing anything."""
    return not ends_with_period(subscription) or bool(waiting_items(work, subscription))


def ends_with_period(subscription: Obj) -> bool:
    """Whether nothing is renewed when the current period is over."""
    end = subscription["cancel_at"]
    return bool(end and end <= period_end(subscription))


def _draft(work: Work, subscription: Obj, bill: Bill) -> Obj:
    invoice = draft(work, subscription, reason=bill.reason, period=bill.period, items=bill.items)
    id = f"upcoming_in_{token(24)}"
    lines = invoice["lines"]
    for line in lines["data"]:
        line |= {"id": f"il_tmp_{token(24)}", "invoice": id}
    lines["url"] = f"/v1/invoices/upcoming/lines?subscription={subscription['id']}"
    used = invoice["amount_due"] - invoice["total"]
    return invoice | {
        "id": id,
        "billing_reason": "upcoming",
        "ending_balance": invoice["starting_balance"] - used,
    }
