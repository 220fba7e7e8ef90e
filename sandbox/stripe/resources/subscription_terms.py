"""What calls that start and that change a subscription have in common."""

from sandbox.stripe.billing.charging import intent_of
from sandbox.stripe.billing.wallet import resolve
from sandbox.stripe.deadlines import DAY
from sandbox.stripe.errors import ApiError, card_error, invalid
from sandbox.stripe.params import Spec, boolean, either, hash_of, integer, metadata, one_of, text
from sandbox.stripe.resources.customers import require_own
from sandbox.stripe.store import Obj
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


def card_of(work: Work, customer: Obj, params: Obj) -> Obj | None:
    """The card a call names, else the customer's default. Raises ApiError 400 for somebody else's."""
    id = params.get("default_payment_method")
    if id:
        method = resolve(work, id, param="default_payment_method")
        require_own(method, customer, param="default_payment_method")
        return method
    default = customer["invoice_settings"]["default_payment_method"]
    return work.find("payment_method", default) if default else None


def incomplete(work: Work, subscription: Obj) -> ApiError:
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
