"""Quotations that stand as paragraphs of their own: where one opens, and where it closes."""

import re
from dataclasses import dataclass
from typing import Final

_DOUBLE: Final = ('“"„‟«', '”"“»')
_SINGLE: Final = ("‘'", "’'")
_TAIL = re.compile(r"[.,;:!?…]*$")


@dataclass(frozen=True)
class Quotation:
    """A paragraph that opens with a quotation mark. ``text`` is what stands between the outer marks."""

    text: str
    is_closed: bool


def read_quotation(paragraph: str) -> Quotation | None:
    """The quotation that a paragraph is from its first to its last character, closed or still open.

    ``None`` for a paragraph that does not open with a mark or that goes on in the reporter's own words.
    """
    marks = next((marks for marks in (_DOUBLE, _SINGLE) if paragraph[:1] and paragraph[0] in marks[0]), None)
    if marks is None:
        return None
    end = closing_mark(paragraph, marks)
    if end is None:
        return Quotation(paragraph[1:].strip(), is_closed=False)
    tail = paragraph[end + 1 :].strip()
    if _TAIL.fullmatch(tail) is None:
        return None
    return Quotation((paragraph[1:end] + tail).strip(), is_closed=True)


def is_left_open(paragraph: str) -> bool:
    """Whether a quotation opens somewhere in the paragraph and goes on after it."""
    opened = [index for index, char in enumerate(paragraph) if char in '“"' and _opens(paragraph, index)]
    return bool(opened) and closing_mark(paragraph[opened[-1] :], _DOUBLE) is None


def closing_mark(text: str, marks: tuple[str, str]) -> int | None:
    """Where the quotation that opens with the first character closes, quotations inside it skipped."""
    depth = 0
    for index, char in enumerate(text):
        if char in marks[0] and (index == 0 or _opens(text, index)):
            depth += 1
        elif char in marks[1] and _closes(text, index):
            depth -= 1
            if depth == 0:
                return index
    return None


def _opens(text: str, index: int) -> bool:
    """Curly marks open by their shape, straight ones by standing before a word and after none."""
    if text[index] in "“‘«„‟":
        return not (text[index] == "“" and _is_german_close(text, index))
    before, after = text[index - 1 : index], text[index + 1 : index + 2]
    return (not before or before.isspace() or before in "([—–-/‘“'") and bool(after) and not after.isspace()


def _is_german_close(text: str, index: int) -> bool:
    return "„" in text[:index]


def _closes(text: str, index: int) -> bool:
    """An apostrophe inside a word closes nothing."""
    if text[index] in "”»" or text[index] == "“":
        return text[index] != "“" or _is_german_close(text, index)
    after = text[index + 1 : index + 2]
    return not after.isalnum()
