"""Prices: https://docs.stripe.com/api/prices."""

import re

from sandbox.stripe.errors import invalid, missing_param
from sandbox.stripe.params import (
    Spec,
    boolean,
    filled,
    hash_of,
    integer,
    list_of,
    metadata,
    one_of,
    text,
    url,
)
from sandbox.stripe.resources import products
from sandbox.stripe.resources.operation import ACTIVE, CREATED, Operation, listing, merge_metadata, retrieval
from sandbox.stripe.shapes.catalog import price_shape, recurring_shape
from sandbox.stripe.store import Obj, among, equals
from sandbox.stripe.work import Work, new_id

TAX_BEHAVIOR = one_of("exclusive", "inclusive", "unspecified")
FIELDS: Spec = {
    "active": boolean,
    "lookup_key": text,
    "metadata": metadata,
    "nickname": text,
    "tax_behavior": TAX_BEHAVIOR,
    "transfer_lookup_key": boolean,
}
INTERVALS = one_of("day", "week", "month", "year")
RECURRING = hash_of({"interval": INTERVALS, "interval_count": integer}, needs=["interval"])
PRODUCT_DATA = hash_of(
    {"description": text, "images": list_of(url), "metadata": metadata, "name": filled, "tax_code": text},
    needs=["name"],
)
INLINE: Spec = {
    "currency": filled,
    "product": filled,
    "recurring": RECURRING,
    "tax_behavior": TAX_BEHAVIOR,
    "unit_amount": integer,
}
PRICE_DATA = hash_of(INLINE, needs=["currency", "product", "unit_amount"])
"""A price made on the spot for an item of a subscription."""
ORDER_PRICE_DATA = hash_of(INLINE | {"product_data": PRODUCT_DATA}, needs=["currency", "unit_amount"])
"""The same for a line of a Checkout Session, which may make a product too."""
NEW: Spec = FIELDS | {
    "currency": filled,
    "product": filled,
    "product_data": PRODUCT_DATA,
    "recurring": RECURRING,
    "unit_amount": integer,
}


def create(work: Work, params: Obj) -> Obj:
    """A new price of a product, in minor units."""
    product = _product(work, params)
    amount = params.pop("unit_amount", None)
    if amount is None:
        raise missing_param("unit_amount")
    if amount < 0:
        raise invalid("Invalid non-negative integer", param="unit_amount", code="parameter_invalid_integer")
    currency = read_currency(params.pop("currency"), param="currency")
    price = price_shape(new_id("price"), work.now, product, currency, amount)
    recurring = params.pop("recurring", None)
    if recurring:
        price["recurring"] = recurring_shape(recurring["interval"], recurring.get("interval_count", 1))
        price["type"] = "recurring"
    _take_up(work, price, params)
    return work.create(price, event="price.created")


def inline_price(work: Work, data: Obj, *, param: str) -> Obj:
    """The price of some `price_data`. Like Stripe's it is inactive: good for this one use.

    So is the product that `product_data` makes (docs.stripe.com/products-prices/manage-prices).
    """
    data = dict(data)
    made = data.get("product_data")
    if made:
        product = products.create(work, {**made, "active": False})["id"]
        data = {key: value for key, value in data.items() if key != "product_data"} | {"product": product}
    else:
        work.refer("product", data.get("product", ""), param=f"{param}[product]")
    return create(work, data | {"active": False})


def read_currency(code: str, *, param: str) -> str:
    """A currency's code of three letters, in small ones. Raises ApiError 400 for anything else."""
    if not re.fullmatch(r"[A-Za-z]{3}", code):
        raise invalid(f"Invalid currency: {code.lower()}", param=param)
    return code.lower()


def _product(work: Work, params: Obj) -> str:
    data = params.pop("product_data", None)
    if data:
        return str(products.create(work, data)["id"])
    if "product" not in params:
        raise missing_param("product")
    return str(work.refer("product", params.pop("product"), param="product")["id"])


def _take_up(work: Work, price: Obj, params: Obj) -> None:
    transfers = params.pop("transfer_lookup_key", False)
    key = params.get("lookup_key")
    for holder in work.all("price", equals("lookup_key", key)) if key else []:
        if holder["id"] == price["id"]:
            continue
        if not transfers:
            message = f"A price (`{holder['id']}`) already uses that lookup key."
            raise invalid(message, param="lookup_key", code="resource_already_exists")
        work.save(holder | {"lookup_key": None}, event="price.updated")
    merge_metadata(price, params)
    price |= params


def update(work: Work, params: Obj, id: str) -> Obj:
    """Change what was sent; the amount of a price never changes."""
    price = work.get("price", id)
    _take_up(work, price, params)
    return work.save(price, event="price.updated")


FILTERS: Spec = {
    **ACTIVE,
    **CREATED,
    "currency": filled,
    "lookup_keys": list_of(filled),
    "product": filled,
    "recurring": hash_of({"interval": INTERVALS}),
    "type": one_of("one_time", "recurring"),
}
SPECIAL = {
    "lookup_keys": lambda keys: among("lookup_key", keys),
    "recurring": lambda recurring: equals("recurring.interval", recurring["interval"]),
}
OPERATIONS = (
    Operation("POST", "/v1/prices", create, NEW, needs=["currency"]),
    listing("/v1/prices", "price", FILTERS, SPECIAL),
    retrieval("/v1/prices/{price}", "price"),
    Operation("POST", "/v1/prices/{price}", update, FIELDS),
)
