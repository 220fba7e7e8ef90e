"""What the sample publication sells: plans, further currencies, offers; and an institution that reads."""

from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from typing import Any

from subscriptions.actions.offers import sync_offers
from subscriptions.actions.plans import sync_plans
from subscriptions.models import (
    Institution,
    InstitutionDomain,
    InstitutionNetwork,
    Offer,
    Plan,
    PlanCurrency,
)

PLANS: tuple[dict[str, Any], ...] = (
    {
        "key": "digital-monthly",
        "name": "Digital, monthly",
        "description": "Every story in full, and the weekly digest.",
        "amount": 900,
        "interval": "month",
        "is_giftable": True,
    },
    {
        "key": "digital-yearly",
        "name": "Digital, yearly",
        "description": "The same for twelve months: two of them free.",
        "amount": 9000,
        "interval": "year",
        "trial_days": 14,
        "is_giftable": True,
    },
    {
        "key": "print-yearly",
        "name": "Print and digital",
        "description": "The weekly on paper as well, in your letter box on Saturday.",
        "amount": 18000,
        "interval": "year",
        "has_print": True,
    },
    {
        "key": "founding-monthly",
        "name": "Founding reader",
        "description": "For readers who want to pay for a little more reporting than they read.",
        "amount": 500,
        "suggested_amount": 1500,
        "interval": "month",
        "is_open_amount": True,
    },
    {
        "key": "group-yearly",
        "name": "Schools and offices",
        "description": "Give seats to those you work or learn with, and take them back when they leave.",
        "amount": 6000,
        "interval": "year",
        "is_for_groups": True,
        "least_seats": 3,
        "most_seats": 200,
    },
)
IN_EUROS = {"digital-monthly": 850, "digital-yearly": 8500}
OFFERS: tuple[dict[str, Any], ...] = (
    {"name": "Harbour welcome", "kind": Offer.Kind.CODE, "code": "HARBOUR20", "percent_off": 20},
    {
        "name": "Stay a while",
        "kind": Offer.Kind.RETENTION,
        "percent_off": 50,
        "duration": Offer.Duration.REPEATING,
        "months": 3,
    },
    {"name": "Welcome back", "kind": Offer.Kind.WIN_BACK, "percent_off": 30},
)
LIBRARY = "Saldane City Library"
NETWORKS, DOMAIN = ("198.51.100.0/24", "2001:db8:5a1d::/48"), "saldane-library.example"


def load_shop(*, at: datetime) -> Iterator[str]:
    """Put everything on sale, here and in Stripe; yields what was done. Safe to repeat."""
    for position, values in enumerate(PLANS):
        plan, _ = Plan.objects.get_or_create(key=values["key"], defaults={**values, "position": position})
        if plan.key in IN_EUROS:
            price = {"amount": IN_EUROS[plan.key]}
            PlanCurrency.objects.get_or_create(plan=plan, currency="eur", defaults=price)
    for values in OFFERS:
        Offer.objects.get_or_create(name=values["name"], defaults=values)
    _load_library(at)
    yield from chain(sync_plans(), sync_offers(at=at))


def _load_library(at: datetime) -> None:
    library, is_new = Institution.objects.get_or_create(name=LIBRARY, defaults={"starts_at": at})
    if is_new:
        InstitutionDomain.objects.create(institution=library, domain=DOMAIN)
        for cidr in NETWORKS:
            InstitutionNetwork.objects.create(institution=library, cidr=cidr)
