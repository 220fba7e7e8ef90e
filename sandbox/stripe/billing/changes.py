"""Changing what is subscribed to, with proration (docs.stripe.com/billing/subscriptions/prorations)."""

import copy
from dataclasses import dataclass
from datetime import UTC, datetime

from sandbox.stripe import deadlines
from sandbox.stripe.billing.invoicing import product_name
from sandbox.stripe.billing.lifecycle import end_trial, invoice_items
from sandbox.stripe.billing.periods import period_end
from sandbox.stripe.errors import invalid
from sandbox.stripe.shapes.catalog import plan_shape
from sandbox.stripe.shapes.invoices import invoice_item_shape
from sandbox.stripe.store import Obj
from sandbox.stripe.work import Work, new_id


@dataclass(frozen=True)
class ItemChange:
    """What becomes of one item; None leaves a value as it is."""

    item: str
    price: Obj | None = None
    quantity: int | None = None


def change_items(work: Work, subscription: Obj, changes: list[ItemChange], *, proration: str) -> None:
    """Give items another price or quantity from now on.

    `proration` is none, create_prorations (settled on the next invoice) or always_invoice. A price with
    another interval starts a new period and is invoiced at once; a trial goes on as it was.
    """
    before = copy.deepcopy(subscription["items"]["data"])
    for change in changes:
        _change(subscription, change)
    items = subscription["items"]["data"]
    if subscription["status"] == "trialing":
        work.save(subscription, event="customer.subscription.updated")
        return
    restarts = _rhythm(before) != _rhythm(items)
    if proration != "none":
        _prorate(work, subscription, before, items, credit_only=restarts)
    if restarts:
        _restart(work, subscription, items)
    elif proration == "always_invoice":
        invoice_items(work, subscription, [], reason="subscription_update", period=(work.now, work.now))
    else:
        work.save(subscription, event="customer.subscription.updated")


def _change(subscription: Obj, change: ItemChange) -> None:
    item = next((each for each in subscription["items"]["data"] if each["id"] == change.item), None)
    if item is None:
        raise invalid(f"No such subscription item: '{change.item}'", param="items", code="resource_missing")
    if change.price:
        if change.price["currency"] != subscription["currency"]:
            message = f"The price specified only supports `{change.price['currency']}`."
            raise invalid(message, param="items")
        item |= {"price": change.price, "plan": plan_shape(change.price)}
    if change.quantity is not None:
        item["quantity"] = change.quantity


def _rhythm(items: list[Obj]) -> tuple[str, int]:
    recurring = items[0]["price"]["recurring"]
    return recurring["interval"], recurring["interval_count"]


def _restart(work: Work, subscription: Obj, items: list[Obj]) -> None:
    subscription["billing_cycle_anchor"] = work.now
    for item in items:
        end = period_end(work.now, work.now, item["price"]["recurring"])
        item |= {"current_period_start": work.now, "current_period_end": end}
    if subscription["cancel_at_period_end"]:
        subscription["cancel_at"] = deadlines.period_end(subscription)
    invoice_items(work, subscription, items, reason="subscription_update", period=(work.now, work.now))


def _prorate(
    work: Work, subscription: Obj, before: list[Obj], after: list[Obj], *, credit_only: bool
) -> None:
    for old, new in zip(before, after, strict=True):
        if (old["price"]["id"], old["quantity"]) == (new["price"]["id"], new["quantity"]):
            continue
        _wait(work, subscription, old, sign=-1)
        if not credit_only:
            _wait(work, subscription, new, sign=1)


def _wait(work: Work, subscription: Obj, item: Obj, *, sign: int) -> None:
    """Put the unused (sign -1) or remaining (sign 1) part of the period on the next invoice."""
    start, end = item["current_period_start"], item["current_period_end"]
    full = item["price"]["unit_amount"] * item["quantity"]
    amount = sign * round(full * max(0, end - work.now) / (end - start))
    waiting = invoice_item_shape(
        new_id("ii"), work.now, subscription, item["price"], item["quantity"], amount
    )
    kind = "Remaining" if sign > 0 else "Unused"
    day = datetime.fromtimestamp(work.now, UTC).strftime("%d %b %Y")
    waiting["description"] = f"{kind} time on {product_name(work, item['price'])} after {day}"
    waiting["period"] = {"start": work.now, "end": end}
    work.create(waiting, event="invoiceitem.created")


def move_trial_end(work: Work, subscription: Obj, moment: int) -> None:
    """Let the trial end at another moment (Unix seconds); now, or earlier, ends it."""
    end = max(moment, work.now)
    subscription |= {"trial_end": end, "billing_cycle_anchor": end}
    subscription |= {"status": "trialing", "trial_start": subscription["trial_start"] or work.now}
    for item in subscription["items"]["data"]:
        item["current_period_end"] = end
    work.save(subscription, event="customer.subscription.updated", trial_end_announced=False)
    if end <= work.now:
        end_trial(work, subscription)
