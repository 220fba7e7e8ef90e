"""Coupons, and the promotion codes that stand for them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from subscriptions.gateways.connection import api, id_of, in_our_words, moment


@dataclass(frozen=True)
class CouponTerms:
    """What a coupon takes off, for how long and of what; nothing of it but the name can ever change.

    Either `percent_off`, or `amount_off` in minor units of `currency`. No `products`: of everything.
    """

    percent_off: int | None
    amount_off: int | None
    currency: str
    duration: str
    months: int | None
    products: tuple[str, ...]
    max_redemptions: int | None
    redeem_by: datetime | None


@dataclass(frozen=True)
class CouponSnapshot:
    id: str
    name: str
    terms: CouponTerms
    is_valid: bool


@dataclass(frozen=True)
class PromotionSnapshot:
    """A code to type; `code` as it was made, capitals and all."""

    id: str
    code: str
    coupon: str
    is_active: bool


@in_our_words
def fetch_coupon(coupon_id: str) -> CouponSnapshot:
    return _coupon(api().coupons.retrieve(coupon_id, {"expand": ["applies_to"]}))


@in_our_words
def create_coupon(*, name: str, terms: CouponTerms, key: str) -> CouponSnapshot:
    """Make a coupon. `name` is what readers see on their invoices, 40 characters at most."""
    params: dict[str, Any] = {
        "name": name,
        "duration": terms.duration,
        "percent_off": terms.percent_off,
        "amount_off": terms.amount_off,
        "currency": terms.currency if terms.amount_off else None,
        "duration_in_months": terms.months,
        "max_redemptions": terms.max_redemptions,
        "redeem_by": int(terms.redeem_by.timestamp()) if terms.redeem_by else None,
        "applies_to": {"products": list(terms.products)} if terms.products else None,
        "expand": ["applies_to"],
    }
    given = {name: value for name, value in params.items() if value is not None}
    return _coupon(api().coupons.create(given, {"idempotency_key": key}))


@in_our_words
def rename_coupon(coupon_id: str, name: str) -> None:
    api().coupons.update(coupon_id, {"name": name})


@in_our_words
def delete_coupon(coupon_id: str) -> None:
    """Let nobody redeem a coupon any more; those who did keep their discount."""
    api().coupons.delete(coupon_id)


@in_our_words
def fetch_promotion(promotion_id: str) -> PromotionSnapshot:
    return _promotion(api().promotion_codes.retrieve(promotion_id))


@in_our_words
def create_promotion(*, coupon: str, code: str, key: str) -> PromotionSnapshot:
    """Let readers type `code`, in capitals or not, for what `coupon` takes off."""
    params = {"promotion": {"type": "coupon", "coupon": coupon}, "code": code}
    return _promotion(api().promotion_codes.create(params, {"idempotency_key": key}))


@in_our_words
def switch_promotion(promotion_id: str, *, is_active: bool) -> None:
    """Open or close a code."""
    api().promotion_codes.update(promotion_id, {"active": is_active})


def _coupon(coupon: Any) -> CouponSnapshot:
    limited = getattr(coupon, "applies_to", None)
    terms = CouponTerms(
        percent_off=None if coupon.percent_off is None else int(coupon.percent_off),
        amount_off=coupon.amount_off,
        currency=coupon.currency or "",
        duration=coupon.duration,
        months=coupon.duration_in_months,
        products=tuple(sorted(limited.products)) if limited else (),
        max_redemptions=coupon.max_redemptions,
        redeem_by=moment(coupon.redeem_by),
    )
    return CouponSnapshot(coupon.id, coupon.name or "", terms, coupon.valid)


def _promotion(promotion: Any) -> PromotionSnapshot:
    return PromotionSnapshot(
        promotion.id, promotion.code, id_of(promotion.promotion.coupon), promotion.active
    )
