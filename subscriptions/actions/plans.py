"""Keeping Stripe's products and prices equal to our plans."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from kit.money import format_money
from subscriptions.gateways import (
    PriceSnapshot,
    create_price,
    find_prices,
    retire_price,
    set_tax_behavior,
)
from subscriptions.models import Plan, PlanPrice


@dataclass(frozen=True)
class Wanted:
    """A price as the publisher wants it: `amount` in minor units; the lookup key tells it from all others."""

    plan: Plan
    lookup_key: str
    amount: int
    currency: str

    @property
    def facts(self) -> tuple[int, str, str]:
        return (self.amount, self.currency, self.plan.interval)


def sync_plans() -> Iterator[str]:
    """Match or create a Stripe price for each active plan and currency, by lookup key; yields what was done.

    A price in Stripe cannot change its amount: when the plan's has changed, a new price takes over the
    lookup key, the old one is retired, and those who have it keep it.
    """
    yield from _sync_prices(all_wanted())


def sync_plan(*, plan: Plan) -> list[str]:
    """The same for the prices of one plan."""
    return list(_sync_prices(prices_wanted(plan)))


def _sync_prices(wanted: list[Wanted]) -> Iterator[str]:
    found = find_prices([price.lookup_key for price in wanted]) if wanted else {}
    for price in wanted:
        yield _sync_price(price, found.get(price.lookup_key))
    yield from _withdraw_others(wanted)


def all_wanted() -> list[Wanted]:
    """Every price at which something is on sale."""
    return [price for plan in Plan.objects.filter(is_active=True) for price in prices_wanted(plan)]


def _withdraw_others(wanted: list[Wanted]) -> Iterator[str]:
    """Stop selling active plans in currencies that the publisher took away."""
    kept = {(price.plan.pk, price.currency) for price in wanted}
    plans = {price.plan.pk for price in wanted}
    for price in PlanPrice.objects.filter(is_current=True, plan__in=plans).select_related("plan"):
        if (price.plan_id, price.currency) not in kept:
            retire_price(price.stripe_id)
            price.is_current = False
            price.save(update_fields=("is_current",))
            yield f"{price.plan.key}: withdrew {price.stripe_id} ({price})"


def prices_wanted(plan: Plan) -> list[Wanted]:
    """The plan's own price first, then one for each further currency."""
    others = plan.currencies.exclude(currency=plan.currency)
    return [
        Wanted(plan, plan.key, plan.amount, plan.currency),
        *(Wanted(plan, f"{plan.key}-{row.currency}", row.amount, row.currency) for row in others),
    ]


def tax_behavior() -> str:
    """How Stripe Tax treats our prices, in Stripe's word; empty where it is not used."""
    if not settings.STRIPE_TAX:
        return ""
    return "inclusive" if settings.PRICES_INCLUDE_TAX else "exclusive"


def _sync_price(wanted: Wanted, price: PriceSnapshot | None) -> str:
    if price and _fits(price, wanted):
        verb = "matched"
    else:
        old, price = price, _create(wanted, in_place_of=price)
        verb = "created"
        if old:
            retire_price(old.id)
            verb = f"replaced {old.id} with"
    _keep(wanted, price)
    cost = format_money(wanted.amount, wanted.currency)
    return f"{wanted.lookup_key}: {verb} {price.id} ({cost} a {wanted.plan.interval})"


def _fits(price: PriceSnapshot, wanted: Wanted) -> bool:
    """Whether a price is the one wanted. How it is taxed can be set once, and never changed."""
    if (price.amount, price.currency, price.interval) != wanted.facts:
        return False
    behavior = tax_behavior()
    if behavior and price.tax_behavior == "unspecified":
        set_tax_behavior(price.id, behavior)
        return True
    return not behavior or price.tax_behavior == behavior


@transaction.atomic
def _keep(wanted: Wanted, price: PriceSnapshot) -> None:
    plan = wanted.plan
    plan.prices.filter(currency=wanted.currency).exclude(stripe_id=price.id).update(is_current=False)
    values = {
        "plan": plan,
        "currency": price.currency,
        "amount": price.amount,
        "interval": price.interval,
        "is_current": True,
    }
    PlanPrice.objects.update_or_create(stripe_id=price.id, defaults=values)
    if wanted.lookup_key == plan.key:
        plan.stripe_price_id, plan.stripe_product_id = price.id, price.product
        plan.save(update_fields=("stripe_price_id", "stripe_product_id"))


def _create(wanted: Wanted, *, in_place_of: PriceSnapshot | None) -> PriceSnapshot:
    return create_price(
        lookup_key=wanted.lookup_key,
        name=wanted.plan.name,
        amount=wanted.amount,
        currency=wanted.currency,
        interval=wanted.plan.interval,
        product=in_place_of.product if in_place_of else wanted.plan.stripe_product_id,
        tax_behavior=tax_behavior(),
        in_place_of=in_place_of.id if in_place_of else "",
    )
