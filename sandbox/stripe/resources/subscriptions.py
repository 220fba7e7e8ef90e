"""Subscriptions: https://docs.stripe.com/api/subscriptions."""

from typing import Any

from sandbox.stripe.billing.lifecycle import ENDED, Terms, start
from sandbox.stripe.billing.previews import preview_start
from sandbox.stripe.errors import invalid
from sandbox.stripe.params import Spec, filled, integer, one_of, time_range
from sandbox.stripe.resources.discounts import NEW_DISCOUNTS, order_redemptions
from sandbox.stripe.resources.operation import CREATED, Filter, Operation, listing, of_clock, retrieval
from sandbox.stripe.resources.subscription_items import NEW_ITEMS, SETTLEMENT, chosen_items
from sandbox.stripe.resources.subscription_terms import (
    BEHAVIORS,
    COMMON,
    card_of,
    incomplete,
    taxed,
    trial_moment,
)
from sandbox.stripe.resources.subscription_updates import CANCEL, UPDATE, cancel_now, resume, update
from sandbox.stripe.store import SIGNS, Condition, Obj, among, equals
from sandbox.stripe.work import Work

CREATE: Spec = COMMON | {
    "cancel_at": integer,
    "customer": filled,
    "discounts": NEW_DISCOUNTS,
    "items": NEW_ITEMS,
    "payment_behavior": one_of(*BEHAVIORS),
    "proration_behavior": SETTLEMENT["proration_behavior"],
    "trial_period_days": integer,
}
STATUSES = (
    "active",
    "canceled",
    "incomplete",
    "incomplete_expired",
    "past_due",
    "paused",
    "trialing",
    "unpaid",
)


def create(work: Work, params: Obj) -> Obj:
    """Start a subscription with a card on file."""
    customer = work.refer("customer", params["customer"], param="customer")
    behavior = params.get("payment_behavior", "allow_incomplete")
    trial_end = trial_moment(work, params)
    method = card_of(work, customer, params)
    settings = _settings(params, method if params.get("default_payment_method") else None)
    settings["automatic_tax"] = taxed(customer, params.get("automatic_tax"))
    attempts = behavior != "default_incomplete"
    items = chosen_items(work, params["items"])
    discounts = order_redemptions(work, params.get("discounts", []), items, customer=customer["id"])
    terms = Terms(customer, items, method, trial_end, attempts, settings, discounts)
    if method is None and attempts and _first_amount(work, terms):
        message = "This customer has no attached payment source or default payment method."
        raise invalid(message, code="resource_missing")
    subscription, outcome = start(work, terms)
    if behavior == "error_if_incomplete" and outcome != "paid":
        raise incomplete(work, subscription)
    return subscription


def _first_amount(work: Work, terms: Terms) -> int:
    """What is due at once on these terms."""
    with work.store.rehearsal():
        return int(preview_start(work, terms)["amount_due"])


def _settings(params: Obj, method: Obj | None) -> Obj:
    settings: Obj = {"default_payment_method": method["id"] if method else None}
    settings["metadata"] = {key: value for key, value in (params.get("metadata") or {}).items() if value}
    for key in ("cancel_at", "cancel_at_period_end", "description", "trial_settings"):
        if params.get(key):
            settings[key] = params[key]
    saves = (params.get("payment_settings") or {}).get("save_default_payment_method", "off")
    blank = {"payment_method_options": None, "payment_method_types": None}
    return settings | {"payment_settings": blank | {"save_default_payment_method": saves}}


def _by_status(status: str) -> Condition:
    match status:
        case "all":
            return ("TRUE", ())
        case "running":
            return ("json_extract(json, '$.status') <> 'canceled'", ())
        case "ended":
            return among("status", ENDED)
    return equals("status", status)


def _by_item(test: str, *values: Any) -> Condition:
    """One item at least passes the test, a text of this server."""
    items = f"SELECT 1 FROM json_each(objects.json, '$.items.data') WHERE {test}"  # noqa: S608
    return (f"EXISTS ({items})", values)


def _by_price(price: str) -> Condition:
    return _by_item("json_extract(value, '$.price.id') = ?", price)


def _by_period(edge: str) -> Filter:
    """By the start or the end of the current period, which stands on the items."""

    def condition(bounds: dict[str, int]) -> Condition:
        path = f"json_extract(value, '$.current_period_{edge}')"
        tests = [f"{path} {SIGNS[bound]} ?" for bound in bounds]
        return _by_item(" AND ".join(tests) or "TRUE", *bounds.values())

    return condition


FILTERS: Spec = {
    **CREATED,
    "collection_method": one_of("charge_automatically", "send_invoice"),
    "current_period_end": time_range,
    "current_period_start": time_range,
    "customer": filled,
    "plan": filled,
    "price": filled,
    "status": one_of(*STATUSES, "all", "ended"),
    "test_clock": filled,
}
SPECIAL = {
    "current_period_end": _by_period("end"),
    "current_period_start": _by_period("start"),
    "plan": _by_price,
    "price": _by_price,
    "status": _by_status,
    "test_clock": of_clock,
}
LISTING = listing("/v1/subscriptions", "subscription", FILTERS, SPECIAL)


def list_subscriptions(work: Work, params: Obj) -> Obj:
    """Subscriptions, without the canceled ones unless a status is asked for.

    Those of a test clock are there only when it or their customer is named.
    """
    present = {} if "customer" in params else {"test_clock": None}
    page: Obj = LISTING.run(work, {"status": "running", **present, **params})
    return page


OPERATIONS = (
    Operation("POST", "/v1/subscriptions", create, CREATE, needs=["customer", "items"]),
    Operation("GET", "/v1/subscriptions", list_subscriptions, LISTING.spec),
    retrieval("/v1/subscriptions/{subscription}", "subscription"),
    Operation("POST", "/v1/subscriptions/{subscription}", update, UPDATE),
    Operation("DELETE", "/v1/subscriptions/{subscription}", cancel_now, CANCEL),
    Operation("POST", "/v1/subscriptions/{subscription}/resume", resume),
)
