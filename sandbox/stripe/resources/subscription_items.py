"""The items of a subscription as calls name them: https://docs.stripe.com/api/subscriptions/create#items."""

from sandbox.stripe.billing.changes import ItemChange, Settlement
from sandbox.stripe.errors import invalid, missing_param
from sandbox.stripe.money import rhythm
from sandbox.stripe.params import Spec, boolean, filled, hash_of, integer, list_of, metadata, one_of
from sandbox.stripe.resources.prices import PRICE_DATA, inline_price
from sandbox.stripe.store import Obj
from sandbox.stripe.work import Work

PRICE: Spec = {"price": filled, "price_data": PRICE_DATA}
NEW_ITEMS = list_of(hash_of(PRICE | {"metadata": metadata, "quantity": integer}))
CHANGED_ITEMS = list_of(
    hash_of(PRICE | {"deleted": boolean, "id": filled, "metadata": metadata, "quantity": integer})
)
SETTLEMENT: Spec = {
    "billing_cycle_anchor": hash_of({"type": one_of("now", "unchanged")}, needs=["type"]),
    "proration_behavior": one_of("none", "create_prorations", "always_invoice"),
    "proration_date": integer,
}


def settlement_of(params: Obj) -> Settlement:
    """How the call wants its change settled."""
    anchor = params.get("billing_cycle_anchor") or {}
    behavior = params.get("proration_behavior", "create_prorations")
    attempts = params.get("payment_behavior") != "default_incomplete"
    return Settlement(behavior, params.get("proration_date"), anchor.get("type") == "now", attempts)


def recurring_price(work: Work, id: str, *, param: str) -> Obj:
    """An active price that can be subscribed to. Raises ApiError 400 for any other."""
    price = work.refer("price", id, param=param)
    if not price["recurring"]:
        message = (
            "The price specified is set to `type=one_time` but this field only accepts `type=recurring`."
        )
        raise invalid(message, param=param)
    if not price["active"]:
        message = "The price specified is inactive. This field only accepts active prices."
        raise invalid(message, param=param, code="price_inactive")
    return price


def price_of(work: Work, item: Obj, *, param: str) -> Obj:
    """The recurring price an item names, or the one made of its `price_data`. Raises ApiError 400."""
    if item.get("price") and item.get("price_data"):
        raise invalid("You may only specify one of these parameters: price, price_data.", param=param)
    if not item.get("price_data"):
        if not item.get("price"):
            raise missing_param(f"{param}[price]")
        return recurring_price(work, item["price"], param=f"{param}[price]")
    if not item["price_data"].get("recurring"):
        raise missing_param(f"{param}[price_data][recurring]")
    return inline_price(work, item["price_data"], param=f"{param}[price_data]")


def chosen_items(work: Work, items: list[Obj], *, param: str = "items") -> list[tuple[Obj, int]]:
    """The prices and quantities of `items`, which came as `param`. Raises ApiError 400 unless they fit."""
    if not items:
        raise missing_param(param)
    chosen = [
        (price_of(work, item, param=f"{param}[{index}]"), item.get("quantity", 1))
        for index, item in enumerate(items)
    ]
    if len({(price["currency"], rhythm(price["recurring"])) for price, _ in chosen}) > 1:
        raise invalid("All prices on a subscription must have the same currency and interval.", param=param)
    return chosen


def bought_items(work: Work, items: list[Obj], *, param: str) -> list[tuple[Obj, int]]:
    """The one-time prices and quantities of an order, which subscribes to nothing. Raises ApiError 400."""
    if not items:
        raise missing_param(param)
    bought = [
        (_one_time_price(work, item, param=f"{param}[{index}]"), item.get("quantity", 1))
        for index, item in enumerate(items)
    ]
    if len({price["currency"] for price, _ in bought}) > 1:
        raise invalid("All prices of a Checkout Session must have the same currency.", param=param)
    return bought


def _one_time_price(work: Work, item: Obj, *, param: str) -> Obj:
    if bool(item.get("price")) == bool(item.get("price_data")):
        raise invalid("You must specify exactly one of price or price_data.", param=param)
    if item.get("price_data"):
        price = inline_price(work, item["price_data"], param=f"{param}[price_data]")
    else:
        price = work.refer("price", item["price"], param=f"{param}[price]")
        if not price["active"]:
            message = "The price specified is inactive. This field only accepts active prices."
            raise invalid(message, param=f"{param}[price]", code="price_inactive")
    if price["recurring"]:
        hint = "Either switch to `subscription` mode or use only one-time prices."
        raise invalid(f"You specified `payment` mode but passed a recurring price. {hint}", param=param)
    return price


def item_changes(work: Work, items: list[Obj], *, param: str = "items") -> list[ItemChange]:
    """The changes a call asks for. An item without an id is one more; one with `deleted` goes."""
    return [_item_change(work, item, param=f"{param}[{index}]") for index, item in enumerate(items)]


def _item_change(work: Work, item: Obj, *, param: str) -> ItemChange:
    if item.get("deleted"):
        if "id" not in item:
            raise missing_param(f"{param}[id]")
        return ItemChange(item["id"], deleted=True)
    names_price = "price" in item or "price_data" in item or "id" not in item
    price = price_of(work, item, param=param) if names_price else None
    return ItemChange(item.get("id"), price, item.get("quantity"))
