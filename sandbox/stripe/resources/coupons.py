"""Coupons: https://docs.stripe.com/api/coupons."""

from typing import Any

from sandbox.stripe.billing.discounts import coupon_state
from sandbox.stripe.errors import invalid, missing_param
from sandbox.stripe.params import Spec, filled, hash_of, integer, list_of, mapping_of, metadata, one_of, text
from sandbox.stripe.resources.operation import (
    CREATED,
    LIST,
    Operation,
    listing,
    merge_metadata,
    tombstone,
)
from sandbox.stripe.shapes.discounts import coupon_shape
from sandbox.stripe.store import Obj
from sandbox.stripe.work import Work, new_id


def percentage(raw: Any, name: str) -> float:
    """A number above 0 and up to 100."""
    try:
        value = float(raw)
    except (TypeError, ValueError):
        raise invalid(f"Invalid decimal: {raw}", param=name, code="parameter_invalid_decimal") from None
    if not 0 < value <= 100:
        raise invalid("Invalid percent_off: must be greater than 0 and at most 100.", param=name)
    return int(value) if value.is_integer() else value


OPTIONS = mapping_of(hash_of({"amount_off": integer}, needs=["amount_off"]))
NEW: Spec = {
    "amount_off": integer,
    "applies_to": hash_of({"products": list_of(filled)}),
    "currency": filled,
    "currency_options": OPTIONS,
    "duration": one_of("forever", "once", "repeating"),
    "duration_in_months": integer,
    "id": filled,
    "max_redemptions": integer,
    "metadata": metadata,
    "name": text,
    "percent_off": percentage,
    "redeem_by": integer,
}


def create(work: Work, params: Obj) -> Obj:
    """A new coupon; its id may be chosen."""
    id = params.pop("id", None) or new_id("coupon").removeprefix("coupon_")[:8]
    if work.find("coupon", id):
        raise invalid(f"Coupon already exists: {id}", param="id", code="resource_already_exists")
    coupon = coupon_shape(id, work.now, params.pop("duration", "once"))
    _check(work, coupon["duration"], params)
    merge_metadata(coupon, params)
    if "currency" in params:
        params["currency"] = params["currency"].lower()
    unshown: Obj = {key: params.pop(key) for key in ("applies_to", "currency_options") if key in params}
    return work.create(coupon | params, event="coupon.created", hidden=unshown)


def _check(work: Work, duration: str, params: Obj) -> None:
    if ("percent_off" in params) == ("amount_off" in params):
        raise invalid("You must pass exactly one of percent_off or amount_off.", param="percent_off")
    if "amount_off" in params and "currency" not in params:
        raise missing_param("currency")
    if params.get("amount_off", 1) < 1:
        raise invalid("Invalid positive integer", param="amount_off", code="parameter_invalid_integer")
    if (duration == "repeating") != ("duration_in_months" in params):
        message = "duration_in_months is required when duration is repeating, and must be left out otherwise."
        raise invalid(message, param="duration_in_months")
    if params.get("redeem_by", work.now + 1) <= work.now:
        raise invalid("Invalid timestamp: must be in the future.", param="redeem_by")
    for name in ("duration_in_months", "max_redemptions"):
        if params.get(name, 1) < 1:
            raise invalid("Invalid positive integer", param=name, code="parameter_invalid_integer")
    for product in (params.get("applies_to") or {}).get("products", []):
        work.refer("product", product, param="applies_to[products]")


def retrieve(work: Work, params: Obj, id: str) -> Obj:
    """A coupon, valid or not as of now."""
    return coupon_state(work, work.get("coupon", id))


def update(work: Work, params: Obj, id: str) -> Obj:
    """Change name, metadata and currencies; what a coupon takes off never changes."""
    coupon = coupon_state(work, work.get("coupon", id))
    merge_metadata(coupon, params)
    options = params.pop("currency_options", None) or {}
    known = work.hidden(coupon).get("currency_options") or {}
    return work.save(coupon | params, event="coupon.updated", currency_options=known | options)


def delete(work: Work, params: Obj, id: str) -> Obj:
    """Let nobody redeem it any more; discounts there are go on."""
    return tombstone(work, work.get("coupon", id), event="coupon.deleted")


LISTING = listing("/v1/coupons", "coupon", CREATED)


def list_coupons(work: Work, params: Obj) -> Obj:
    """Coupons, newest first, each valid or not as of now."""
    page: Obj = LISTING.run(work, params)
    return page | {"data": [coupon_state(work, each) for each in page["data"]]}


OPERATIONS = (
    Operation("POST", "/v1/coupons", create, NEW),
    Operation("GET", "/v1/coupons", list_coupons, LIST | CREATED),
    Operation("GET", "/v1/coupons/{coupon}", retrieve),
    Operation(
        "POST",
        "/v1/coupons/{coupon}",
        update,
        {"currency_options": OPTIONS, "metadata": metadata, "name": text},
    ),
    Operation("DELETE", "/v1/coupons/{coupon}", delete),
)
