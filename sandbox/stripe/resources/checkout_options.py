"""What a Checkout Session may ask its buyer for, and what fits which mode."""

import re

from sandbox.stripe.errors import invalid
from sandbox.stripe.params import Spec, boolean, email, filled, hash_of, list_of, metadata, one_of, text
from sandbox.stripe.store import Obj

MESSAGE = hash_of({"message": filled}, needs=["message"])
PLACES = ("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")
PAYMENT_DATA: Spec = {
    "description": text,
    "metadata": metadata,
    "receipt_email": email,
    "setup_future_usage": one_of("off_session", "on_session"),
}
OPTIONS: Spec = {
    "consent_collection": hash_of({"terms_of_service": one_of("none", "required")}),
    "custom_text": hash_of(dict.fromkeys(PLACES, MESSAGE)),
    "customer_creation": one_of("always", "if_required"),
    "payment_intent_data": hash_of(PAYMENT_DATA),
    "phone_number_collection": hash_of({"enabled": boolean}, needs=["enabled"]),
    "shipping_address_collection": hash_of(
        {"allowed_countries": list_of(filled)}, needs=["allowed_countries"]
    ),
    "submit_type": one_of("auto", "book", "donate", "pay", "subscribe"),
}
ONLY = {
    "payment": ("customer_creation", "payment_intent_data"),
    "subscription": ("payment_method_collection", "subscription_data"),
}
COUNTRY = re.compile("[A-Z]{2}")
"""ISO 3166-1 alpha-2."""


def check_options(params: Obj) -> None:
    """Raises ApiError 400 for what the mode, or the customer, rules out."""
    for mode, names in ONLY.items():
        wrong = next((name for name in names if name in params), None)
        if wrong and mode != params["mode"]:
            raise invalid(f"You can not pass `{wrong}` in `{params['mode']}` mode.", param=wrong)
    if params.get("customer") and "customer_creation" in params:
        message = "You may only specify one of these parameters: customer, customer_creation."
        raise invalid(message, param="customer_creation")
    for country in (params.get("shipping_address_collection") or {}).get("allowed_countries", ()):
        if not COUNTRY.fullmatch(country):
            message = f"Country '{country}' is unknown. Try using a 2-character alphanumeric country code."
            raise invalid(message, param="shipping_address_collection[allowed_countries]")


def take_options(session: Obj, params: Obj) -> None:
    """Note on the session what it asks for, and take that out of the parameters."""
    if params["mode"] == "payment":
        creation = None if params.get("customer") else "if_required"
        session |= {"customer_creation": creation, "payment_method_collection": "if_required"}
    elif not params.get("customer"):
        session["customer_creation"] = "always"
    asked = params.pop("consent_collection", None)
    if asked:
        terms = asked.get("terms_of_service", "none")
        consents = {"payment_method_reuse_agreement": None, "promotions": "none", "terms_of_service": terms}
        session["consent_collection"] = consents
    session["custom_text"] |= params.pop("custom_text", None) or {}
