"""Coupons, promotion codes and discounts."""

from sandbox.stripe.store import Obj


def coupon_shape(id: str, now: int, duration: str) -> Obj:
    """What may be taken off, still without an amount or percentage."""
    return {
        "id": id,
        "object": "coupon",
        "amount_off": None,
        "created": now,
        "currency": None,
        "duration": duration,
        "duration_in_months": None,
        "livemode": False,
        "max_redemptions": None,
        "metadata": {},
        "name": None,
        "percent_off": None,
        "redeem_by": None,
        "times_redeemed": 0,
        "valid": True,
    }


def promotion_code_shape(id: str, now: int, code: str, coupon: str) -> Obj:
    """A word customers type to redeem a coupon."""
    return {
        "id": id,
        "object": "promotion_code",
        "active": True,
        "code": code,
        "created": now,
        "customer": None,
        "customer_account": None,
        "expires_at": None,
        "livemode": False,
        "max_redemptions": None,
        "metadata": {},
        "promotion": {"coupon": coupon, "type": "coupon"},
        "restrictions": {
            "first_time_transaction": False,
            "minimum_amount": None,
            "minimum_amount_currency": None,
        },
        "times_redeemed": 0,
    }


def discount_shape(id: str, now: int, coupon: str, customer: str | None) -> Obj:
    """A coupon that was redeemed; `end` (Unix seconds) is for the ones that repeat for some months."""
    return {
        "id": id,
        "object": "discount",
        "checkout_session": None,
        "customer": customer,
        "customer_account": None,
        "end": None,
        "invoice": None,
        "invoice_item": None,
        "promotion_code": None,
        "source": {"coupon": coupon, "type": "coupon"},
        "start": now,
        "subscription": None,
        "subscription_item": None,
    }
