"""Money is an integer of minor units and a three-letter currency."""

import re
from decimal import Decimal

# Stripe, "Supported currencies": zero-decimal and three-decimal ones, and its special cases, which have no
# decimals any more but are still counted in hundredths.
ZERO_DECIMAL = frozenset("bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf".split())
THREE_DECIMAL = frozenset("bhd jod kwd omr tnd".split())
WHOLE_ONLY = frozenset(("isk", "ugx"))
SIGNS = {
    "usd": "$",
    "eur": "€",
    "gbp": "£",
    "jpy": "¥",
    "aud": "A$",
    "brl": "R$",
    "cad": "CA$",
    "hkd": "HK$",
    "ils": "₪",
    "inr": "₹",
    "krw": "₩",
    "mxn": "MX$",
    "nzd": "NZ$",
    "php": "₱",
    "sgd": "S$",
    "twd": "NT$",
    "vnd": "₫",
}
TYPED = re.compile(r"\d{1,9}(?:[.,]\d{1,3})?")


class NotMoney(ValueError):
    """Text that is no amount in its currency; the message says what one looks like."""


def decimals_of(currency: str) -> int:
    """How many digits stand after the point in `currency`."""
    code = currency.lower()
    if code in ZERO_DECIMAL:
        return 0
    return 3 if code in THREE_DECIMAL else 2


def sign_of(currency: str) -> str:
    """What stands before an amount: `$`, or the code and a space that does not break."""
    return SIGNS.get(currency.lower(), f"{currency.upper()}\N{NO-BREAK SPACE}")


def format_money(amount: int, currency: str) -> str:
    """`1250, "usd"` → `$12.50`; whole amounts without the zeros; unknown signs as `CHF 12.50`."""
    places = decimals_of(currency)
    whole, rest = divmod(abs(amount), 10**places)
    number = f"{whole:,}" + (f".{rest:0{places}d}" if rest else "")
    return f"{'−' if amount < 0 else ''}{sign_of(currency)}{number}"


def money_as_text(amount: int, currency: str) -> str:
    """The amount as one types it, which `parse_money` reads: `12.50`, `12`."""
    places = decimals_of(currency)
    whole, rest = divmod(amount, 10**places)
    return f"{whole}.{rest:0{places}d}" if rest else f"{whole}"


def parse_money(text: str, currency: str) -> int:
    """What someone typed, with a point or a comma, in minor units. Raises NotMoney."""
    places = decimals_of(currency)
    step = 100 if currency.lower() in WHOLE_ONLY else 1
    typed = text.strip().replace("\N{NO-BREAK SPACE}", "").removeprefix(sign_of(currency).strip()).strip()
    if TYPED.fullmatch(typed):
        amount = Decimal(typed.replace(",", ".")) * 10**places
        if amount % step == 0:
            return int(amount)
    example = money_as_text(12 * 10**places + (0 if step > 1 else 10**places // 2), currency)
    raise NotMoney(f"Please write an amount such as {example}.")
