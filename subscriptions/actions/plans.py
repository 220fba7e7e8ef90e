"""Keeping Stripe's products and prices equal to our plans."""

from collections.abc import Iterator

from subscriptions.gateways import PriceSnapshot, create_price, find_prices, retire_price
from subscriptions.models import Plan


def sync_plans() -> Iterator[str]:
    """Match or create a Stripe price for each active plan, by lookup key; yields what was done.

    A price in Stripe cannot change its amount: when the plan's has changed, a new price takes over the
    lookup key, the old one is retired, and those who have it keep it.
    """
    plans = list(Plan.objects.filter(is_active=True))
    prices = find_prices([plan.key for plan in plans]) if plans else {}
    for plan in plans:
        yield _sync_plan(plan, prices.get(plan.key))


def _sync_plan(plan: Plan, price: PriceSnapshot | None) -> str:
    if price and (price.amount, price.currency, price.interval) == (
        plan.amount,
        plan.currency,
        plan.interval,
    ):
        verb = "matched"
    else:
        old, price = price, _create(plan, in_place_of=price)
        verb = "created"
        if old:
            retire_price(old.id)
            verb = f"replaced {old.id} with"
    if plan.stripe_price_id != price.id:
        plan.stripe_price_id = price.id
        plan.save(update_fields=("stripe_price_id",))
    return f"{plan.key}: {verb} {price.id} ({plan.price} a {plan.interval})"


def _create(plan: Plan, *, in_place_of: PriceSnapshot | None) -> PriceSnapshot:
    return create_price(
        lookup_key=plan.key,
        name=plan.name,
        amount=plan.amount,
        currency=plan.currency,
        interval=plan.interval,
        in_place_of=in_place_of,
    )
