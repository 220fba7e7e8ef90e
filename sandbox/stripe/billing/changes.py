"""Changing what is subscribed to (docs.stripe.com/billing/subscriptions/change)."""

import copy
from collections.abc import Sequence
from dataclasses import dataclass

from sandbox.stripe import deadlines
from sandbox.stripe.billing.invoicing import waiting_items
from sandbox.stripe.billing.lifecycle import Bill, end_trial, invoice_bill
from sandbox.stripe.billing.periods import period_end
from sandbox.stripe.billing.proration import prorate
from sandbox.stripe.errors import invalid
from sandbox.stripe.shapes.catalog import plan_shape
from sandbox.stripe.shapes.subscriptions import subscription_item_shape
from sandbox.stripe.store import Obj
from sandbox.stripe.work import Work, new_id


@dataclass(frozen=True)
class ItemChange:
    """What becomes of one item; None leaves a value as it is. Without an id it is a new item."""

    item: str | None
    price: Obj | None = None
    quantity: int | None = None
    deleted: bool = False


@dataclass(frozen=True)
class Settlement:
    """How a change is settled.

    `proration` is none, create_prorations (on the next invoice) or always_invoice; `moment` is the second
    from which it is reckoned (None: now); `restarts` starts a new period now whatever changed; without
    `attempts` what is due at once is left to the customer to pay.
    """

    proration: str = "create_prorations"
    moment: int | None = None
    restarts: bool = False
    attempts: bool = True


def change_items(
    work: Work, subscription: Obj, changes: Sequence[ItemChange], settlement: Settlement | None = None
) -> None:
    """Change items from now on, and collect at once what is due at once."""
    bill = apply_changes(work, subscription, changes, settlement or Settlement())
    if bill:
        invoice_bill(work, subscription, bill, attempts=settlement is None or settlement.attempts)
    else:
        work.save(subscription, event="customer.subscription.updated")


def apply_changes(
    work: Work, subscription: Obj, changes: Sequence[ItemChange], settlement: Settlement
) -> Bill | None:
    """Change the items and put prorations on the next invoice. Answers what is to be invoiced at once.

    Another interval, and the step from free to paid, start a new period; a trial goes on as it was.
    """
    before = copy.deepcopy(subscription["items"]["data"])
    for change in changes:
        _change(work, subscription, change, beside=before[0])
    items = subscription["items"]["data"]
    _check(items)
    if subscription["status"] == "trialing":
        return None
    restarts = (
        settlement.restarts or _rhythm(before) != _rhythm(items) or (_is_free(before) and not _is_free(items))
    )
    if settlement.proration != "none":
        moment = settlement.moment or work.now
        prorate(work, subscription, before, items, moment=moment, credit_only=restarts)
    if restarts:
        return _restart(work, subscription, items)
    if settlement.proration == "always_invoice" and waiting_items(work, subscription):
        return Bill([], "subscription_update", (work.now, work.now))
    return None


def _change(work: Work, subscription: Obj, change: ItemChange, *, beside: Obj) -> None:
    items = subscription["items"]["data"]
    if change.price and change.price["currency"] != subscription["currency"]:
        message = f"The price specified only supports `{change.price['currency']}`."
        raise invalid(message, param="items")
    if change.item is None:
        items.append(_new_item(work, subscription, change, beside=beside))
        return
    item = next((each for each in items if each["id"] == change.item), None)
    if item is None:
        raise invalid(f"No such subscription item: '{change.item}'", param="items", code="resource_missing")
    if change.deleted:
        items.remove(item)
    if change.price:
        item |= {"price": change.price, "plan": plan_shape(change.price)}
    if change.quantity is not None:
        item["quantity"] = change.quantity


def _new_item(work: Work, subscription: Obj, change: ItemChange, *, beside: Obj) -> Obj:
    """One more item, whose period is that of the ones there are."""
    if change.price is None:
        raise invalid("An item without an id needs a price.", param="items", code="parameter_missing")
    quantity = 1 if change.quantity is None else change.quantity
    item = subscription_item_shape(new_id("si"), work.now, subscription["id"], change.price, quantity)
    return item | {key: beside[key] for key in ("current_period_start", "current_period_end")}


def _check(items: list[Obj]) -> None:
    if not items:
        raise invalid("A subscription must have at least one active price.", param="items")
    prices = [item["price"]["id"] for item in items]
    twice = next((price for price in prices if prices.count(price) > 1), None)
    if twice:
        message = f"Cannot add multiple subscription items with the same price: {twice}"
        raise invalid(message, param="items")
    if len({_rhythm([item]) for item in items}) > 1:
        message = "All prices on a subscription must have the same currency and interval."
        raise invalid(message, param="items")


def _rhythm(items: list[Obj]) -> tuple[str, int]:
    recurring = items[0]["price"]["recurring"]
    return recurring["interval"], recurring["interval_count"]


def _is_free(items: list[Obj]) -> bool:
    return not any(item["price"]["unit_amount"] * item["quantity"] for item in items)


def _restart(work: Work, subscription: Obj, items: list[Obj]) -> Bill:
    subscription["billing_cycle_anchor"] = work.now
    for item in items:
        end = period_end(work.now, work.now, item["price"]["recurring"])
        item |= {"current_period_start": work.now, "current_period_end": end}
    if subscription["cancel_at_period_end"]:
        subscription["cancel_at"] = deadlines.period_end(subscription)
    return Bill(items, "subscription_update", (work.now, work.now))


def move_trial_end(work: Work, subscription: Obj, moment: int) -> None:
    """Let the trial end at another moment (Unix seconds); now, or earlier, ends it."""
    set_trial_end(work, subscription, moment)
    work.save(subscription, event="customer.subscription.updated", trial_end_announced=False)
    if subscription["trial_end"] <= work.now:
        end_trial(work, subscription, at_once=True)


def set_trial_end(work: Work, subscription: Obj, moment: int) -> None:
    """Note the new end on the subscription and its items."""
    end = max(moment, work.now)
    subscription |= {"trial_end": end, "billing_cycle_anchor": end}
    subscription |= {"status": "trialing", "trial_start": subscription["trial_start"] or work.now}
    for item in subscription["items"]["data"]:
        item["current_period_end"] = end
