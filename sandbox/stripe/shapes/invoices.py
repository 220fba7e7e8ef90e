"""Invoices, their lines, the items that wait for one, and the payments made on one."""

import copy

from sandbox.stripe.shapes import empty_list
from sandbox.stripe.store import Obj

AMOUNTS = (
    "amount_due",
    "amount_overpaid",
    "amount_paid",
    "amount_remaining",
    "amount_shipping",
    "post_payment_credit_notes_amount",
    "pre_payment_credit_notes_amount",
    "starting_balance",
    "subtotal",
    "subtotal_excluding_tax",
    "total",
    "total_excluding_tax",
)


def invoice_shape(id: str, now: int, customer: Obj, subscription: Obj, reason: str) -> Obj:
    """A draft for a subscription, without lines."""
    about = {"metadata": subscription["metadata"], "subscription": subscription["id"]}
    return _blank(id, now) | {
        "billing_reason": reason,
        "currency": subscription["currency"],
        "customer": customer["id"],
        "customer_address": customer["address"],
        "customer_email": customer["email"],
        "customer_name": customer["name"],
        "customer_phone": customer["phone"],
        "parent": {"quote_details": None, "subscription_details": about, "type": "subscription_details"},
    }


INVOICE: Obj = {
    "object": "invoice",
    "account_country": "US",
    "account_name": "Sandbox",
    "account_tax_ids": None,
    "application": None,
    "attempt_count": 0,
    "attempted": False,
    "auto_advance": True,
    "automatic_tax": {
        "disabled_reason": None,
        "enabled": False,
        "liability": None,
        "provider": None,
        "status": None,
    },
    "automatically_finalizes_at": None,
    "collection_method": "charge_automatically",
    "custom_fields": None,
    "customer_account": None,
    "customer_shipping": None,
    "customer_tax_exempt": "none",
    "customer_tax_ids": [],
    "default_payment_method": None,
    "default_source": None,
    "default_tax_rates": [],
    "description": None,
    "discounts": [],
    "due_date": None,
    "effective_at": None,
    "footer": None,
    "from_invoice": None,
    "hosted_invoice_url": None,
    "invoice_pdf": None,
    "issuer": {"type": "self"},
    "last_finalization_error": None,
    "latest_revision": None,
    "livemode": False,
    "metadata": {},
    "next_payment_attempt": None,
    "number": None,
    "on_behalf_of": None,
    "payment_settings": {
        "default_mandate": None,
        "payment_method_options": None,
        "payment_method_types": None,
    },
    "receipt_number": None,
    "rendering": None,
    "shipping_cost": None,
    "shipping_details": None,
    "statement_descriptor": None,
    "status": "draft",
    "status_transitions": dict.fromkeys(("finalized_at", "marked_uncollectible_at", "paid_at", "voided_at")),
    "test_clock": None,
    "webhooks_delivered_at": None,
}
"""What every new invoice has in common."""


def _blank(id: str, now: int) -> Obj:
    return (
        copy.deepcopy(INVOICE)
        | _amounts()
        | {
            "id": id,
            "created": now,
            "lines": empty_list(f"/v1/invoices/{id}/lines"),
            "period_end": now,
            "period_start": now,
        }
    )


def _amounts() -> Obj:
    return dict.fromkeys(AMOUNTS, 0) | {
        "ending_balance": None,
        "total_discount_amounts": [],
        "total_pretax_credit_amounts": [],
        "total_taxes": [],
    }


def line_shape(id: str, invoice: Obj, price: Obj, quantity: int, amount: int, description: str) -> Obj:
    """A line of an invoice, still without period and parent."""
    return {
        "id": id,
        "object": "line_item",
        "amount": amount,
        "currency": invoice["currency"],
        "description": description,
        "discount_amounts": [],
        "discountable": True,
        "discounts": [],
        "invoice": invoice["id"],
        "livemode": False,
        "metadata": {},
        "parent": None,
        "period": {"end": invoice["period_end"], "start": invoice["period_start"]},
        "pretax_credit_amounts": [],
        "pricing": pricing_shape(price),
        "quantity": quantity,
        "quantity_decimal": str(quantity),
        "subscription": None,
        "subtotal": amount,
        "taxes": [],
    }


def pricing_shape(price: Obj) -> Obj:
    """Which price a line or item was reckoned from."""
    details = {"price": price["id"], "product": price["product"]}
    return {
        "price_details": details,
        "type": "price_details",
        "unit_amount_decimal": price["unit_amount_decimal"],
    }


def period_parent(subscription: str, item: str) -> Obj:
    """A line that pays for a period of a subscription item."""
    details = {
        "invoice_item": None,
        "proration": False,
        "proration_details": {"credited_items": None},
        "subscription": subscription,
        "subscription_item": item,
    }
    return {
        "invoice_item_details": None,
        "subscription_item_details": details,
        "type": "subscription_item_details",
    }


def proration_parent(subscription: str, item: str, invoice_item: str, credited: Obj | None) -> Obj:
    """A line made from a proration that waited; `credited` names the lines a credit gives money back for."""
    details = {
        "invoice_item": invoice_item,
        "proration": True,
        "proration_details": {"credited_items": credited},
        "subscription": subscription,
        "subscription_item": item,
    }
    return {
        "invoice_item_details": None,
        "subscription_item_details": details,
        "type": "subscription_item_details",
    }


def invoice_item_shape(id: str, now: int, subscription: Obj, item: Obj, amount: int) -> Obj:
    """A proration of a subscription's item that waits for the next invoice."""
    about = {"subscription": subscription["id"], "subscription_item": item["id"]}
    price, quantity = item["price"], item["quantity"]
    return {
        "id": id,
        "object": "invoiceitem",
        "amount": amount,
        "currency": subscription["currency"],
        "customer": subscription["customer"],
        "customer_account": None,
        "date": now,
        "description": None,
        "discountable": False,
        "discounts": [],
        "invoice": None,
        "livemode": False,
        "metadata": {},
        "net_amount": amount,
        "parent": {"subscription_details": about, "type": "subscription_details"},
        "period": {"end": now, "start": now},
        "pricing": pricing_shape(price),
        "proration": True,
        "quantity": quantity,
        "quantity_decimal": str(quantity),
        "tax_rates": [],
        "test_clock": None,
    }


def invoice_payment_shape(id: str, now: int, invoice: Obj, payment_intent: str) -> Obj:
    """The link between an invoice and the payment intent that pays it."""
    return {
        "id": id,
        "object": "invoice_payment",
        "amount_paid": None,
        "amount_requested": invoice["amount_due"],
        "created": now,
        "currency": invoice["currency"],
        "invoice": invoice["id"],
        "is_default": True,
        "livemode": False,
        "payment": {"payment_intent": payment_intent, "type": "payment_intent"},
        "status": "open",
        "status_transitions": {"canceled_at": None, "paid_at": None},
    }
