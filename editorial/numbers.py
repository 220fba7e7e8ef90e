"""Keys and revision numbers as forms and addresses bring them, where anything may stand."""

MOST_DIGITS = 9
"""What has no more fits every column of whole numbers."""


def whole_number(text: str) -> int | None:
    """The number, if it is one that a row or a revision could have."""
    return int(text) if text.isdecimal() and len(text) <= MOST_DIGITS else None
