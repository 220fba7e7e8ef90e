"""Payment intents and charges."""

import copy

from sandbox.stripe.store import Obj

PAYMENT_INTENT: Obj = {
    "object": "payment_intent",
    "amount_capturable": 0,
    "amount_details": {"tip": {}},
    "amount_received": 0,
    "application": None,
    "application_fee_amount": None,
    "automatic_payment_methods": None,
    "canceled_at": None,
    "cancellation_reason": None,
    "capture_method": "automatic",
    "confirmation_method": "automatic",
    "customer": None,
    "customer_account": None,
    "description": None,
    "excluded_payment_method_types": None,
    "last_payment_error": None,
    "latest_charge": None,
    "livemode": False,
    "managed_payments": {"enabled": False},
    "metadata": {},
    "next_action": None,
    "on_behalf_of": None,
    "payment_method": None,
    "payment_method_configuration_details": None,
    "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
    "payment_method_types": ["card"],
    "processing": None,
    "receipt_email": None,
    "review": None,
    "setup_future_usage": "off_session",
    "shipping": None,
    "source": None,
    "statement_descriptor": None,
    "statement_descriptor_suffix": None,
    "status": "requires_payment_method",
    "transfer_data": None,
    "transfer_group": None,
}
"""What every new payment intent has in common."""


def payment_intent_shape(id: str, now: int, amount: int, currency: str, client_secret: str) -> Obj:
    """An intention to collect an amount in minor units."""
    return copy.deepcopy(PAYMENT_INTENT) | {
        "id": id,
        "amount": amount,
        "client_secret": client_secret,
        "created": now,
        "currency": currency,
    }


CHARGE: Obj = {
    "object": "charge",
    "amount_refunded": 0,
    "application": None,
    "application_fee": None,
    "application_fee_amount": None,
    "balance_transaction": None,
    "calculated_statement_descriptor": "SANDBOX",
    "captured": True,
    "disputed": False,
    "failure_balance_transaction": None,
    "failure_code": None,
    "failure_message": None,
    "fraud_details": {},
    "livemode": False,
    "metadata": {},
    "on_behalf_of": None,
    "paid": True,
    "receipt_email": None,
    "receipt_number": None,
    "receipt_url": None,
    "refunded": False,
    "review": None,
    "shipping": None,
    "source": None,
    "source_transfer": None,
    "statement_descriptor": None,
    "statement_descriptor_suffix": None,
    "status": "succeeded",
    "transfer_data": None,
    "transfer_group": None,
}
"""What every charge that succeeded has in common."""


def charge_shape(id: str, now: int, intent: Obj, method: Obj) -> Obj:
    """An attempt to take the money that succeeded; `charging` marks the ones that did not."""
    return copy.deepcopy(CHARGE) | {
        "id": id,
        "amount": intent["amount"],
        "amount_captured": intent["amount"],
        "billing_details": method["billing_details"],
        "created": now,
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "metadata": dict(intent["metadata"]),
        "receipt_email": intent["receipt_email"],
        "shipping": intent["shipping"],
        "outcome": outcome_shape(),
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": _details(method, intent["amount"]),
    }


def _details(method: Obj, amount: int) -> Obj:
    if method["type"] == "card":
        return {"card": _card_details(method["card"], amount), "type": "card"}
    account = {key: value for key, value in method["sepa_debit"].items() if key != "generated_from"}
    return {"sepa_debit": account | {"expected_debit_date": None, "mandate": None}, "type": "sepa_debit"}


def outcome_shape() -> Obj:
    """The network said yes."""
    return {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": "approved_by_network",
        "reason": None,
        "seller_message": "Payment complete.",
        "type": "authorized",
    }


def _card_details(card: Obj, amount: int) -> Obj:
    same = (
        "brand",
        "checks",
        "country",
        "exp_month",
        "exp_year",
        "fingerprint",
        "funding",
        "last4",
        "wallet",
    )
    return {key: card[key] for key in same} | {
        "amount_authorized": amount,
        "authorization_code": None,
        "extended_authorization": {"status": "disabled"},
        "incremental_authorization": {"status": "unavailable"},
        "installments": None,
        "mandate": None,
        "multicapture": {"status": "unavailable"},
        "network": card["brand"],
        "network_token": {"used": False},
        "network_transaction_id": None,
        "overcapture": {"maximum_amount_capturable": amount, "status": "unavailable"},
        "regulated_status": None,
        "three_d_secure": None,
        "transaction_link_id": None,
    }
