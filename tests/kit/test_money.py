"""Money as readers see it (rule C5)."""

import pytest

from kit.money import NotMoney, decimals_of, format_money, money_as_text, parse_money


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


@pytest.mark.parametrize(
    ("typed", "currency", "amount"),
    [
        ("12", "usd", 1200),
        ("12.5", "usd", 1250),
        (" 12,50 ", "eur", 1250),
        ("$12.50", "usd", 1250),
        ("CHF 12.50", "chf", 1250),
        ("1200", "jpy", 1200),
        ("1.250", "kwd", 1250),
        ("500", "isk", 50000),
    ],
)
def test_c5_what_someone_types_becomes_minor_units(typed: str, currency: str, amount: int) -> None:
    assert parse_money(typed, currency) == amount
    assert parse_money(money_as_text(amount, currency), currency) == amount


@pytest.mark.parametrize(
    ("typed", "currency"),
    [
        *((typed, "usd") for typed in ("", "twelve", "-1", "1.234", "1e3", "1,000.00", "9" * 12)),
        ("1.5", "jpy"),
        ("9.5", "isk"),
    ],
)
def test_c5_what_is_no_amount_is_refused(typed: str, currency: str) -> None:
    with pytest.raises(NotMoney, match="such as"):
        parse_money(typed, currency)


def test_c5_currencies_without_decimals_that_stripe_counts_in_hundredths() -> None:
    assert [decimals_of(currency) for currency in ("ugx", "isk", "jpy", "usd", "bhd")] == [2, 2, 0, 2, 3]
