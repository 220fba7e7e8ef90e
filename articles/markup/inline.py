"""Inline text brought into its one canonical form: spaces, marks and their order."""

import re
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final

from .document import CREDIT, FOOTNOTE, LINE_BREAK, MARK_ORDER, Inline, Mark, Run

Marks = frozenset[Mark]
Char = tuple[str, Marks]

NBSP: Final = "\u00a0"
SPACES: Final = frozenset(" " + NBSP)
SET_APART: Final = frozenset({FOOTNOTE, CREDIT})

_ASCII_SPACE = re.compile(r"[\t\n\f\r ]+")
# Control characters have no meaning in text; zero-width spaces and byte order marks come in by pasting.
_INVISIBLE = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\u200b\ufeff\ufffe\uffff]")


def chars_of(source: str, marks: Marks) -> list[Char]:
    """The characters of a text node, white space collapsed as HTML does."""
    text = _ASCII_SPACE.sub(" ", _INVISIBLE.sub("", source))
    return [(char, marks) for char in text]


def tidy(chars: Iterable[Char]) -> Inline:
    """Runs without needless spaces or line breaks; spaces at the edge of a mark stand outside it."""
    done: list[Char] = []
    spaces: list[Char] = []
    for char, marks in chars:
        if char in SPACES:
            spaces.append((char, marks))
        elif char == LINE_BREAK:
            spaces.clear()
            if done and done[-1][0] != LINE_BREAK:
                done.append((char, marks))
        else:
            done.extend(_space_between(done, spaces, marks))
            spaces.clear()
            done.append((char, marks))
    while done and done[-1][0] == LINE_BREAK:
        done.pop()
    return _runs(done)


def join(parts: Sequence[Inline], separator: str) -> Inline:
    """One inline text out of several, with a space or a line break between them."""
    chars: list[Char] = []
    for part in parts:
        chars.append((separator, frozenset()))
        chars.extend((char, frozenset(run.marks)) for run in part for char in run.text)
    return tidy(chars)


def split_paragraphs(chars: Sequence[Char]) -> list[Inline]:
    """Two line breaks in a row are how many editors and mail programs write a new paragraph."""
    parts: list[list[Char]] = [[]]
    breaks = 0
    for char in chars:
        if char[0] == LINE_BREAK:
            breaks += 1
        elif char[0] not in SPACES:
            if breaks > 1:
                parts.append([])
            breaks = 0
        parts[-1].append(char)
    return [inline for part in parts if (inline := tidy(part))]


def add_mark(marks: Marks, mark: Mark) -> Marks:
    """A link inside a link, or a note inside a note, replaces it."""
    return frozenset(one for one in marks if one.tag != mark.tag) | {mark}


def _space_between(done: list[Char], spaces: list[Char], after: Marks) -> list[Char]:
    if not spaces or not done or done[-1][0] == LINE_BREAK:
        return []
    shared = done[-1][1] & after
    inside = frozenset.intersection(*(marks for _, marks in spaces))
    if inside & SET_APART - shared:
        return []  # a note's own leading or trailing space is nobody's
    space = NBSP if [char for char, _ in spaces] == [NBSP] else " "
    return [(space, shared - SET_APART | shared & inside)]


def _runs(chars: Sequence[Char]) -> Inline:
    grouped = groupby(chars, key=lambda char: char[1])
    return tuple(Run("".join(char for char, _ in group), _ordered(marks)) for marks, group in grouped)


def _ordered(marks: Marks) -> tuple[Mark, ...]:
    return tuple(sorted(marks, key=lambda mark: MARK_ORDER.index(mark.tag)))
