"""Changing, resuming and ending subscriptions: https://docs.stripe.com/api/subscriptions/update."""

from sandbox.stripe.billing import pausing
from sandbox.stripe.billing.changes import change_items, move_trial_end
from sandbox.stripe.billing.customers import reconsider_retries
from sandbox.stripe.billing.invoicing import waiting_items
from sandbox.stripe.billing.lifecycle import (
    ENDED,
    Bill,
    cancel,
    invoice_bill,
    renew,
    stop_at,
    stop_at_period_end,
)
from sandbox.stripe.billing.paid_changes import change_when_paid
from sandbox.stripe.billing.proration import credit_unused
from sandbox.stripe.errors import ApiError, invalid
from sandbox.stripe.params import Spec, boolean, either, hash_of, integer, one_of, text
from sandbox.stripe.resources.discounts import DISCOUNTS, set_discounts
from sandbox.stripe.resources.operation import merge_metadata
from sandbox.stripe.resources.subscription_items import (
    CHANGED_ITEMS,
    SETTLEMENT,
    item_changes,
    settlement_of,
)
from sandbox.stripe.resources.subscription_terms import BEHAVIORS, COMMON, card_of, incomplete, taxed
from sandbox.stripe.store import Obj
from sandbox.stripe.work import Work

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
        raise incomplete(work, subscription)


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
        method = card_of(work, customer, params) if params["default_payment_method"] else None
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
