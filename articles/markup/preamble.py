"""What stands above the text of a dispatch: masthead, navigation, headline, and the dateline that ends it."""

import re
from collections.abc import Sequence
from typing import Final

from .copy_lines import NotAStory, groups, joined
from .dateline import Dateline, NoSuchDate, find_dateline
from .inline import pieces_of, tidy

MAX_HEADLINE: Final = 200
MAX_PREAMBLE: Final = 40
"""A dateline further down than this many lines is not the opening of a story."""

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


def find_start(lines: Sequence[str]) -> tuple[int, Dateline]:
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
        longer = _dateline(joined(lines, index - 1), index)
        if longer and longer.place.split()[0].isupper():
            return index - 1, longer
    return (index, dateline) if dateline else None


def _wrapped_dateline(lines: Sequence[str], index: int) -> tuple[int, Dateline] | None:
    """A dateline that goes on over the end of a line; the line above it is the headline."""
    dateline = _dateline(joined(lines, index), index)
    has_headline = any(line and not _is_navigation(line) for line in lines[:index])
    return (index, dateline) if dateline and has_headline else None


def _dateline(text: str, index: int) -> Dateline | None:
    try:
        return find_dateline(text)
    except NoSuchDate as error:
        raise NotAStory(index + 1, f"the date is wrong: {error}", "Correct the dateline") from None


def read_headline(lines: Sequence[str], dateline_line: int) -> str:
    """The last lines in a row above the dateline that are neither masthead nor navigation."""
    kept = ["" if _is_navigation(line) else line for line in lines]
    found = groups(kept, 1)
    if not found:
        raise NotAStory(
            dateline_line, "there is no headline above the dateline", "Put the headline on a line of its own"
        )
    headline = _clean(found[-1].text)
    if len(headline) > MAX_HEADLINE:
        problem = f"the headline is {len(headline)} characters long, over the {MAX_HEADLINE} that fit"
        raise NotAStory(found[-1].number, problem, "Shorten it, or put a blank line after it")
    if not any(char.isalnum() for char in headline):
        raise NotAStory(
            found[-1].number, "the headline has no words", "Put the headline on a line of its own"
        )
    return headline


def _is_navigation(line: str) -> bool:
    parts = _SEPARATED.split(line)
    is_furniture = any(pattern.fullmatch(line) for pattern in (_BYLINE, _BARE_DATE))
    return is_furniture or all(_NAVIGATION.fullmatch(part.strip()) for part in parts)


def _clean(text: str) -> str:
    return "".join(run.text for run in tidy(pieces_of(text, frozenset()))).replace("\u00a0", " ")
