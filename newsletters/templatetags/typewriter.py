"""Plain text set with care: lines that fit, headings underlined."""

import re
import textwrap

from django import template

register = template.Library()

LINE = 70
"""Characters; leaves room for the marks of a reply."""


@register.filter
def wrapped(text: str) -> str:
    """Lines of at most seventy characters; addresses are never broken."""
    return textwrap.fill(text, LINE, break_long_words=False, break_on_hyphens=False)


@register.filter
def underlined(text: str, sign: str = "-") -> str:
    """The heading, wrapped, with a line of `sign` as long as its longest line."""
    lines = textwrap.wrap(text, LINE, break_long_words=False)
    return "\n".join([*lines, sign * max(map(len, lines), default=0)])


@register.filter
def evened(text: str) -> str:
    """One blank line where templates left several."""
    return re.sub(r"\n(\s*\n)+", "\n\n", text)
