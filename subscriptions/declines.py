"""What a bank's refusal means for the one who pays."""

CONFIRM = frozenset(["authentication_required"])
"""The bank wants its customer to confirm the payment in person (PSD2, 3D Secure)."""

HARD_DECLINES = CONFIRM | {
    "highest_risk_level",
    "incorrect_number",
    "lost_card",
    "payment_intent_authentication_failure",
    "pickup_card",
    "revocation_of_all_authorizations",
    "revocation_of_authorization",
    "stolen_card",
    "transaction_not_allowed",
}
"""Refusals that Stripe's Smart Retries do not try again without another card (rule C7)."""
