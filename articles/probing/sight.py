"""Text as a reader could make it out, whatever it is wrapped in.

A passage may stand in a page with markup inside its sentences, as entities, as the string of a script, in an
attribute, in an address, in capitals or with soft hyphens. What all of these leave alone are the letters and
digits in their order, so these are compared, without case and accents.
"""

import re
from html import unescape
from unicodedata import normalize
from urllib.parse import unquote

NESTED = 3
"""How many wrappings are taken off: HTML as entities inside of XML, or inside of a JSON string."""

_SCRIPT_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|([nrtbf\"'/\\]))")
_FOOTNOTE_MARK = re.compile(r"<sup\b[^>]*>.{0,400}?</sup>|\[\^[^\]\s]{1,40}\]", re.DOTALL | re.IGNORECASE)
_LINK_TARGET = re.compile(r"\]\([^()\s]*\)")
_TAG = re.compile(r"<[^<>]*>")
_PLAIN_TAG = re.compile(r"</?[a-zA-Z][a-zA-Z0-9]*\s*/?>")
_NO_LETTER = re.compile(r"[\W_]+")


def key_of(text: str) -> str:
    """The letters and digits of a plain text."""
    return _NO_LETTER.sub("", normalize("NFKD", text).casefold())


def seen_in(page: str) -> str:
    """The letters and digits of a page: once as its text, and once with what stands inside its tags.

    The second finds what is in attributes and addresses. Marks of footnotes are taken out of the first, so
    that they do not stand in the middle of a sentence.
    """
    text = raw = page
    for _ in range(NESTED):
        text = unescape(_SCRIPT_ESCAPE.sub(_character, text))
        text = _TAG.sub("", _LINK_TARGET.sub("]", _FOOTNOTE_MARK.sub("", text)))
        raw = _PLAIN_TAG.sub("", unquote(unescape(_SCRIPT_ESCAPE.sub(_character, raw))))
    return f"{key_of(text)}\n{key_of(raw)}"


def _character(found: re.Match[str]) -> str:
    digits, sign = found.groups()
    if digits:
        return chr(int(digits, 16))
    return sign if sign in "\"'/\\" else " "
