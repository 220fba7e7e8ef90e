"""Subscriptions: https://docs.stripe.com/api/subscriptions."""

from typing import Any

from sandbox.stripe.billing import pausing
from sandbox.stripe.billing.changes import change_items, move_trial_end
from sandbox.stripe.billing.charging import intent_of
from sandbox.stripe.billing.customers import reconsider_retries
from sandbox.stripe.billing.invoicing import waiting_items
from sandbox.stripe.billing.lifecycle import (
    ENDED,
    Bill,
    Terms,
    cancel,
    invoice_bill,
    renew,
    start,
    stop_at,
    stop_at_period_end,
)
from sandbox.stripe.billing.paid_changes import change_when_paid
from sandbox.stripe.billing.previews import preview_start
from sandbox.stripe.billing.proration import credit_unused
from sandbox.stripe.billing.wallet import resolve
from sandbox.stripe.deadlines import DAY
from sandbox.stripe.errors import ApiError, card_error, invalid
from sandbox.stripe.params import (
    Spec,
    boolean,
    either,
    filled,
    hash_of,
    integer,
    metadata,
    one_of,
    text,
    time_range,
)
from sandbox.stripe.resources.customers import require_own
from sandbox.stripe.resources.discounts import (
    DISCOUNTS,
    NEW_DISCOUNTS,
    order_redemptions,
    set_discounts,
)
from sandbox.stripe.resources.operation import (
    CREATED,
    Filter,
    Operation,
    listing,
    merge_metadata,
    of_clock,
    retrieval,
)
from sandbox.stripe.resources.subscription_items import (
    CHANGED_ITEMS,
    NEW_ITEMS,
    SETTLEMENT,
    chosen_items,
    item_changes,
    settlement_of,
)
from sandbox.stripe.store import SIGNS, Condition, Obj, among, equals
from sandbox.stripe.work import Work

TRIAL_SETTINGS = hash_of(
    {
        "end_behavior": hash_of(
            {"missing_payment_method": one_of("cancel", "create_invoice", "pause")},
            needs=["missing_payment_method"],
        )
    },
    needs=["end_behavior"],
)
AUTOMATIC_TAX = hash_of({"enabled": boolean}, needs=["enabled"])
COMMON: Spec = {
    "automatic_tax": AUTOMATIC_TAX,
    "cancel_at_period_end": boolean,
    "collection_method": one_of("charge_automatically"),
    "default_payment_method": text,
    "description": text,
    "metadata": metadata,
    "off_session": boolean,
    "payment_settings": hash_of({"save_default_payment_method": one_of("off", "on_subscription")}),
    "trial_end": either("now", integer),
    "trial_settings": TRIAL_SETTINGS,
}
BEHAVIORS = ("allow_incomplete", "default_incomplete", "error_if_incomplete")
CREATE: Spec = COMMON | {
    "cancel_at": integer,
    "customer": filled,
    "discounts": NEW_DISCOUNTS,
    "items": NEW_ITEMS,
    "payment_behavior": one_of(*BEHAVIORS),
    "proration_behavior": SETTLEMENT["proration_behavior"],
    "trial_period_days": integer,
}
REASONS = one_of(
    "customer_service",
    "low_quality",
    "missing_features",
    "other",
    "switched_service",
    "too_complex",
    "too_expensive",
    "unused",
)
WHY = hash_of({"comment": text, "feedback": REASONS})
CANCEL: Spec = {"cancellation_details": WHY, "invoice_now": boolean, "prorate": boolean}
PAUSE = hash_of(
    {"behavior": one_of(*pausing.BEHAVIORS), "resumes_at": integer},
    needs=["behavior"],
)
UPDATE: Spec = (
    COMMON
    | SETTLEMENT
    | {
        "discounts": DISCOUNTS,
        "items": CHANGED_ITEMS,
        "cancel_at": either("", integer),
        "cancellation_details": WHY,
        "pause_collection": PAUSE,
        "payment_behavior": one_of(*BEHAVIORS, "pending_if_incomplete"),
    }
)
MAY_WAIT = {*SETTLEMENT, "items", "payment_behavior", "trial_end"}
"""What may be sent with `pending_if_incomplete`."""
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
    method = _card(work, customer, params)
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
        raise _incomplete(work, subscription)
    return subscription


