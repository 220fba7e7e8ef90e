"""What a running subscription could become: the plans in its currency, and the seats of a group."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import date_format
from django.utils.timezone import localtime

from kit.money import format_money
from subscriptions.models import Plan, PlanPrice, Seat, Status, Subscription


@dataclass(frozen=True)
class Option:
    """A plan and its price in the subscription's currency, minor units for one seat.

    `floor` is what the plan costs today: the least, where readers choose their price.
    """

    plan: Plan
    price_id: str
    amount: int
    floor: int
    currency: str
    is_current: bool = False

    @property
    def price(self) -> str:
        return format_money(self.amount, self.currency)

    @property
    def least(self) -> str:
        return format_money(self.floor, self.currency)


def options_for(subscription: Subscription) -> list[Option]:
    """The plans its reader can have: first the present one, then the others in the publisher's order.

    The present one keeps the price it was sold at, whatever it costs today. A group stays a group: other
    plans have no seats to keep its people on.
    """
    plan = subscription.plan
    if plan is None:
        return []
    sold = PlanPrice.objects.filter(
        is_current=True, currency=subscription.currency, plan__is_for_groups=plan.is_for_groups
    )
    prices = list(sold.select_related("plan").order_by("plan__position", "plan__amount"))
    floor = next((row.amount for row in prices if row.plan == plan), subscription.amount)
    own = Option(
        plan, subscription.price_id, subscription.amount, floor, subscription.currency, is_current=True
    )
    others = (row for row in prices if row.plan != plan and row.plan.is_active)
    return [own, *(Option(row.plan, row.stripe_id, row.amount, row.amount, row.currency) for row in others)]


def seats_given(subscription: Subscription) -> int:
    """How many seats are taken or promised."""
    return Seat.objects.filter(group__subscription=subscription, returned_at__isnull=True).count()


def why_fixed(subscription: Subscription) -> str:
    """Why nothing about it can be changed just now, in a sentence for its reader; empty when it can."""
    if subscription.status in _FIXED:
        return _FIXED[Status(subscription.status)]
    if subscription.cancels_at:
        return f"It ends on {_day(subscription.cancels_at)}, as you wished. Resume it first, then change it."
    if subscription.pause_behavior:
        return "Payments are paused. It can be changed once they go on."
    if subscription.money_back_at or subscription.disputed_at:
        # A proration would credit time whose money has gone back already, or may.
        return (
            "The payment for the running period was given back or is disputed. It can be changed after that."
        )
    if subscription.plan is None:
        return "It is to a plan we do not know. Please write to us."
    return ""


_FIXED = {
    Status.PAST_DUE: "A payment is overdue. Pay it first, then change your plan.",
    Status.UNPAID: "An invoice is unpaid. Pay it first, then change your plan.",
    Status.INCOMPLETE: "Its first payment is not finished. Finish it first, or choose a plan again.",
    Status.PAUSED: "It is paused. Start it again first, then change your plan.",
    Status.INCOMPLETE_EXPIRED: "It never began. Choose a plan to subscribe.",
    Status.CANCELED: "It has ended. Choose a plan to subscribe again.",
}


def _day(moment: datetime) -> str:
    return date_format(localtime(moment).date(), "F j, Y")
