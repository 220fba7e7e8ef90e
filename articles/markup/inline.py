"""Inline text brought into its one canonical form: spaces, marks and their order."""

import re
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final

from .document import CREDIT, FOOTNOTE, LINE_BREAK, MARK_ORDER, Inline, Mark, Run

Marks = frozenset[Mark]
Piece = tuple[str, Marks]
"""Words with single spaces between them, or one space or line break that has to be looked at."""

NBSP: Final = "\u00a0"
SPACES: Final = frozenset(" " + NBSP)
SET_APART: Final = frozenset({FOOTNOTE, CREDIT})

_WORD = f"[^ {NBSP}{LINE_BREAK}]+"
_PIECE = re.compile(f"{_WORD}(?: {_WORD})*|[ {NBSP}{LINE_BREAK}]")
_ASCII_SPACE = re.compile(r"[\t\n\f\r ]+")
# Control characters have no meaning in text; zero-width spaces and byte order marks come in by pasting.
_INVISIBLE = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\u200b\ufeff\ufffe\uffff]")


def pieces_of(source: str, marks: Marks) -> list[Piece]:
    """The words and spaces of a text node, white space collapsed as HTML does."""
    return _pieces(_ASCII_SPACE.sub(" ", _INVISIBLE.sub("", source)), marks)


def tidy(pieces: Iterable[Piece]) -> Inline:
    """Runs without needless spaces or line breaks; spaces at the edge of a mark stand outside it."""
    done: list[Piece] = []
    spaces: list[Piece] = []
    for piece, marks in pieces:
        if piece in SPACES:
            spaces.append((piece, marks))
        elif piece == LINE_BREAK:
            spaces.clear()
            if done and done[-1][0] != LINE_BREAK:
                done.append((piece, marks))
        else:
            done.extend(_space_between(done, spaces, marks))
            spaces.clear()
            done.append((piece, marks))
    while done and done[-1][0] == LINE_BREAK:
        done.pop()
    return _runs(done)


def join(parts: Sequence[Inline], separator: str) -> Inline:
    """One inline text out of several, with a space or a line break between them."""
    pieces: list[Piece] = []
    for part in parts:
        pieces.append((separator, frozenset()))
        for run in part:
            pieces.extend(_pieces(run.text, frozenset(run.marks)))
    return tidy(pieces)


def split_paragraphs(pieces: Sequence[Piece]) -> list[Inline]:
    """Two line breaks in a row are how many editors and mail programs write a new paragraph."""
    parts: list[list[Piece]] = [[]]
    breaks = 0
    for piece in pieces:
        if piece[0] == LINE_BREAK:
            breaks += 1
        elif piece[0] not in SPACES:
            if breaks > 1:
                parts.append([])
            breaks = 0
        parts[-1].append(piece)
    return [inline for part in parts if (inline := tidy(part))]


def add_mark(marks: Marks, mark: Mark) -> Marks:
    """A link inside a link, or a note inside a note, replaces it."""
    return frozenset(one for one in marks if one.tag != mark.tag) | {mark}


def _pieces(text: str, marks: Marks) -> list[Piece]:
    return [(piece, marks) for piece in _PIECE.findall(text)]


def _space_between(done: list[Piece], spaces: list[Piece], after: Marks) -> list[Piece]:
    if not spaces or not done or done[-1][0] == LINE_BREAK:
        return []
    shared = done[-1][1] & after
    inside = frozenset.intersection(*(marks for _, marks in spaces))
    if inside & SET_APART - shared:
        return []  # a note's own leading or trailing space is nobody's
    space = NBSP if [piece for piece, _ in spaces] == [NBSP] else " "
    return [(space, shared - SET_APART | shared & inside)]


def _runs(pieces: Sequence[Piece]) -> Inline:
    grouped = groupby(pieces, key=lambda piece: piece[1])
    return tuple(Run("".join(piece for piece, _ in group), _ordered(marks)) for marks, group in grouped)


def _ordered(marks: Marks) -> tuple[Mark, ...]:
    return tuple(sorted(marks, key=lambda mark: MARK_ORDER.index(mark.tag)))