def _first_amount(work: Work, terms: Terms) -> int:
    """What is due at once on these terms."""
    with work.store.rehearsal():
        return int(preview_start(work, terms)["amount_due"])


def taxed(customer: Obj, asked: Obj | None) -> Obj:
    """What a subscription notes of `automatic_tax`. Raises ApiError 400 for a customer without a country."""
    enabled = bool(asked and asked["enabled"])
    if enabled and not (customer["address"] or {}).get("country"):
        message = "The customer's location isn't recognized. Set a valid customer address in order to"
        raise invalid(
            f"{message} automatically calculate tax.",
            param="automatic_tax[enabled]",
            code="customer_tax_location_invalid",
        )
    liability = {"type": "self"} if enabled else None
    return {"disabled_reason": None, "enabled": enabled, "liability": liability}


def trial_moment(work: Work, params: Obj) -> int | None:
    """When the trial asked for ends (Unix seconds), None without one."""
    days: int | None = params.get("trial_period_days")
    end: int | str | None = params.get("trial_end")
    if days and end:
        raise invalid("You may only specify one of these parameters: trial_period_days, trial_end.")
    if days is not None and not 0 <= days <= 730:
        raise invalid("The maximum number of trial period days is 730 (2 years).", param="trial_period_days")
    if isinstance(end, int) and end <= work.now:
        raise invalid(
            "Invalid timestamp: must be an integer Unix timestamp in the future.", param="trial_end"
        )
    if days:
        return work.now + days * DAY
    return end if isinstance(end, int) else None


def _card(work: Work, customer: Obj, params: Obj) -> Obj | None:
    id = params.get("default_payment_method")
    if id:
        method = resolve(work, id, param="default_payment_method")
        require_own(method, customer, param="default_payment_method")
        return method
    default = customer["invoice_settings"]["default_payment_method"]
    return work.find("payment_method", default) if default else None


def _settings(params: Obj, method: Obj | None) -> Obj:
    settings: Obj = {"default_payment_method": method["id"] if method else None}
    settings["metadata"] = {key: value for key, value in (params.get("metadata") or {}).items() if value}
    for key in ("cancel_at", "cancel_at_period_end", "description", "trial_settings"):
        if params.get(key):
            settings[key] = params[key]
    saves = (params.get("payment_settings") or {}).get("save_default_payment_method", "off")
    blank = {"payment_method_options": None, "payment_method_types": None}
    return settings | {"payment_settings": blank | {"save_default_payment_method": saves}}


def _incomplete(work: Work, subscription: Obj) -> ApiError:
    """The payment failed and the caller wanted all or nothing: nothing is kept."""
    intent = intent_of(work, work.get("invoice", subscription["latest_invoice"]))
    error = card_error(
        "subscription_payment_intent_requires_action", "This payment requires additional user action."
    )
    if intent and intent["last_payment_error"]:
        failure = intent["last_payment_error"]
        error = card_error(failure["code"], failure["message"], decline_code=failure.get("decline_code"))
    error.keeps_changes = False
    return error


def update(work: Work, params: Obj, id: str) -> Obj:
    """Change what was sent."""
    subscription = work.get("subscription", id)
    if subscription["status"] in ENDED and set(params) - {"metadata", "cancellation_details"}:
        raise invalid("A canceled subscription can only update its cancellation_details and metadata.")
    behavior = params.get("payment_behavior")
    if behavior == "pending_if_incomplete":
        return _update_when_paid(work, subscription, params)
    before = subscription["latest_invoice"]
    changed = _update_now(work, subscription, params)
    if behavior == "error_if_incomplete" and changed["latest_invoice"] != before:
        _require_paid(work, changed)
    return changed


