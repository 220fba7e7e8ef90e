"""Plain-text wire copy read as a story."""

import datetime
import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from .dateline import Dateline, NoSuchDate, find_dateline
from .decode import Undecodable, decode
from .document import Block, Paragraph, Quote, Rule
from .inline import chars_of, tidy
from .quotations import is_left_open, read_quotation
from .sanitize import sanitize_body
from .sentences import goes_on
from .write import write

MAX_HEADLINE: Final = 200
MAX_PREAMBLE: Final = 40
"""A dateline further down than this many lines is not the opening of a story."""

LONG_QUOTATION: Final = 15
"""Words from which a quotation that is a paragraph of its own is set off, whatever stands around it."""

_LINE_END = re.compile(r"\r\n|[\r\n\u2028\u2029\v\f]")
_HTML = re.compile(r"\s*<(!doctype|html|head|body|\?xml|div|p|article|h1|meta)\b", re.IGNORECASE)
_NAVIGATION_LINES: Final = (
    r"(the )?executive intelligence review( news service)?( \(eir\))?",
    r"eir( news| daily)?( alert| wire| news)?( service)?",
    r"eirns( wire)?",
    r"(daily )?news ?wire",
    r"subscribe( to\b.*| now| today)?",
    r"sign up( for\b.*| now)?",
    r"(log ?[io]n|sign in)( to\b.*)?",
    r"register",
    r"home( page)?",
    r"menu",
    r"search",
    r"skip to( main)?( content| navigation)",
    r"share( this)?( article| story| page)?( on \w+)?",
    r"tweet",
    r"(print|e-?mail)( this)?( version| page| article| story)?",
    r"pdf( version)?( of this article)?",
    r"this (article|story|news item) appear.*",
    r"\[.*version.*\]",
    r"back to( the)? (top|home|index|contents|archive)( page)?",
    r"donate( now| today| to\b.*)?",
    r"archives?",
    r"contact( us)?",
    r"about( us)?",
    r"for immediate release",
    r"copyright (©|\(c\)|\d).*",
    r"©.*",
    r"(vol|no)\. ?\d.*",
)
_NAVIGATION = re.compile("|".join(_NAVIGATION_LINES), re.IGNORECASE)
_BYLINE = re.compile(r"(?i:by) ([A-Z][\w.'’-]*,?( and)? ?){2,7}")
_BARE_DATE = re.compile(r"(\w+day,? )?(\w+\.? \d{1,2}|\d{1,2} \w+\.?),? \d{4}")
_SEPARATED = re.compile(r"(?<=\S)\s*[|·•>»]\s*(?=\S)")
_BREAK = re.compile(r"([*#_=~•·–—-]\s*)+")
_ENDING = re.compile(
    r"(#\s*){2,}|-\s*30\s*-|–\s*30\s*–|ends?|\(ends?\)|subscribe to\b.*|back to top", re.IGNORECASE
)


@dataclass(frozen=True)
class WireStory:
    """A dispatch as read. ``fingerprint`` names the story by headline, date and source, not by its text."""

    headline: str
    place: str
    date: datetime.date
    source: str
    body: str
    fingerprint: str


class NotAStory(ValueError):
    """The file cannot be read as a story: where, why, and what to do about it."""

    def __init__(self, line: int, problem: str, remedy: str, *, name: str = "") -> None:
        self.line = line
        self.problem = problem
        self.remedy = remedy
        where = f"{name}, line {line}" if name else f"line {line}"
        super().__init__(f"{where}: {problem}. {remedy}.")


@dataclass(frozen=True)
class _Lines:
    """Lines in a row, with the number of the first."""

    number: int
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """The lines as one paragraph: copy is often wrapped by hand."""
        text = self.lines[0]
        for before, line in pairwise(self.lines):
            is_word = re.search(r"\w-$", before) and line[:1].islower()
            text += line if is_word or before.endswith("—") else f" {line}"
        return text


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
    start, dateline = _find_start(lines)
    headline = _headline(lines[:start], start + 1)
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


