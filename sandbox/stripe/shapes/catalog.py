"""Products and prices."""

from sandbox.stripe.store import Obj


def product_shape(id: str, now: int, name: str) -> Obj:
    """Something that is sold."""
    return {
        "id": id,
        "object": "product",
        "active": True,
        "created": now,
        "default_price": None,
        "description": None,
        "images": [],
        "livemode": False,
        "marketing_features": [],
        "metadata": {},
        "name": name,
        "package_dimensions": None,
        "shippable": None,
        "statement_descriptor": None,
        "tax_code": None,
        "type": "service",
        "unit_label": None,
        "updated": now,
        "url": None,
    }


def price_shape(id: str, now: int, product: str, currency: str, unit_amount: int) -> Obj:
    """What a product costs, in minor units, once; `recurring_shape` makes it a subscription's price."""
    return {
        "id": id,
        "object": "price",
        "active": True,
        "billing_scheme": "per_unit",
        "created": now,
        "currency": currency,
        "custom_unit_amount": None,
        "livemode": False,
        "lookup_key": None,
        "metadata": {},
        "nickname": None,
        "product": product,
        "recurring": None,
        "tax_behavior": "unspecified",
        "tiers_mode": None,
        "transform_quantity": None,
        "type": "one_time",
        "unit_amount": unit_amount,
        "unit_amount_decimal": str(unit_amount),
    }


def recurring_shape(interval: str, interval_count: int) -> Obj:
    """How often a price is charged."""
    return {
        "interval": interval,
        "interval_count": interval_count,
        "meter": None,
        "trial_period_days": None,
        "usage_type": "licensed",
    }


def plan_shape(price: Obj) -> Obj:
    """The older form of a recurring price, which subscription items still carry."""
    same = (
        "id",
        "active",
        "billing_scheme",
        "created",
        "currency",
        "livemode",
        "metadata",
        "nickname",
        "product",
    )
    return {key: price[key] for key in same} | {
        "object": "plan",
        "amount": price["unit_amount"],
        "amount_decimal": price["unit_amount_decimal"],
        "interval": price["recurring"]["interval"],
        "interval_count": price["recurring"]["interval_count"],
        "meter": None,
        "tiers_mode": None,
        "transform_usage": None,
        "trial_period_days": None,
        "usage_type": "licensed",
    }


def tax_rate_shape(id: str, now: int, country: str, name: str, percent: float, *, inclusive: bool) -> Obj:
    """A percentage of tax in a country."""
    return {
        "id": id,
        "object": "tax_rate",
        "active": True,
        "country": country,
        "created": now,
        "description": None,
        "display_name": name,
        "effective_percentage": percent,
        "flat_amount": None,
        "inclusive": inclusive,
        "jurisdiction": country,
        "jurisdiction_level": "country",
        "livemode": False,
        "metadata": {},
        "percentage": percent,
        "rate_type": "percentage",
        "state": None,
        "tax_type": name.lower(),
    }
