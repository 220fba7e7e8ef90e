"""Texts as words, and what was changed between two of them."""

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import takewhile
from typing import Final, Literal, TypeVar

T = TypeVar("T", bound=Hashable)

What = Literal["equal", "replace", "delete", "insert"]
Place = tuple[int, int]
"""Of one element, in the old text and in the new."""

Change = tuple[What, int, int, int, int]
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


def _is_never(element: object) -> bool:
    return False


def changes(old: Sequence[T], new: Sequence[T], is_junk: Callable[[T], bool] = _is_never) -> list[Change]:
    """How ``new`` came of ``old``, in order and without gaps.

    Elements that mean nothing by themselves (``is_junk``) count as kept only beside something that was kept,
    or at the very ends. So no comma ties together sentences that have nothing else in common.
    """
    found: list[Change] = []
    i = j = 0
    for start, new_start, size in _runs(_kept(old, new, is_junk), (len(old), len(new))):
        if i < start or j < new_start:
            found.append((_what(i < start, j < new_start), i, start, j, new_start))
        i, j = start + size, new_start + size
        if size:
            found.append(("equal", start, i, new_start, j))
    return found


def common_start(one: Sequence[T], other: Sequence[T]) -> int:
    """How many elements they have in common at the beginning."""
    pairs = zip(one, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _what(is_removed: bool, is_added: bool) -> What:
    return "replace" if is_removed and is_added else "delete" if is_removed else "insert"


def _runs(kept: Iterable[Place], end: Place) -> Iterator[tuple[int, int, int]]:
    """Places in a row as one, with their number; the last is an empty one at the end."""
    start, new_start, size = 0, 0, 0
    for i, j in kept:
        if (i, j) != (start + size, new_start + size):
            yield start, new_start, size
            start, new_start, size = i, j, 0
        size += 1
    yield start, new_start, size
    yield *end, 0


def _kept(old: Sequence[T], new: Sequence[T], is_junk: Callable[[T], bool]) -> Iterator[Place]:
    """The places of all that was kept: what means something, and what stands beside it as it did."""
    i = j = 0
    for m, n in (*_kept_words(old, new, is_junk), (len(old), len(new))):
        before, after = old[i:m], new[j:n]
        head = common_start(before, after)
        tail = common_start(before[head:][::-1], after[head:][::-1])
        yield from zip(range(i, i + head), range(j, j + head), strict=True)
        yield from zip(range(m - tail, m), range(n - tail, n), strict=True)
        if m < len(old):
            yield m, n
        i, j = m + 1, n + 1


def _kept_words(old: Sequence[T], new: Sequence[T], is_junk: Callable[[T], bool]) -> Iterator[Place]:
    old_at = [index for index, element in enumerate(old) if not is_junk(element)]
    new_at = [index for index, element in enumerate(new) if not is_junk(element)]
    words, new_words = [old[index] for index in old_at], [new[index] for index in new_at]
    for i, j, size in _blocks_in_common(words, new_words):
        yield from zip(old_at[i : i + size], new_at[j : j + size], strict=True)


def _blocks_in_common(old: Sequence[T], new: Sequence[T]) -> list[tuple[int, int, int]]:
    """What both begin and end with, and the longest runs between. So a single edit is found where it is."""
    head = common_start(old, new)
    before, after = old[head:], new[head:]
    tail = common_start(before[::-1], after[::-1])
    middle = SequenceMatcher(None, before[: len(before) - tail], after[: len(after) - tail], autojunk=False)
    between = [(head + i, head + j, size) for i, j, size in middle.get_matching_blocks()]
    return [(0, 0, head), *between, (len(old) - tail, len(new) - tail, tail)]
