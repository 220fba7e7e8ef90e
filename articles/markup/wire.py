"""Plain-text wire copy read as a story."""

import datetime as dt
import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from .copy_lines import NotAStory, groups
from .dateline import Dateline
from .decode import Undecodable, decode
from .document import Block, Paragraph, Quote, Rule
from .inline import pieces_of, tidy
from .preamble import find_start, read_headline
from .quotations import is_left_open, read_quotation
from .sanitize import sanitize_body
from .sentences import goes_on
from .write import write

__all__ = ["NotAStory", "WireStory", "parse_wire"]

LONG_QUOTATION: Final = 15
"""Words from which a quotation that is a paragraph of its own is set off, whatever stands around it."""

_LINE_END = re.compile(r"\r\n|[\r\n\u2028\u2029\v\f]")
_HTML = re.compile(r"\s*<(!doctype|html|head|body|\?xml|div|p|article|h1|meta)\b", re.IGNORECASE)
_BREAK = re.compile(r"([*#_=~•·–—-]\s*)+")
_ENDING = re.compile(
    r"(#\s*){2,}|-\s*30\s*-|–\s*30\s*–|ends?|\(ends?\)|subscribe to\b.*|back to top", re.IGNORECASE
)


@dataclass(frozen=True)
class WireStory:
    """A dispatch as read. ``fingerprint`` names the story by headline, date and source, not by its text."""

    headline: str
    place: str
    date: dt.date
    source: str
    body: str
    fingerprint: str


def parse_wire(raw: bytes, *, name: str = "") -> WireStory:
    """Read one file of wire copy; ``name`` only serves the message of ``NotAStory``.

    Expects, after an optional masthead and navigation: a headline, then a paragraph opening with a
    dateline, then paragraphs separated by blank lines. A quotation that is a paragraph of its own becomes
    a display quote: being set off it needs no quotation marks, so the outer ones are dropped; those
    inside it, and all other marks and dashes, stay as written. Raises ``NotAStory``.
    """
    try:
        return _parse(_decoded(raw))
    except NotAStory as error:
        raise NotAStory(error.line, error.problem, error.remedy, name=name) from None


def _parse(text: str) -> WireStory:
    lines = [line.strip() for line in _LINE_END.split(text)]
    if not any(lines):
        raise NotAStory(1, "the file is empty", "Save the dispatch again and import that file")
    if _HTML.match(text):
        line = 1 + next(index for index, line in enumerate(lines) if line)
        raise NotAStory(line, "this is a web page, not text", "Copy the story's text into a plain text file")
    start, dateline = find_start(lines)
    headline = read_headline(lines[:start], start + 1)
    body = sanitize_body(write(_blocks(_texts(lines[start:], start + 1, dateline.length))))
    if not body:
        raise NotAStory(start + 1, "nothing follows the dateline", "Add the text of the story after it")
    return WireStory(
        headline, dateline.place, dateline.date, dateline.source, body, _fingerprint(headline, dateline)
    )


def _decoded(raw: bytes) -> str:
    try:
        return decode(raw)
    except Undecodable as error:
        raise NotAStory(
            error.line, "this is not a text file", "Save the dispatch as plain text (UTF-8)"
        ) from None


def _texts(lines: Sequence[str], number: int, dateline_length: int) -> list[str]:
    """The paragraphs of the story, without the dateline and what follows the end."""
    paragraphs = groups(lines, number)
    texts = [paragraph.text for paragraph in paragraphs]
    first = paragraphs[0].lines
    if len(paragraphs) == 1 and len(first[0]) >= dateline_length and any(len(line) > 100 for line in first):
        texts = list(first)  # copied from a page: every line is a paragraph
    while len(texts) > 1 and _ENDING.fullmatch(texts[-1]):
        texts.pop()
    return [text for text in (texts[0][dateline_length:], *texts[1:]) if text]


def _blocks(texts: Sequence[str]) -> Iterator[Block]:
    index = 0
    is_after_quote = False
    while index < len(texts):
        quoted = _display_quote(texts, index)
        if quoted:
            yield Quote(tuple(map(_paragraph, quoted)), is_display=True)
        elif _BREAK.fullmatch(texts[index]):
            yield Rule()
        else:
            paragraph = _paragraph(texts[index], is_runon=is_after_quote and goes_on(texts[index]))
            if paragraph.inline:
                yield paragraph
        is_after_quote = bool(quoted)
        index += len(quoted) or 1


def _display_quote(texts: Sequence[str], start: int) -> list[str]:
    """The paragraphs of the display quote that begins here, if one does, without its outer marks."""
    if start == 0 or is_left_open(texts[start - 1]):
        return []
    found: list[str] = []
    for text in texts[start:]:
        quotation = read_quotation(text)
        if quotation is None:
            return []
        found.append(quotation.text)
        if quotation.is_closed:
            return found if _is_set_off(found, texts, start) else []
    return []


def _is_set_off(found: Sequence[str], texts: Sequence[str], start: int) -> bool:
    """A quotation is set off when it is long, or when a sentence is interrupted for it."""
    end = start + len(found)
    before, after = texts[start - 1], texts[end] if end < len(texts) else ""
    is_interruption = before.endswith((",", ":")) or goes_on(after)
    return sum(len(text.split()) for text in found) >= LONG_QUOTATION or is_interruption


def _paragraph(text: str, *, is_runon: bool = False) -> Paragraph:
    return Paragraph(tidy(pieces_of(text, frozenset())), is_runon)


def _fingerprint(headline: str, dateline: Dateline) -> str:
    words = " ".join(re.findall(r"\w+", headline.casefold()))
    named = f"{words}|{dateline.date.isoformat()}|{dateline.source.casefold()}"
    return hashlib.sha256(named.encode()).hexdigest()
