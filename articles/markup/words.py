"""Texts as words, and what was changed between two of them."""

import re
from collections.abc import Callable, Hashable, Sequence
from difflib import SequenceMatcher
from itertools import takewhile
from typing import Final, Literal, TypeVar

T = TypeVar("T", bound=Hashable)

Change = tuple[Literal["equal", "replace", "delete", "insert"], int, int, int, int]
"""What happened to the elements from the first number to the second, and where it stands in the new text."""

_WORD: Final = r"\w+(?:['’\-]\w+)*"
_WORDS = re.compile(_WORD)
_TOKENS = re.compile(rf"{_WORD}|\W")


def words_in(text: str) -> list[str]:
    return _WORDS.findall(text)


def tokens_in(text: str) -> list[str]:
    """Its words, and every other character by itself: together the whole text."""
    return _TOKENS.findall(text)


def is_word(token: str) -> bool:
    """Whether the token is a word, and not a space or a sign."""
    return token[0].isalnum() or token[0] == "_"


def is_space(token: str) -> bool:
    return not is_word(token)


def changes(old: Sequence[T], new: Sequence[T], is_junk: Callable[[T], bool] | None = None) -> list[Change]:
    """How ``new`` came of ``old``, in order and without gaps.

    Elements that mean nothing by themselves (``is_junk``) count as kept only beside something that was kept,
    or at the very end. So no comma ties together sentences that have nothing else in common.
    """
    tail = _common_end(old, new, is_junk) if is_junk else 0
    i, j = len(old) - tail, len(new) - tail
    found: list[Change] = SequenceMatcher(is_junk, old[:i], new[:j], autojunk=False).get_opcodes()
    return [*found, ("equal", i, i + tail, j, j + tail)] if tail else found


def _common_end(old: Sequence[T], new: Sequence[T], is_junk: Callable[[T], bool]) -> int:
    pairs = zip(reversed(old), reversed(new), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1] and is_junk(pair[0]), pairs))
