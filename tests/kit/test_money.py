"""Money as readers see it (rule C5)."""

import pytest

from kit.money import format_money


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        (900, "usd", "$9"),
        (950, "usd", "$9.50"),
        (5, "usd", "$0.05"),
        (123456789, "eur", "€1,234,567.89"),
        (900, "jpy", "¥900"),
        (1250, "kwd", "KWD\N{NO-BREAK SPACE}1.250"),
        (1250, "chf", "CHF\N{NO-BREAK SPACE}12.50"),
        (-1250, "gbp", "−£12.50"),
        (0, "usd", "$0"),
    ],
)
def test_c5_minor_units_are_shown_by_currency(amount: int, currency: str, shown: str) -> None:
    assert format_money(amount, currency) == shown
