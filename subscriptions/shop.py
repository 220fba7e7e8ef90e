"""The shop window: what is on sale, for what price, on which terms, in words."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from django.conf import settings
from django.utils.formats import date_format
from django.utils.timezone import localtime

from accounts.models import User
from kit.money import format_money, money_as_text, sign_of
from subscriptions.models import Interval, Offer, Plan, PlanPrice
from subscriptions.offers import win_back_for
from subscriptions.queries import has_subscribed

EARLY_START = (
    "Let me read at once. I know that I can still withdraw within 14 days, and that what I have had by then "
    "may be charged."
)
"""What readers in the European Union agree to (Directive 2011/83/EU, articles 7(3) and 8(8))."""


@dataclass(frozen=True)
class Listing:
    """A plan in the window, at its price in one currency. `at` is the moment it is looked at.

    `saving` is empty or says what a year at once saves; `offer` is a reduction that applies by itself.
    """

    plan: Plan
    price: PlanPrice
    at: datetime
    has_trial: bool
    saving: str = ""
    offer: Offer | None = None

    @property
    def sign(self) -> str:
        return sign_of(self.price.currency)

    @property
    def least(self) -> str:
        """The least a reader can choose to pay: `$5`."""
        return format_money(self.price.amount, self.price.currency)

    @property
    def suggested(self) -> str:
        """What stands in the field of a price that its reader chooses."""
        own = self.price.currency == self.plan.currency
        amount = max(self.plan.suggested_amount or 0, self.price.amount) if own else self.price.amount
        return money_as_text(amount, self.price.currency)

    @property
    def asks_early_start(self) -> bool:
        return self.price.currency in settings.EARLY_START_CURRENCIES

    @property
    def trial_ends_on(self) -> str:
        return date_format(localtime(self.at + timedelta(days=self.plan.trial_days)).date(), "F j, Y")

    @property
    def terms(self) -> str:
        """The terms a reader agrees to by subscribing, complete and in plain words (rule L2)."""
        return " ".join(filter(None, (self._charge(), self._reduction(), self._tax(), CANCELLING)))

    @property
    def terms_mark(self) -> str:
        """Tells these terms from any others, so that nobody agrees to what they were not shown."""
        return sha256(self.terms.encode()).hexdigest()[:20]

    def _charge(self) -> str:
        sum_, every = self._sum(), self.plan.get_interval_display()
        if not self.has_trial:
            return f"You pay {sum_} today and every {every} after, until you cancel."
        end = self.trial_ends_on
        last = (
            f"Cancel before {end} and nothing is charged."
            if self.plan.trial_needs_card
            else "You need no card to begin; without one the trial simply ends, and nothing is charged."
        )
        return f"Free until {end}, then you pay {sum_} every {every}, until you cancel. {last}"

    def _sum(self) -> str:
        each = " for each seat" if self.plan.is_for_groups else ""
        if self.plan.is_open_amount:
            return f"the amount you choose, at least {self.least}{each},"
        return f"{self.least}{each}"

    def _reduction(self) -> str:
        return f"Your offer: {self.offer.reduction}." if self.offer else ""

    def _tax(self) -> str:
        if not settings.STRIPE_TAX:
            return ""
        return "Tax is included." if settings.PRICES_INCLUDE_TAX else "Tax is added where it is due."


CANCELLING = (
    "It renews by itself. You cancel online, on your account page, whenever you like, and read on until the "
    "time you paid for ends."
)


@dataclass(frozen=True)
class Window:
    """Everything on sale, in the publisher's order.

    `currency` is the one asked for, else that of all the prices, empty where they are in several.
    """

    readers: tuple[Listing, ...]
    groups: tuple[Listing, ...]
    currencies: tuple[str, ...]
    currency: str
    at: datetime


def shop_window(*, at: datetime, currency: str = "", user: User | None = None) -> Window:
    """What is on sale, each plan in `currency` where it is sold in it; the terms those of `user`."""
    current = PlanPrice.objects.filter(is_current=True, plan__is_active=True).select_related("plan")
    prices = list(current.order_by("plan__position", "plan__amount", "plan_id"))
    currencies = tuple(sorted({price.currency for price in prices}))
    chosen = _in_currency(prices, currency)
    was_here = user is not None and has_subscribed(user)
    listings = [
        Listing(price.plan, price, at, bool(price.plan.trial_days) and not was_here, _saving(price, chosen))
        for price in chosen
    ]
    if user is not None and was_here:
        listings = [_with_offer(listing, user) for listing in listings]
    return Window(
        readers=tuple(each for each in listings if not each.plan.is_for_groups),
        groups=tuple(each for each in listings if each.plan.is_for_groups),
        currencies=currencies,
        currency=currency if currency in currencies else _common(chosen),
        at=at,
    )


def listing_for(user: User, plan: Plan, *, currency: str, at: datetime) -> Listing | None:
    """A plan as this reader sees it in the window; None when it is not there in that currency."""
    window = shop_window(at=at, currency=currency, user=user)
    shown = {each.plan.pk: each for each in (*window.readers, *window.groups)}
    found = shown.get(plan.pk)
    return found if found and found.price.currency == currency else None


def _in_currency(prices: Iterable[PlanPrice], currency: str) -> list[PlanPrice]:
    """One price for each plan: the one in `currency`, or that in the plan's own."""
    found: dict[int, PlanPrice] = {}
    for price in prices:
        if price.currency == currency or (
            price.currency == price.plan.currency and price.plan_id not in found
        ):
            found[price.plan_id] = price
    return list(found.values())


def _common(prices: Iterable[PlanPrice]) -> str:
    found = {price.currency for price in prices}
    return found.pop() if len(found) == 1 else ""


def _saving(price: PlanPrice, others: Iterable[PlanPrice]) -> str:
    """What a year at once costs less than twelve months of the same: `You save $18 (17%)`."""
    monthly = [other.amount for other in others if _is_same_by_month(price, other)]
    if price.interval != Interval.YEAR or not monthly:
        return ""
    twelve = 12 * min(monthly)
    saved = twelve - price.amount
    if saved <= 0:
        return ""
    return f"{format_money(saved, price.currency)} less than twelve months ({100 * saved // twelve}%)"


def _is_same_by_month(price: PlanPrice, other: PlanPrice) -> bool:
    return (
        other.interval == Interval.MONTH and other.currency == price.currency and _kind(other) == _kind(price)
    )


def _kind(price: PlanPrice) -> tuple[bool, bool, bool]:
    return (price.plan.is_for_groups, price.plan.has_print, price.plan.is_open_amount)


def _with_offer(listing: Listing, user: User) -> Listing:
    offer = win_back_for(user, plan=listing.plan, currency=listing.price.currency, at=listing.at)
    return replace(listing, offer=offer)
