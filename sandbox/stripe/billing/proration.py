"""What a change within a period gives back and charges (docs.stripe.com/billing/subscriptions/prorations)."""

from collections.abc import Mapping
from datetime import UTC, datetime

from sandbox.stripe.billing.discounts import Part, coupon_of, running, taken_off
from sandbox.stripe.billing.invoicing import charge_for, product_name
from sandbox.stripe.errors import invalid
from sandbox.stripe.money import share
from sandbox.stripe.shapes.invoices import invoice_item_shape
from sandbox.stripe.store import Obj
from sandbox.stripe.work import Work, new_id


def prorate(
    work: Work, subscription: Obj, before: list[Obj], after: list[Obj], *, moment: int, credit_only: bool
) -> None:
    """Put what changed between two states of the items on the next invoice, reckoned from `moment`.

    With `credit_only` a new period starts: everything unused is credited, and the period charges the rest.
    Raises ApiError 400 for a moment outside the current period.
    """
    _check_moment(before, moment)
    old, new, nets = _by_id(before), _by_id(after), _nets(work, subscription, after)
    for id in old | new:
        if not credit_only and _terms(old, id) == _terms(new, id):
            continue
        if id in old:
            _credit(work, subscription, old[id], moment)
        if id in new and not credit_only:
            _debit(work, subscription, new[id], nets[id], moment)


def credit_unused(work: Work, subscription: Obj) -> None:
    """Give back what is left of the period: the subscription ends now."""
    for item in subscription["items"]["data"]:
        _credit(work, subscription, item, work.now)


def _check_moment(items: list[Obj], moment: int) -> None:
    start, end = items[0]["current_period_start"], items[0]["current_period_end"]
    if not start <= moment <= end:
        message = "Cannot specify `proration_date` outside of the subscription's current billing period."
        raise invalid(message, param="proration_date")


def _by_id(items: list[Obj]) -> dict[str, Obj]:
    return {item["id"]: item for item in items}


def _terms(items: Mapping[str, Obj], id: str) -> tuple[str, int] | None:
    item = items.get(id)
    return (item["price"]["id"], item["quantity"]) if item else None


def _full(item: Obj) -> int:
    return int(item["price"]["unit_amount"]) * int(item["quantity"])


def _part(item: Obj, amount: int, moment: int) -> int:
    """What of an amount for the whole period falls after the moment."""
    start, end = item["current_period_start"], item["current_period_end"]
    return share(amount, max(0, end - moment), end - start)


def _credit(work: Work, subscription: Obj, item: Obj, moment: int) -> None:
    """Unused time: a part of what was charged for it, after its discounts; else of its price."""
    amount, credited = _part(item, _full(item), moment), None
    found = charge_for(work, subscription, item)
    if found:
        charge, invoice = found
        net = charge["amount"] - sum(each["amount"] for each in charge.get("discount_amounts", ()))
        start, end = charge["period"]["start"], charge["period"]["end"]
        amount = share(net, min(max(0, end - moment), end - start), end - start)
        if invoice:
            credited = {"invoice": invoice["id"], "invoice_line_items": [charge["id"]]}
    _wait(work, subscription, item, -amount, f"Unused time on {_name(work, item)}", moment, credited)


def _debit(work: Work, subscription: Obj, item: Obj, net: int, moment: int) -> None:
    """Remaining time: a part of what the whole period costs after discounts."""
    amount = _part(item, net, moment)
    _wait(work, subscription, item, amount, f"Remaining time on {_name(work, item)}", moment, None)


def _nets(work: Work, subscription: Obj, items: list[Obj]) -> dict[str, int]:
    """What each item costs for a period, less what the discounts that go on take off it."""
    left = [_full(item) for item in items]
    for discount in running(work, subscription["discounts"]):
        coupon = coupon_of(work, discount)
        if coupon["duration"] != "once":
            parts = [Part(item["price"]["product"], amount) for item, amount in zip(items, left, strict=True)]
            off = taken_off(parts, coupon, subscription["currency"])
            left = [amount - less for amount, less in zip(left, off, strict=True)]
    return {item["id"]: amount for item, amount in zip(items, left, strict=True)}


def _name(work: Work, item: Obj) -> str:
    name = product_name(work, item["price"])
    return f"{item['quantity']} × {name}" if item["quantity"] > 1 else name


def _wait(
    work: Work, subscription: Obj, item: Obj, amount: int, text: str, moment: int, credited: Obj | None
) -> None:
    waiting = invoice_item_shape(new_id("ii"), work.now, subscription, item, amount)
    day = datetime.fromtimestamp(moment, UTC).strftime("%d %b %Y")
    waiting |= {"date": moment, "description": f"{text} after {day}"}
    waiting["period"] = {"start": moment, "end": item["current_period_end"]}
    work.create(waiting, event="invoiceitem.created", hidden={"credited": credited})
