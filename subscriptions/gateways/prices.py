"""Products and prices."""

from dataclasses import dataclass
from typing import Any

from subscriptions.gateways.connection import PAGE, api, id_of, in_our_words, pages

KEYS_AT_ONCE = 10
"""How many lookup keys Stripe takes in one request."""


@dataclass(frozen=True)
class PriceSnapshot:
    id: str
    product: str
    amount: int
    currency: str
    interval: str
    lookup_key: str
    tax_behavior: str


@in_our_words
def find_prices(lookup_keys: list[str]) -> dict[str, PriceSnapshot]:
    """The active prices that carry these lookup keys, by key."""
    found: dict[str, PriceSnapshot] = {}
    for start in range(0, len(lookup_keys), KEYS_AT_ONCE):
        keys = lookup_keys[start : start + KEYS_AT_ONCE]
        rows = pages(api().prices.list({"lookup_keys": keys, "active": True, "limit": PAGE}))
        found |= {price.lookup_key: _price(price) for price in rows}
    return found


@in_our_words
def create_price(
    *,
    lookup_key: str,
    name: str,
    amount: int,
    currency: str,
    interval: str,
    product: str = "",
    tax_behavior: str = "",
    in_place_of: str = "",
) -> PriceSnapshot:
    """Make a price and move the lookup key to it; of `product`, or of a new one of that name."""
    params: dict[str, Any] = {
        "currency": currency,
        "unit_amount": amount,
        "recurring": {"interval": interval},
        "lookup_key": lookup_key,
        "transfer_lookup_key": True,
    }
    params |= {"product": product} if product else {"product_data": {"name": name}}
    if tax_behavior:
        params["tax_behavior"] = tax_behavior
    # A price that comes back within a day is a new one: it stands in place of another.
    key = f"price-{lookup_key}-{amount}-{currency}-{interval}-{product}-{tax_behavior}-{in_place_of}"
    return _price(api().prices.create(params, {"idempotency_key": key}))


@in_our_words
def retire_price(price_id: str) -> None:
    """Stop selling a price; those who have it keep it."""
    api().prices.update(price_id, {"active": False})


@in_our_words
def set_tax_behavior(price_id: str, behavior: str) -> None:
    """Say whether a price that has not said so yet includes tax: `inclusive` or `exclusive`, for good."""
    api().prices.update(price_id, {"tax_behavior": behavior})


def _price(price: Any) -> PriceSnapshot:
    return PriceSnapshot(
        id=price.id,
        product=id_of(price.product),
        amount=price.unit_amount or 0,
        currency=price.currency,
        interval=price.recurring.interval if price.recurring else "",
        lookup_key=price.lookup_key or "",
        tax_behavior=price.tax_behavior or "unspecified",
    )
