"""Amounts as people read them. Amounts are integer minor units (docs.stripe.com/currencies)."""

from sandbox.stripe.store import Obj

ZERO_DECIMAL = frozenset(
    [
        "bif",
        "clp",
        "djf",
        "gnf",
        "jpy",
        "kmf",
        "krw",
        "mga",
        "pyg",
        "rwf",
        "ugx",
        "vnd",
        "vuv",
        "xaf",
        "xof",
        "xpf",
    ]
)
SIGNS = {"usd": "$", "eur": "€", "gbp": "£", "jpy": "¥"}


def money(amount: int, currency: str) -> str:
    """For instance `€9.00`, `-$4.50`, `CHF 12.00`, `¥900`."""
    value = f"{abs(amount):,}" if currency in ZERO_DECIMAL else f"{abs(amount) / 100:,.2f}"
    sign = SIGNS.get(currency, currency.upper() + "\N{NO-BREAK SPACE}")
    return f"{'-' if amount < 0 else ''}{sign}{value}"


SMALLEST = {"chf": 50, "dkk": 250, "gbp": 30, "jpy": 50, "nok": 300, "sek": 300}
"""The least that can be charged, where it is not 50 (docs.stripe.com/currencies)."""


def smallest_charge(currency: str) -> int:
    """The least that a card can be charged, in minor units."""
    return SMALLEST.get(currency, 50)


def share(amount: int, part: int, whole: int) -> int:
    """`part` of `whole` of an amount. Halves go away from zero, so that credits mirror debits."""
    rounded = (2 * abs(amount) * part + whole) // (2 * whole) if whole else 0
    return rounded if amount >= 0 else -rounded


def rhythm(recurring: Obj) -> str:
    """For instance `month`, `3 months`."""
    count = recurring["interval_count"]
    return str(recurring["interval"]) if count == 1 else f"{count} {recurring['interval']}s"


def price_text(price: Obj) -> str:
    """For instance `€9.00 / month`."""
    amount = money(price["unit_amount"], price["currency"])
    return f"{amount} / {rhythm(price['recurring'])}" if price["recurring"] else amount
