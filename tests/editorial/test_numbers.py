"""Keys and revision numbers as they arrive."""

import pytest

from editorial.numbers import whole_number


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("17", 17), ("999999999", 999_999_999), ("٣", 3)])
def test_a_whole_number_is_read(text: str, number: int) -> None:
    assert whole_number(text) == number


@pytest.mark.parametrize("text", ["", " 1", "-1", "1.5", "²", "1e3", "none", "1000000000", "9" * 5000])
def test_what_no_row_could_have_is_none(text: str) -> None:
    assert whole_number(text) is None
