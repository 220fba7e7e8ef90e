"""Changing a subscription once the change is paid for: `payment_behavior=pending_if_incomplete`."""

import copy
from collections.abc import Sequence

from sandbox.stripe.billing.changes import ItemChange, Settlement, apply_changes, set_trial_end
from sandbox.stripe.billing.invoicing import draft, finalize
from sandbox.stripe.billing.lifecycle import Bill, default_method, open_next_period, pay
from sandbox.stripe.billing.pending import give_up, hold
from sandbox.stripe.store import Obj
from sandbox.stripe.work import Work


def change_when_paid(
    work: Work,
    subscription: Obj,
    changes: Sequence[ItemChange],
    settlement: Settlement,
    *,
    trial_end: int | None = None,
) -> None:
    """Change at once what costs nothing now; else try to collect it, and let the change wait until then.

    A change that still waited from before is given up.
    """
    give_up(work, subscription)
    future = copy.deepcopy(subscription)
    bill = apply_changes(work, future, changes, settlement) if changes or settlement.restarts else None
    if trial_end is not None:
        bill = _move_trial_end(work, future, trial_end) or bill
    if bill is None:
        work.save(future, event="customer.subscription.updated")
        return
    invoice = draft(work, future, reason=bill.reason, period=bill.period, items=bill.items)
    finalize(work, invoice)
    hold(work, subscription, future, invoice)
    pay(work, invoice, default_method(work, subscription))


def _move_trial_end(work: Work, future: Obj, trial_end: int) -> Bill | None:
    set_trial_end(work, future, trial_end)
    if trial_end > work.now:
        return None
    future["status"] = "active"
    return open_next_period(future)
