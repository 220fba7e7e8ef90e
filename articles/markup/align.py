"""Which part of an old text became which part of the new: blocks, list items, table rows."""

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from .document import Block, Blocks, Embed, Figure, Heading, Paragraph, Rule, Table
from .texts import words_of
from .words import changes

T = TypeVar("T", bound=Hashable)

ALIKE: Final = 0.4
"""The share of words two parts must have in common for the one to be the other, edited."""

MOST_PAIRS: Final = 10_000
"""Rewritten stretches with more possible pairs than this (100 parts by 100) are not looked through."""

Pair = tuple[T | None, T | None]
"""A part before and after: equal, edited, or with None for a part that was inserted or deleted."""


@dataclass(frozen=True)
class Sketch:
    """What a part is compared by. ``is_sure`` says that its kind alone tells what it is."""

    kind: str
    words: Counter[str]
    is_sure: bool = False


def align(old: Sequence[T], new: Sequence[T], sketch: Callable[[T], Sketch]) -> list[Pair[T]]:
    """Both sequences, whole and in order, what is equal or alike side by side.

    Between two such pairs, what was deleted comes before what was inserted. A part that was moved is deleted
    in one place and inserted in another; between a text and a rule that changed places, it is the rule.
    """
    pairs: list[Pair[T]] = []
    for tag, i1, i2, j1, j2 in changes(old, new, lambda part: not sketch(part).words):
        if tag == "equal":
            pairs.extend(zip(old[i1:i2], new[j1:j2], strict=True))
        else:
            edited = _pair_alike(old[i1:i2], new[j1:j2], sketch)
            pairs.extend(edited)
    return pairs


def sketch_block(block: Block) -> Sketch:
    match block:
        case Paragraph() | Heading():
            kind = "text"
        case Rule(is_paywall):
            kind = "paywall" if is_paywall else "rule"
        case _:
            kind = type(block).__name__
    return Sketch(kind, count_words((block,)), isinstance(block, Figure | Embed | Table))


def sketch_blocks(blocks: Blocks) -> Sketch:
    """Of a list item."""
    return Sketch("blocks", count_words(blocks))


def count_words(blocks: Blocks) -> Counter[str]:
    return Counter(words_of(blocks))


def likeness(one: Sketch, other: Sketch) -> float:
    """From 0, nothing in common, to 1, the same words."""
    if one.kind != other.kind:
        return 0.0
    total = one.words.total() + other.words.total()
    share = 2 * (one.words & other.words).total() / total if total else 1.0
    return max(share, ALIKE) if one.is_sure else share


def _pair_alike(old: Sequence[T], new: Sequence[T], sketch: Callable[[T], Sketch]) -> list[Pair[T]]:
    pairs: list[Pair[T]] = []
    i = j = 0
    for m, n in [*_best_pairs(list(map(sketch, old)), list(map(sketch, new))), (len(old), len(new))]:
        pairs.extend((part, None) for part in old[i:m])
        pairs.extend((None, part) for part in new[j:n])
        pairs.extend(zip(old[m : m + 1], new[n : n + 1], strict=True))
        i, j = m + 1, n + 1
    return pairs


def _best_pairs(old: Sequence[Sketch], new: Sequence[Sketch]) -> list[tuple[int, int]]:
    """The positions of the parts alike, both rising, with the highest likeness in sum."""
    if len(old) * len(new) > MOST_PAIRS:
        return []
    like = [[likeness(one, other) for other in new] for one in old]
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in reversed(range(len(old))):
        for j in reversed(range(len(new))):
            paired = like[i][j] + best[i + 1][j + 1] if like[i][j] >= ALIKE else 0.0
            best[i][j] = max(best[i + 1][j], best[i][j + 1], paired)
    return _trace(like, best)


def _trace(like: list[list[float]], best: list[list[float]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    i = j = 0
    while i < len(like) and j < len(like[i]):
        if best[i][j] == best[i + 1][j]:
            i += 1
        elif best[i][j] == best[i][j + 1]:
            j += 1
        else:
            found.append((i, j))
            i, j = i + 1, j + 1
    return found
