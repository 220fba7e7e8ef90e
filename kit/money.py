"""Money is an integer of minor units and a three-letter currency."""

# Stripe, "Zero-decimal currencies" and "Three-decimal currencies".
ZERO_DECIMAL = frozenset("bif clp djf gnf jpy kmf krw mga pyg rwf ugx vnd vuv xaf xof xpf".split())
THREE_DECIMAL = frozenset("bhd jod kwd omr tnd".split())
SIGNS = {"usd": "$", "eur": "€", "gbp": "£", "jpy": "¥"}


def decimals_of(currency: str) -> int:
    """How many digits stand after the point in `currency`."""
    code = currency.lower()
    if code in ZERO_DECIMAL:
        return 0
    return 3 if code in THREE_DECIMAL else 2


def format_money(amount: int, currency: str) -> str:
    """`1250, "usd"` → `$12.50`; whole amounts without the zeros; unknown signs as `CHF 12.50`."""
    places = decimals_of(currency)
    whole, rest = divmod(abs(amount), 10**places)
    number = f"{whole:,}" + (f".{rest:0{places}d}" if rest else "")
    sign = SIGNS.get(currency.lower(), f"{currency.upper()}\N{NO-BREAK SPACE}")
    return f"{'−' if amount < 0 else ''}{sign}{number}"
