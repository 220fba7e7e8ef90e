"""What a reader asks to buy, and what it comes to: checked before Stripe is asked for anything."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from kit.money import NotMoney, decimals_of, format_money, money_as_text, parse_money
from subscriptions.models import Offer, Plan, PlanPrice

MOST_AT_ONCE = 99_999_999
"""The most that Stripe charges at once, in minor units."""


class PlanNotOnSale(Exception):
    """The plan is off sale, not sold in this currency, or unknown to Stripe (`manage.py sync_plans`)."""


class OrderRefused(Exception):
    """What was asked for is not sold like that; the message tells the reader why."""


@dataclass(frozen=True)
class Order:
    """A plan, and how its reader wants it.

    `currency` is the plan's own when empty. `amount` is what the reader chose to pay for one seat, in minor
    units, for plans that leave it to them. `wall` and `return_path` say which wall and page led here.
    """

    plan: Plan
    currency: str = ""
    amount: int | None = None
    seats: int = 1
    offer: Offer | None = None
    group_name: str = ""
    return_path: str = ""
    wall: str = ""

    def as_query(self) -> str:
        """The order as the query of the plans page, which fills its forms from it."""
        chosen = {
            "plan": self.plan.key,
            "currency": self.currency,
            "amount": "" if self.amount is None else money_as_text(self.amount, self.currency_of_price),
            "seats": str(self.seats) if self.plan.is_for_groups else "",
            "group": self.group_name,
            "next": self.return_path,
            "wall": self.wall,
        }
        return urlencode({name: value for name, value in chosen.items() if value})

    @property
    def currency_of_price(self) -> str:
        return self.currency or self.plan.currency


@dataclass(frozen=True)
class Quote:
    """What an order comes to: `amount` for each of `seats`, in minor units.

    `price_id` is Stripe's price, empty for an amount of the reader's own.
    """

    price_id: str
    amount: int
    currency: str
    seats: int


def quote_of(order: Order) -> Quote:
    """The price of an order as it stands now.

    Raises:
        PlanNotOnSale, OrderRefused
    """
    price = _current_price(order)
    amount = _chosen_amount(order, price)
    seats = _chosen_seats(order)
    if amount * seats > MOST_AT_ONCE:
        most = format_money(MOST_AT_ONCE, price.currency)
        raise OrderRefused(f"That is more than can be paid at once: at most {most}.")
    own = amount != price.amount
    return Quote("" if own else price.stripe_id, amount, price.currency, seats)


def _current_price(order: Order) -> PlanPrice:
    wanted = order.plan.prices.filter(is_current=True, currency=order.currency_of_price).first()
    if wanted is None or not order.plan.is_active:
        raise PlanNotOnSale
    return wanted


def _chosen_amount(order: Order, price: PlanPrice) -> int:
    if not order.plan.is_open_amount or order.amount is None:
        return price.amount
    if order.amount < price.amount:
        raise OrderRefused(f"The least you can pay for {order.plan.name} is {price}.")
    if decimals_of(price.currency) == 3 and order.amount % 10:
        raise OrderRefused("Please leave out the last digit: Stripe charges two digits after the point.")
    return order.amount


def _chosen_seats(order: Order) -> int:
    plan = order.plan
    if not plan.is_for_groups:
        return 1
    if not plan.least_seats <= order.seats <= plan.most_seats:
        raise OrderRefused(f"{plan.name} is sold for {plan.least_seats} to {plan.most_seats} seats.")
    if not order.group_name.strip():
        raise OrderRefused("Please give the group a name: those you invite will see it.")
    return order.seats


def read_order(plan: Plan, typed: Mapping[str, str]) -> Order:
    """The order that a form or an address of the plans page asks for. Raises OrderRefused."""
    order = Order(
        plan=plan,
        currency=typed.get("currency", "").lower(),
        group_name=typed.get("group", ""),
        return_path=typed.get("next", ""),
        wall=typed.get("wall", ""),
    )
    amount, seats = typed.get("amount", "").strip(), typed.get("seats", "").strip()
    try:
        if plan.is_open_amount and amount:
            order = replace(order, amount=parse_money(amount, order.currency_of_price))
        return replace(order, seats=int(seats)) if plan.is_for_groups and seats else order
    except NotMoney as reason:
        raise OrderRefused(str(reason)) from reason
    except ValueError as error:
        raise OrderRefused("Please give the number of seats in digits.") from error
