"""Discounts as calls name them, and taking them off subscriptions: https://docs.stripe.com/api/discounts."""

from sandbox.stripe.billing.discounts import (
    Redemption,
    check_minimum,
    end_discount,
    redeem,
    redemption_of_code,
    redemption_of_coupon,
)
from sandbox.stripe.errors import ApiError, invalid
from sandbox.stripe.params import Spec, filled, hash_of, list_of
from sandbox.stripe.resources.operation import Operation
from sandbox.stripe.store import Obj
from sandbox.stripe.work import Work

BY_NAME: Spec = {"coupon": filled, "promotion_code": filled}
NEW_DISCOUNTS = list_of(hash_of(BY_NAME))
DISCOUNTS = list_of(hash_of(BY_NAME | {"discount": filled}))


def redemptions(
    work: Work, named: list[Obj], *, customer: str | None, amount: int, currency: str
) -> list[Redemption]:
    """The coupons and promotion codes of `discounts`, for an order of that amount. Raises ApiError 400."""
    found = [_redemption(work, each, customer, param=f"discounts[{at}]") for at, each in enumerate(named)]
    for at, each in enumerate(found):
        check_minimum(each, amount, currency, param=f"discounts[{at}]")
    return found


def order_redemptions(
    work: Work, named: list[Obj], items: list[tuple[Obj, int]], *, customer: str | None
) -> list[Redemption]:
    """The same for an order of these prices and quantities."""
    amount = sum(price["unit_amount"] * quantity for price, quantity in items)
    currency = items[0][0]["currency"]
    return redemptions(work, named, customer=customer, amount=amount, currency=currency)


def _redemption(work: Work, named: Obj, customer: str | None, *, param: str) -> Redemption:
    if len(named) != 1:
        raise invalid("You must specify exactly one of coupon or promotion_code.", param=param)
    if "coupon" in named:
        return redemption_of_coupon(work, named["coupon"], param=f"{param}[coupon]")
    code = work.refer("promotion_code", named["promotion_code"], param=f"{param}[promotion_code]")
    return redemption_of_code(work, code, customer, param=f"{param}[promotion_code]")


def set_discounts(work: Work, subscription: Obj, named: list[Obj]) -> None:
    """Let a subscription have these discounts and no others; `discount` keeps one it has."""
    kept = [each["discount"] for each in named if "discount" in each]
    strange = next((id for id in kept if id not in subscription["discounts"]), None)
    if strange:
        raise invalid(f"No such discount: '{strange}'", param="discounts", code="resource_missing")
    new = [each for each in named if "discount" not in each]
    items = subscription["items"]["data"]
    amount = sum(item["price"]["unit_amount"] * item["quantity"] for item in items)
    chosen = redemptions(
        work, new, customer=subscription["customer"], amount=amount, currency=subscription["currency"]
    )
    gone = [
        discount
        for discount in (work.find("discount", id) for id in subscription["discounts"] if id not in kept)
        if discount
    ]
    swapped = gone[0] if len(gone) == len(chosen) == 1 else None
    for discount in [] if swapped else gone:
        end_discount(work, discount)
    about = {"customer": subscription["customer"], "subscription": subscription["id"]}
    made = [redeem(work, each, instead_of=swapped, **about) for each in chosen]
    subscription["discounts"] = [*kept, *(discount["id"] for discount in made)]


def delete(work: Work, params: Obj, id: str) -> Obj:
    """Take the discounts off a subscription; what they lowered stays so."""
    subscription = work.get("subscription", id)
    found = [work.find("discount", each) for each in subscription["discounts"]]
    discounts = [each for each in found if each]
    if not discounts:
        raise ApiError(404, "No active discount for this subscription", code="resource_missing")
    for discount in discounts:
        end_discount(work, discount)
    work.save(subscription | {"discounts": []}, event="customer.subscription.updated")
    gone = {key: value for key, value in discounts[-1].items() if key != "end"}
    return gone | {"deleted": True}


OPERATIONS = (Operation("DELETE", "/v1/subscriptions/{subscription}/discount", delete),)
