"""Expanding ids into the objects they name: https://docs.stripe.com/expand."""

from collections.abc import Callable
from typing import Any

from sandbox.stripe.billing.refunds import refunds_of
from sandbox.stripe.errors import invalid
from sandbox.stripe.resources.checkout_sessions import lines_of
from sandbox.stripe.store import Obj, equals
from sandbox.stripe.work import Work

EXPANDABLE: dict[str, tuple[str, ...]] = {
    "billing_portal.session": ("configuration",),
    "charge": ("customer", "payment_intent"),
    "coupon": (),
    "customer_balance_transaction": ("customer", "invoice"),
    "discount": ("customer", "promotion_code", "source.coupon"),
    "dispute": ("charge", "payment_intent"),
    "checkout.session": (
        "customer",
        "discounts.coupon",
        "discounts.promotion_code",
        "invoice",
        "payment_intent",
        "setup_intent",
        "subscription",
    ),
    "customer": ("invoice_settings.default_payment_method", "test_clock"),
    "invoice": (
        "customer",
        "default_payment_method",
        "discounts",
        "parent.subscription_details.subscription",
        "test_clock",
        "total_discount_amounts.discount",
    ),
    "invoice_payment": ("invoice", "payment.payment_intent"),
    "invoiceitem": ("customer", "discounts", "invoice", "test_clock"),
    "item": (),
    "line_item": ("discount_amounts.discount", "discounts", "pricing.price_details.price", "subscription"),
    "payment_intent": ("customer", "latest_charge", "payment_method"),
    "payment_method": ("customer",),
    "plan": ("product",),
    "price": ("product",),
    "product": ("default_price",),
    "promotion_code": ("customer", "promotion.coupon"),
    "refund": ("charge", "payment_intent"),
    "setup_intent": ("customer", "payment_method"),
    "subscription": (
        "customer",
        "default_payment_method",
        "discounts",
        "latest_invoice",
        "pending_setup_intent",
        "test_clock",
    ),
    "subscription_item": ("discounts",),
    "tax_id": ("customer",),
    "tax_rate": (),
}
DEEPEST = 8
"""Stripe stops at four levels of objects; the steps through hashes and lists between them count here too."""


def _payments(work: Work, invoice: Obj) -> Obj:
    payments = work.all("invoice_payment", equals("invoice", invoice["id"]))
    url = f"/v1/invoice_payments?invoice={invoice['id']}"
    return {"object": "list", "data": payments, "has_more": False, "url": url}


def _subscriptions(work: Work, customer: Obj) -> Obj:
    running = [
        each for each in work.all("subscription", equals("customer", customer["id"])) if not each["ended_at"]
    ]
    url = f"/v1/customers/{customer['id']}/subscriptions"
    return {"object": "list", "data": running, "has_more": False, "url": url}


def _refunds(work: Work, charge: Obj) -> Obj:
    url = f"/v1/charges/{charge['id']}/refunds"
    return {"object": "list", "data": refunds_of(work, charge), "has_more": False, "url": url}


def _tax_ids(work: Work, customer: Obj) -> Obj:
    ids = work.all("tax_id", equals("customer", customer["id"]))
    url = f"/v1/customers/{customer['id']}/tax_ids"
    return {"object": "list", "data": ids, "has_more": False, "url": url}


def _unshown(key: str) -> Callable[[Work, Obj], Any]:
    """A fact kept beside an object and shown only when asked for."""
    return lambda work, obj: work.hidden(obj).get(key)


INCLUDABLE: dict[tuple[str, str], Callable[[Work, Obj], Any]] = {
    ("charge", "refunds"): _refunds,
    ("checkout.session", "line_items"): lines_of,
    ("coupon", "applies_to"): _unshown("applies_to"),
    ("coupon", "currency_options"): _unshown("currency_options"),
    ("customer", "subscriptions"): _subscriptions,
    ("customer", "tax_ids"): _tax_ids,
    ("invoice", "payments"): _payments,
}


def expand(work: Work, answer: Obj, paths: list[str]) -> Obj:
    """The answer with every path expanded. Raises ApiError 400 for a path that names nothing expandable."""
    for path in paths:
        steps = path.split(".")
        if len(steps) > DEEPEST:
            raise invalid(
                f"You cannot expand more than {DEEPEST} levels of a property ({path}).", param="expand"
            )
        _walk(work, answer, steps, kind=answer.get("object", ""), trail="", path=path)
    return answer


def _walk(work: Work, holder: Any, steps: list[str], *, kind: str, trail: str, path: str) -> None:
    """Go down one step from `holder`: a list, an object of `kind`, or the hash at `trail` within one."""
    if isinstance(holder, list):
        for element in holder:
            inner = (
                {"kind": element["object"], "trail": ""}
                if _is_object(element)
                else {"kind": kind, "trail": trail}
            )
            _walk(work, element, steps, **inner, path=path)
        return
    if not trail and holder.get("deleted"):
        return  # nothing is left of it to expand
    step, rest = steps[0], steps[1:]
    place = trail + step
    if (kind, place) in INCLUDABLE:
        holder.setdefault(step, INCLUDABLE[kind, place](work, holder))
    elif place in EXPANDABLE.get(kind, ()):
        _replace(work, holder, step)
    elif step not in holder or not (rest or _is_object(holder[step])):
        raise invalid(f"This property cannot be expanded ({path}).", param="expand")
    value = holder[step]
    if rest and value is not None:
        inner = (
            {"kind": value["object"], "trail": ""}
            if _is_object(value)
            else {"kind": kind, "trail": f"{place}."}
        )
        _walk(work, value, rest, **inner, path=path)


def _is_object(value: Any) -> bool:
    return isinstance(value, dict) and "object" in value


def _replace(work: Work, holder: Obj, step: str) -> None:
    """Put the object in the place of its id, unless an earlier path did, or it was not kept (previews)."""
    if isinstance(holder[step], list):
        holder[step] = [
            (work.store.get(each) or each) if isinstance(each, str) else each for each in holder[step]
        ]
    elif isinstance(holder[step], str):
        holder[step] = work.store.get(holder[step]) or holder[step]
