"""Promotion codes: https://docs.stripe.com/api/promotion_codes."""

import re
from typing import Any

from sandbox.stripe.billing.discounts import code_state
from sandbox.stripe.errors import invalid, missing_param
from sandbox.stripe.params import Spec, boolean, filled, hash_of, integer, metadata, one_of
from sandbox.stripe.resources.operation import ACTIVE, CREATED, Operation, listing, merge_metadata
from sandbox.stripe.shapes.discounts import promotion_code_shape
from sandbox.stripe.store import Condition, Obj, equals
from sandbox.stripe.work import Work, new_id, token

RESTRICTIONS: Spec = {
    "first_time_transaction": boolean,
    "minimum_amount": integer,
    "minimum_amount_currency": filled,
}
PROMOTION = hash_of({"coupon": filled, "type": one_of("coupon")}, needs=["type"])


def code_word(raw: Any, name: str) -> str:
    """Letters, digits and dashes."""
    value = filled(raw, name)
    if not re.fullmatch(r"[A-Za-z0-9-]{1,500}", value):
        message = "Promotion codes may only contain letters, digits and dashes."
        raise invalid(message, param=name)
    return value


NEW: Spec = {
    "active": boolean,
    "code": code_word,
    "customer": filled,
    "expires_at": integer,
    "max_redemptions": integer,
    "metadata": metadata,
    "promotion": PROMOTION,
    "restrictions": hash_of(RESTRICTIONS),
}


def create(work: Work, params: Obj) -> Obj:
    """A new code for a coupon; a word of eight letters and digits unless one is chosen."""
    coupon = _coupon(work, params.pop("promotion"))
    word = params.pop("code", None) or token(8).upper()
    if params.get("customer"):
        work.refer("customer", params["customer"], param="customer")
    _check(work, params, coupon)
    if params.get("active", True):
        _check_free(work, word, params.get("customer"))
    code = promotion_code_shape(new_id("promo"), work.now, word, coupon["id"])
    merge_metadata(code, params)
    code["restrictions"] |= params.pop("restrictions", None) or {}
    return work.create(code | params, event="promotion_code.created")


def _coupon(work: Work, promotion: Obj) -> Obj:
    if not promotion.get("coupon"):
        raise missing_param("promotion[coupon]")
    return work.refer("coupon", promotion["coupon"], param="promotion[coupon]")


def _check(work: Work, params: Obj, coupon: Obj) -> None:
    if params.get("expires_at", work.now + 1) <= work.now:
        raise invalid("Invalid timestamp: must be in the future.", param="expires_at")
    if coupon["redeem_by"] and params.get("expires_at", 0) > coupon["redeem_by"]:
        raise invalid("expires_at cannot be after the coupon's redeem_by.", param="expires_at")
    if coupon["max_redemptions"] and params.get("max_redemptions", 0) > coupon["max_redemptions"]:
        raise invalid("max_redemptions cannot be greater than the coupon's.", param="max_redemptions")
    rules = params.get("restrictions") or {}
    if ("minimum_amount" in rules) != ("minimum_amount_currency" in rules):
        message = "minimum_amount and minimum_amount_currency go together."
        raise invalid(message, param="restrictions[minimum_amount_currency]")


def _check_free(work: Work, word: str, customer: str | None) -> None:
    """Stripe keeps a word unique among the active codes anyone, or the same customer, can use."""
    for other in work.all("promotion_code", same_word(word)):
        if code_state(work, other)["active"] and other["customer"] in (None, customer):
            message = f"An active promotion code with `code: {word}` already exists."
            raise invalid(message, param="code", code="resource_already_exists")


def same_word(word: str) -> Condition:
    """The code is this word, in capitals or not."""
    return ("lower(json_extract(json, '$.code')) = lower(?)", [word])


def retrieve(work: Work, params: Obj, id: str) -> Obj:
    """A code, active or not as of now."""
    return code_state(work, work.get("promotion_code", id))


def update(work: Work, params: Obj, id: str) -> Obj:
    """Switch a code on or off; the word and what it stands for never change."""
    code = work.get("promotion_code", id)
    if params.get("active") and not code["active"]:
        _check_free(work, code["code"], code["customer"])
        if not code_state(work, code | {"active": True})["active"]:
            message = "This promotion code cannot be activated: it, or its coupon, has expired or is used up."
            raise invalid(message, param="active")
    merge_metadata(code, params)
    return code_state(work, work.save(code | params, event="promotion_code.updated"))


FILTERS: Spec = {**ACTIVE, **CREATED, "code": filled, "coupon": filled, "customer": filled}
SPECIAL = {"code": same_word, "coupon": lambda id: equals("promotion.coupon", id)}
LISTING = listing("/v1/promotion_codes", "promotion_code", FILTERS, SPECIAL)


def list_codes(work: Work, params: Obj) -> Obj:
    """Codes, newest first, each active or not as of now."""
    page: Obj = LISTING.run(work, params)
    codes = [code_state(work, each) for each in page["data"]]
    wanted = params.get("active")
    return page | {"data": [code for code in codes if wanted in (None, code["active"])]}


OPERATIONS = (
    Operation("POST", "/v1/promotion_codes", create, NEW, needs=["promotion"]),
    Operation("GET", "/v1/promotion_codes", list_codes, LISTING.spec),
    Operation("GET", "/v1/promotion_codes/{code}", retrieve),
    Operation("POST", "/v1/promotion_codes/{code}", update, {**ACTIVE, "metadata": metadata}),
)
