"""Disputes: a charge its card's owner wants back through their bank."""

from sandbox.stripe.deadlines import DAY
from sandbox.stripe.store import Obj

EVIDENCE = (
    "access_activity_log",
    "billing_address",
    "cancellation_policy",
    "cancellation_policy_disclosure",
    "cancellation_rebuttal",
    "customer_communication",
    "customer_email_address",
    "customer_name",
    "customer_purchase_ip",
    "customer_signature",
    "duplicate_charge_documentation",
    "duplicate_charge_explanation",
    "duplicate_charge_id",
    "product_description",
    "receipt",
    "refund_policy",
    "refund_policy_disclosure",
    "refund_refusal_explanation",
    "service_date",
    "service_documentation",
    "shipping_address",
    "shipping_carrier",
    "shipping_date",
    "shipping_documentation",
    "shipping_tracking_number",
    "uncategorized_file",
    "uncategorized_text",
)
"""What can be said in one's defence."""
ANSWER_WITHIN = 9 * DAY
"""Seconds until a dispute without an answer is lost; Stripe's depend on the network, 7 to 21 days."""


def dispute_shape(id: str, now: int, charge: Obj, reason: str) -> Obj:
    """A dispute that waits for an answer."""
    card = charge["payment_method_details"]["card"]
    case = {
        "brand": card["brand"],
        "case_type": "chargeback",
        "network": card["brand"],
        "network_reason_code": "10.4" if reason == "fraudulent" else "13.1",
    }
    return {
        "id": id,
        "object": "dispute",
        "amount": charge["amount"] - charge["amount_refunded"],
        "balance_transactions": [],
        "charge": charge["id"],
        "created": now,
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": dict.fromkeys(EVIDENCE) | {"enhanced_evidence": {}},
        "evidence_details": {
            "due_by": now + ANSWER_WITHIN,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        "is_charge_refundable": False,
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "payment_method_details": {"card": case, "type": "card"},
        "reason": reason,
        "status": "needs_response",
    }
