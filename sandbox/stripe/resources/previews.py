"""Previews of invoices: https://docs.stripe.com/api/invoices/create_preview."""

from sandbox.stripe.billing.lifecycle import ENDED, Terms, stop_at_period_end
from sandbox.stripe.billing.previews import (
    ends_with_period,
    has_upcoming,
    preview_change,
    preview_end,
    preview_renewal,
    preview_start,
)
from sandbox.stripe.errors import ApiError, invalid, missing_param
from sandbox.stripe.params import Spec, boolean, either, filled, hash_of, integer, one_of
from sandbox.stripe.resources.discounts import DISCOUNTS, order_redemptions, set_discounts
from sandbox.stripe.resources.operation import Operation
from sandbox.stripe.resources.subscription_items import (
    CHANGED_ITEMS,
    SETTLEMENT,
    chosen_items,
    item_changes,
    settlement_of,
)
from sandbox.stripe.resources.subscription_terms import AUTOMATIC_TAX, taxed
from sandbox.stripe.store import Obj, equals
from sandbox.stripe.work import Work

DETAILS: Spec = SETTLEMENT | {
    "cancel_at": either("", integer),
    "cancel_at_period_end": boolean,
    "cancel_now": boolean,
    "items": CHANGED_ITEMS,
    "trial_end": either("now", integer),
}
FIELDS: Spec = {
    "automatic_tax": AUTOMATIC_TAX,
    "discounts": DISCOUNTS,
    "currency": filled,
    "customer": filled,
    "preview_mode": one_of("next", "recurring"),
    "subscription": filled,
    "subscription_details": hash_of(DETAILS),
}


def create(work: Work, params: Obj) -> Obj:
    """The invoice a change would make, or the next one without any. Nothing of it is kept."""
    with work.store.rehearsal():
        return _preview(work, params)


def _preview(work: Work, params: Obj) -> Obj:
    details = params.get("subscription_details") or {}
    subscription = _subscription(work, params)
    if subscription is None and details.get("items"):
        return preview_start(work, _terms(work, params, details))
    if subscription is None:
        raise _none_upcoming(params.get("customer", ""))
    _override(work, subscription, params)
    if details.get("cancel_now"):
        return preview_end(work, subscription, proration=settlement_of(details).proration)
    _note_end(work, subscription, details)
    if params.get("preview_mode") == "recurring":
        return _recurring(work, subscription, details)
    if not details and not has_upcoming(work, subscription):
        raise _none_upcoming(subscription["customer"])
    changes = item_changes(work, details.get("items", []), param="subscription_details[items]")
    return preview_change(
        work, subscription, changes, settlement_of(details), trial_end=_trial_end(work, details)
    )


def _subscription(work: Work, params: Obj) -> Obj | None:
    """The subscription named; for a customer alone the one of theirs that renews first."""
    id, customer = params.get("subscription"), params.get("customer")
    if id:
        found = work.refer("subscription", id, param="subscription")
        if customer not in (None, found["customer"]):
            message = f"The subscription {id} does not belong to the customer {customer}."
            raise invalid(message, param="subscription")
        if found["status"] in ENDED:
            raise _none_upcoming(found["customer"])
        return found
    if not customer:
        raise missing_param("customer")
    work.refer("customer", customer, param="customer")
    if (params.get("subscription_details") or {}).get("items"):
        return None
    running = [
        each
        for each in work.all("subscription", equals("customer", customer))
        if each["status"] in ("active", "trialing", "past_due") and not ends_with_period(each)
    ]
    return min(running, key=lambda each: int(each["items"]["data"][0]["current_period_end"]), default=None)


def _none_upcoming(customer: str) -> ApiError:
    message = f"No upcoming invoices for customer: {customer}"
    return ApiError(404, message, code="invoice_upcoming_none")


def _terms(work: Work, params: Obj, details: Obj) -> Terms:
    customer = work.refer("customer", params["customer"], param="customer")
    items = chosen_items(work, details["items"], param="subscription_details[items]")
    currency = params.get("currency", items[0][0]["currency"])
    if currency != items[0][0]["currency"]:
        message = f"The price specified only supports `{items[0][0]['currency']}`."
        raise invalid(message, param="currency")
    end = details.get("trial_end")
    return Terms(
        customer,
        items,
        trial_end=end if isinstance(end, int) and end > work.now else None,
        settings={"automatic_tax": taxed(customer, params.get("automatic_tax"))},
        discounts=order_redemptions(work, params.get("discounts", []), items, customer=customer["id"]),
    )


def _override(work: Work, subscription: Obj, params: Obj) -> None:
    """Other discounts, or tax, than the subscription has."""
    if "discounts" in params:
        set_discounts(work, subscription, params["discounts"])
    if "automatic_tax" in params:
        customer = work.get("customer", subscription["customer"])
        subscription["automatic_tax"] = taxed(customer, params["automatic_tax"])


def _trial_end(work: Work, details: Obj) -> int | None:
    end: int | str | None = details.get("trial_end")
    return work.now if end == "now" else int(end) if end is not None else None


def _note_end(work: Work, subscription: Obj, details: Obj) -> None:
    if "cancel_at_period_end" in details:
        stop_at_period_end(work, subscription, stop=details["cancel_at_period_end"])
    if "cancel_at" in details:
        subscription["cancel_at"] = details["cancel_at"] or None


def _recurring(work: Work, subscription: Obj, details: Obj) -> Obj:
    """What every renewal from then on costs: without prorations, as `preview_mode=recurring` asks."""
    changes = item_changes(work, details.get("items", []), param="subscription_details[items]")
    settlement = settlement_of({**details, "proration_behavior": "none"})
    return (
        preview_change(work, subscription, changes, settlement)
        if changes
        else preview_renewal(work, subscription)
    )


OPERATIONS = (Operation("POST", "/v1/invoices/create_preview", create, FIELDS),)