def _update_when_paid(work: Work, subscription: Obj, params: Obj) -> Obj:
    unfit = sorted(set(params) - MAY_WAIT)
    if unfit:
        message = "When `payment_behavior` is `pending_if_incomplete`, only these parameters can be passed: "
        raise invalid(message + ", ".join(sorted(MAY_WAIT)), param=unfit[0])
    changes = item_changes(work, params.get("items", []))
    trial_end = work.now if params.get("trial_end") == "now" else params.get("trial_end")
    change_when_paid(work, subscription, changes, settlement_of(params), trial_end=trial_end)
    return work.get("subscription", subscription["id"])


def _require_paid(work: Work, subscription: Obj) -> None:
    if work.get("invoice", subscription["latest_invoice"])["status"] == "open":
        raise _incomplete(work, subscription)


def _update_now(work: Work, subscription: Obj, params: Obj) -> Obj:
    _update_plainly(work, subscription, params)
    work.save(subscription, event="customer.subscription.updated")
    if "default_payment_method" in params:
        reconsider_retries(work, subscription["customer"])
    if "items" in params or "billing_cycle_anchor" in params:
        changes = item_changes(work, params.get("items", []))
        change_items(work, subscription, changes, settlement_of(params))
    if "trial_end" in params:
        subscription = work.get("subscription", subscription["id"])
        move_trial_end(work, subscription, work.now if params["trial_end"] == "now" else params["trial_end"])
    return work.get("subscription", subscription["id"])


def _update_plainly(work: Work, subscription: Obj, params: Obj) -> None:
    merge_metadata(subscription, params)
    if "automatic_tax" in params:
        customer = work.get("customer", subscription["customer"])
        subscription["automatic_tax"] = taxed(customer, params["automatic_tax"])
    if "discounts" in params:
        set_discounts(work, subscription, params["discounts"])
    if "cancel_at_period_end" in params:
        stop_at_period_end(work, subscription, stop=params["cancel_at_period_end"])
    if "cancel_at" in params:
        stop_at(work, subscription, params["cancel_at"] or None)
    if "pause_collection" in params:
        pausing.pause_collection(work, subscription, params["pause_collection"])
    if "default_payment_method" in params:
        customer = work.get("customer", subscription["customer"])
        method = _card(work, customer, params) if params["default_payment_method"] else None
        subscription["default_payment_method"] = method["id"] if method else None
    for key in ("payment_settings", "cancellation_details"):
        subscription[key] |= params.get(key) or {}
    for key in ("description", "trial_settings"):
        if key in params:
            subscription[key] = params[key]


def cancel_now(work: Work, params: Obj, id: str) -> Obj:
    """End a subscription at once."""
    subscription = work.get("subscription", id)
    if subscription["status"] in ENDED:
        raise ApiError(404, f"No such subscription: '{id}'", code="resource_missing", param="id")
    subscription["cancellation_details"] |= params.get("cancellation_details") or {}
    if params.get("prorate"):
        credit_unused(work, subscription)
    if params.get("invoice_now") and waiting_items(work, subscription):
        invoice_bill(work, subscription, Bill([], "subscription_update", (work.now, work.now)))
        subscription = work.get("subscription", id)
    return subscription if subscription["status"] in ENDED else cancel(work, subscription)


def resume(work: Work, params: Obj, id: str) -> Obj:
    """Go on after a pause: a new period starts now."""
    subscription = work.get("subscription", id)
    if subscription["status"] != "paused":
        raise invalid("Only paused subscriptions can be resumed.", code="subscription_not_paused")
    subscription |= {"status": "active", "billing_cycle_anchor": work.now}
    for item in subscription["items"]["data"]:
        item["current_period_end"] = work.now
    work.save(subscription, event="customer.subscription.updated", also=["customer.subscription.resumed"])
    renew(work, subscription, at_once=True)
    return work.get("subscription", id)


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