def _find_start(lines: Sequence[str]) -> tuple[int, Dateline]:
    """The index of the line the dateline begins on, and the dateline."""
    filled = [index for index, line in enumerate(lines) if line][:MAX_PREAMBLE]
    for find in (_dateline_in_line, _wrapped_dateline):
        for index in filled:
            if found := find(lines, index):
                return found
    example = "such as “July 3, 2017 (EIRNS)—”"
    last = filled[min(1, len(filled) - 1)] + 1
    raise NotAStory(
        last, "no paragraph opens with a dateline", f"Open the first paragraph with one, {example}"
    )


def _dateline_in_line(lines: Sequence[str], index: int) -> tuple[int, Dateline] | None:
    """A dateline on one line; its place may have begun, in capitals, on the line before."""
    dateline = _dateline(lines[index], index)
    if dateline and dateline.place and not dateline.place.split()[0].isupper() and index and lines[index - 1]:
        longer = _dateline(_joined(lines, index - 1), index)
        if longer and longer.place.split()[0].isupper():
            return index - 1, longer
    return (index, dateline) if dateline else None


def _wrapped_dateline(lines: Sequence[str], index: int) -> tuple[int, Dateline] | None:
    """A dateline that goes on over the end of a line; the line above it is the headline."""
    dateline = _dateline(_joined(lines, index), index)
    has_headline = any(line and not _is_navigation(line) for line in lines[:index])
    return (index, dateline) if dateline and has_headline else None


def _dateline(text: str, index: int) -> Dateline | None:
    try:
        return find_dateline(text)
    except NoSuchDate as error:
        raise NotAStory(index + 1, f"the date is wrong: {error}", "Correct the dateline") from None


def _joined(lines: Sequence[str], index: int) -> str:
    """The paragraph that begins on this line."""
    end = next((number for number in range(index, len(lines)) if not lines[number]), len(lines))
    return _Lines(index + 1, tuple(lines[index:end])).text


def _headline(lines: Sequence[str], dateline_line: int) -> str:
    """The last lines in a row above the dateline that are neither masthead nor navigation."""
    kept = ["" if _is_navigation(line) else line for line in lines]
    groups = _groups(kept, 1)
    if not groups:
        raise NotAStory(
            dateline_line, "there is no headline above the dateline", "Put the headline on a line of its own"
        )
    headline = _clean(groups[-1].text)
    if len(headline) > MAX_HEADLINE:
        problem = f"the headline is {len(headline)} characters long, over the {MAX_HEADLINE} that fit"
        raise NotAStory(groups[-1].number, problem, "Shorten it, or put a blank line after it")
    if not any(char.isalnum() for char in headline):
        raise NotAStory(
            groups[-1].number, "the headline has no words", "Put the headline on a line of its own"
        )
    return headline


def _is_navigation(line: str) -> bool:
    parts = _SEPARATED.split(line)
    is_furniture = any(pattern.fullmatch(line) for pattern in (_BYLINE, _BARE_DATE))
    return is_furniture or all(_NAVIGATION.fullmatch(part.strip()) for part in parts)


def _groups(lines: Sequence[str], first_number: int) -> list[_Lines]:
    """Paragraphs: lines between blank ones."""
    groups: list[_Lines] = []
    is_open = False
    for number, line in enumerate(lines, start=first_number):
        if line and is_open:
            groups[-1] = _Lines(groups[-1].number, (*groups[-1].lines, line))
        elif line:
            groups.append(_Lines(number, (line,)))
        is_open = bool(line)
    return groups


def _texts(lines: Sequence[str], number: int, dateline_length: int) -> list[str]:
    """The paragraphs of the story, without the dateline and what follows the end."""
    groups = _groups(lines, number)
    texts = [group.text for group in groups]
    first = groups[0].lines
    if len(groups) == 1 and len(first[0]) >= dateline_length and any(len(line) > 100 for line in first):
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
    return Paragraph(tidy(chars_of(text, frozenset())), is_runon)


def _clean(text: str) -> str:
    return "".join(run.text for run in tidy(chars_of(text, frozenset()))).replace("\u00a0", " ")


def _fingerprint(headline: str, dateline: Dateline) -> str:
    words = " ".join(re.findall(r"\w+", headline.casefold()))
    named = f"{words}|{dateline.date.isoformat()}|{dateline.source.casefold()}"
    return hashlib.sha256(named.encode()).hexdigest()
