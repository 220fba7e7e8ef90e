"""Redeeming coupons, and what they take off (docs.stripe.com/billing/subscriptions/coupons)."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from sandbox.stripe.billing.periods import period_end
from sandbox.stripe.errors import ApiError, invalid
from sandbox.stripe.money import money, share
from sandbox.stripe.shapes.discounts import discount_shape
from sandbox.stripe.store import Obj, equals
from sandbox.stripe.work import Work, new_id, previous_attributes


@dataclass(frozen=True)
class Redemption:
    """A coupon someone may use, perhaps by a promotion code."""

    coupon: Obj
    code: Obj | None = None

    @property
    def named(self) -> Obj:
        """As Checkout Sessions show it."""
        if self.code:
            return {"coupon": None, "promotion_code": self.code["id"]}
        return {"coupon": self.coupon["id"], "promotion_code": None}


@dataclass(frozen=True)
class Part:
    """Something that costs `amount` (minor units), of which a discount may take."""

    product: str
    amount: int
    discountable: bool = True


def coupon_state(work: Work, coupon: Obj) -> Obj:
    """The coupon with `valid` as of now."""
    used_up = coupon["max_redemptions"] and coupon["times_redeemed"] >= coupon["max_redemptions"]
    too_late = coupon["redeem_by"] and coupon["redeem_by"] <= work.now
    return coupon | {"valid": not (used_up or too_late)}


def code_state(work: Work, code: Obj) -> Obj:
    """The promotion code with `active` as of now: it needs a coupon that can still be redeemed."""
    used_up = code["max_redemptions"] and code["times_redeemed"] >= code["max_redemptions"]
    too_late = code["expires_at"] and code["expires_at"] <= work.now
    coupon = work.find("coupon", code["promotion"]["coupon"])
    usable = coupon is not None and coupon_state(work, coupon)["valid"]
    return code | {"active": bool(code["active"] and usable and not used_up and not too_late)}


def whole_coupon(work: Work, coupon: Obj) -> Obj:
    """The coupon with what is shown only when expanded: `applies_to` and `currency_options`."""
    return coupon | work.hidden(coupon)


def redemption_of_coupon(work: Work, id: str, *, param: str) -> Redemption:
    """A coupon by its id. Raises ApiError 400 for one that is not there or used up."""
    coupon = work.refer("coupon", id, param=param)
    if not coupon_state(work, coupon)["valid"]:
        raise invalid(f"Coupon expired: {id}", param=param, code="coupon_expired")
    return Redemption(whole_coupon(work, coupon))


def redemption_of_code(work: Work, code: Obj, customer: str | None, *, param: str) -> Redemption:
    """A promotion code, for a customer or for someone new. Raises ApiError 400 if it is not for them."""
    if not code_state(work, code)["active"]:
        message = f"This promotion code cannot be redeemed because it is not active: {code['code']}"
        raise invalid(message, param=param, code="promotion_code_expired")
    if code["customer"] and code["customer"] != customer:
        message = "This promotion code cannot be redeemed because it belongs to a different customer."
        raise invalid(message, param=param, code="promotion_code_customer_mismatch")
    if code["restrictions"]["first_time_transaction"] and customer and has_paid(work, customer):
        reason = "the associated customer has prior transactions"
        message = f"This promotion code cannot be redeemed because {reason}."
        raise invalid(message, param=param, code="promotion_code_customer_not_first_time")
    return Redemption(whole_coupon(work, work.get("coupon", code["promotion"]["coupon"])), code)


def has_paid(work: Work, customer: str) -> bool:
    """Whether a payment of the customer ever succeeded."""
    charges = work.all("charge", equals("customer", customer), equals("status", "succeeded"))
    return bool(charges)


def check_minimum(redemption: Redemption, amount: int, currency: str, *, param: str) -> None:
    """Raises ApiError 400 when an order is too small for the code, or in another currency than the coupon."""
    if off_of(redemption.coupon, currency) is None and not redemption.coupon["percent_off"]:
        message = f"The coupon specified only supports `{redemption.coupon['currency']}`."
        raise invalid(message, param=param)
    rules = (redemption.code or {}).get("restrictions") or {}
    least, of = rules.get("minimum_amount"), rules.get("minimum_amount_currency")
    if least and of and (of != currency or amount < least):
        message = f"This promotion code needs an order of at least {money(least, of)}."
        raise invalid(message, param=param, code="promotion_code_minimum_amount")


def redeem(
    work: Work,
    redemption: Redemption,
    *,
    customer: str | None,
    instead_of: Obj | None = None,
    **about: str | None,
) -> Obj:
    """Use a coupon up once. `about` says where: `subscription`, `checkout_session`.

    The discount keeps the coupon as it was, since coupons may be deleted while discounts last. `instead_of`
    is the discount whose place it takes, which is told as one change.
    """
    coupon, code = redemption.coupon, redemption.code
    discount = discount_shape(new_id("di"), work.now, coupon["id"], customer) | about
    if coupon["duration"] == "repeating":
        months = {"interval": "month", "interval_count": coupon["duration_in_months"]}
        discount["end"] = period_end(work.now, work.now, months)
    used = work.get("coupon", coupon["id"])
    work.save(coupon_state(work, used | {"times_redeemed": used["times_redeemed"] + 1}))
    if code:
        discount["promotion_code"] = code["id"]
        work.save(code_state(work, code | {"times_redeemed": code["times_redeemed"] + 1}))
    if instead_of is None:
        return work.create(discount, event="customer.discount.created", hidden={"coupon": coupon})
    work.create(discount, hidden={"coupon": coupon})
    work.save(instead_of | {"deleted": True, "end": work.now})
    work.emit("customer.discount.updated", discount, previous=previous_attributes(instead_of, discount))
    return discount


def end_discount(work: Work, discount: Obj) -> None:
    """Take a discount away, or let it end."""
    work.save(discount | {"deleted": True, "end": work.now})
    work.emit("customer.discount.deleted", discount | {"end": work.now})


def running(work: Work, ids: Sequence[str]) -> list[Obj]:
    """The discounts of these ids that still hold."""
    found = [work.find("discount", id) for id in ids]
    return [each for each in found if each and (each["end"] is None or each["end"] > work.now)]


def coupon_of(work: Work, discount: Obj) -> Obj:
    """The coupon as it was when it was redeemed."""
    return dict(work.hidden(discount)["coupon"])


def off_of(coupon: Obj, currency: str) -> int | None:
    """What the coupon takes off in that currency, None when it knows none."""
    if coupon["currency"] == currency:
        return int(coupon["amount_off"])
    option = (coupon.get("currency_options") or {}).get(currency)
    return int(option["amount_off"]) if option else None


def taken_off(parts: Sequence[Part], coupon: Obj, currency: str) -> list[int]:
    """What a coupon takes off each part. The sum is rounded once and shared out, so nothing gets lost."""
    products = (coupon.get("applies_to") or {}).get("products")
    open_to = [
        part.amount
        if part.discountable and part.amount > 0 and (not products or part.product in products)
        else 0
        for part in parts
    ]
    whole = sum(open_to)
    if coupon["percent_off"]:
        total = share(whole, round(coupon["percent_off"] * 10_000), 1_000_000)
    else:
        total = min(whole, off_of(coupon, currency) or 0)
    sums = [share(total, sum(open_to[:count]), whole) for count in range(len(parts) + 1)]
    return [after - before for before, after in pairwise(sums)]


REASONS = {
    "promotion_code_customer_mismatch": "This code is not for you.",
    "promotion_code_customer_not_first_time": "This code is for a first purchase only.",
    "promotion_code_expired": "This code has expired.",
}


def refusal_text(error: ApiError) -> str:
    """Why a code was refused, as a buyer reads it."""
    return REASONS.get(error.code or "", error.message)
