"""The little that is known, and may be known, of the card that pays (PCI DSS; rule K1)."""

from calendar import monthrange
from datetime import date, datetime

from django.utils.timezone import localtime

from subscriptions.models import Subscription

BRANDS = {
    "amex": "American Express",
    "cartes_bancaires": "Cartes Bancaires",
    "diners": "Diners Club",
    "eftpos_au": "eftpos",
    "jcb": "JCB",
    "unionpay": "UnionPay",
}
"""Stripe's words for brands whose names are not just that word."""


def brand_in_words(brand: str) -> str:
    return BRANDS.get(brand, brand.capitalize() or "Card")


def card_in_words(subscription: Subscription) -> str:
    """`Visa ending in 4242`."""
    return f"{brand_in_words(subscription.card_brand)} ending in {subscription.card_last4}"


def good_through(subscription: Subscription) -> date | None:
    """The last day the card is good for: cards expire with their month. None when it is not known."""
    month, _, year = subscription.card_expires.partition("/")
    if not (month.isdigit() and year.isdigit()):
        return None
    return date(int(year), int(month), monthrange(int(year), int(month))[1])


def has_expired_by(subscription: Subscription, moment: datetime) -> bool:
    """Whether the card is known to be no good any more at `moment`."""
    last_day = good_through(subscription)
    return last_day is not None and last_day < localtime(moment).date()
