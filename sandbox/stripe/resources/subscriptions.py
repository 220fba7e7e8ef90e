"""Subscriptions: https://docs.stripe.com/api/subscriptions."""

from sandbox.stripe.billing.changes import change_items, move_trial_end
from sandbox.stripe.billing.charging import intent_of
from sandbox.stripe.billing.customers import reconsider_retries
from sandbox.stripe.billing.lifecycle import (
    ENDED,
    Terms,
    cancel,
    renew,
    start,
    stop_at_period_end,
)
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
)
from sandbox.stripe.resources.customers import require_own
from sandbox.stripe.resources.operation import (
    CREATED,
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
from sandbox.stripe.store import Condition, Obj, among, equals
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
COMMON: Spec = {
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
BEHAVIOR = one_of("allow_incomplete", "default_incomplete", "error_if_incomplete")
CREATE: Spec = COMMON | {
    "customer": filled,
    "items": NEW_ITEMS,
    "payment_behavior": BEHAVIOR,
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
UPDATE: Spec = COMMON | SETTLEMENT | {
    "items": CHANGED_ITEMS,
    "cancel_at": either("", integer),
    "cancellation_details": WHY,
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
    method = _card(work, customer, params)
    if method is None and not trial_end and behavior != "default_incomplete":
        message = "This customer has no attached payment source or default payment method."
        raise invalid(message, code="resource_missing")
    settings = _settings(params, method if params.get("default_payment_method") else None)
    attempts = behavior != "default_incomplete"
    terms = Terms(customer, chosen_items(work, params["items"]), method, trial_end, attempts, settings)
    subscription, outcome = start(work, terms)
    if behavior == "error_if_incomplete" and outcome != "paid":
        raise _incomplete(work, subscription)
    return subscription


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
    for key in ("cancel_at_period_end", "description", "trial_settings"):
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
    _update_plainly(work, subscription, params)
    work.save(subscription, event="customer.subscription.updated")
    if "default_payment_method" in params:
        reconsider_retries(work, subscription["customer"])
    if "items" in params or "billing_cycle_anchor" in params:
        changes = item_changes(work, params.get("items", []))
        change_items(work, subscription, changes, settlement_of(params))
    if "trial_end" in params:
        subscription = work.get("subscription", id)
        move_trial_end(work, subscription, work.now if params["trial_end"] == "now" else params["trial_end"])
    return work.get("subscription", id)


def _update_plainly(work: Work, subscription: Obj, params: Obj) -> None:
    merge_metadata(subscription, params)
    if "cancel_at_period_end" in params:
        stop_at_period_end(work, subscription, stop=params["cancel_at_period_end"])
    if "cancel_at" in params:
        moment = params["cancel_at"] or None
        subscription |= {"cancel_at": moment, "canceled_at": work.now if moment else None}
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
    return cancel(work, subscription)


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


def _by_price(price: str) -> Condition:
    items = (
        "SELECT 1 FROM json_each(objects.json, '$.items.data') WHERE json_extract(value, '$.price.id') = ?"
    )
    return (f"EXISTS ({items})", [price])


FILTERS: Spec = {
    **CREATED,
    "customer": filled,
    "price": filled,
    "status": one_of(*STATUSES, "all", "ended"),
    "test_clock": filled,
}
SPECIAL = {"status": _by_status, "price": _by_price, "test_clock": of_clock}
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
    Operation("DELETE", "/v1/subscriptions/{subscription}", cancel_now, {"cancellation_details": WHY}),
    Operation("POST", "/v1/subscriptions/{subscription}/resume", resume),
)
