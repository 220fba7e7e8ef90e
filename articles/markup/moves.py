"""Where a passage of a text is after the text was edited."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Final

from .words import changes, common_start, is_space, tokens_in, words_in

SIMILAR: Final = 0.5
"""The share of its characters a rewritten stretch must keep at its ends, or it kept none."""


@dataclass(frozen=True)
class Stretch:
    """The characters ``start`` to ``end`` of the old text became ``new_start`` to ``new_end``.

    ``head`` and ``tail`` are how many at its beginning and its end stayed as they were.
    """

    start: int
    end: int
    new_start: int
    new_end: int
    head: int
    tail: int

    def move_start(self, position: int) -> int:
        """Where a passage begins that began here: behind what was changed, unless it had all of that."""
        if position - self.start <= self.head:
            return self.new_start + position - self.start
        return self.new_end - min(self.end - position, self.tail)

    def move_end(self, position: int) -> int:
        """Where a passage ends that ended here: before what was changed, unless it had all of that."""
        if self.end - position <= self.tail:
            return self.new_end - (self.end - position)
        return self.new_start + min(position - self.start, self.head)


@dataclass(frozen=True)
class Moves:
    """The alignment of two texts, word by word."""

    old_text: str
    new_text: str

    def move(self, start: int, end: int) -> tuple[int, int] | None:
        """Where the passage ``start`` to ``end`` of the old text is now; None if no word of it is left.

        What was put in or changed inside the passage belongs to it; what was put in at its edges does not,
        unless it completes a word. A passage replaced as a whole, as by a suggested edit, is what replaced
        it. One that lost an end shrinks to what is left. One whose whole line (paragraph) was moved is found
        there, if there is no other line like it. A passage without a character is nowhere.
        """
        if not 0 <= start < end <= len(self.old_text):
            return None
        moved = self._move_along(start, end)
        if moved and self.new_text[slice(*moved)] == self.old_text[start:end]:
            return moved
        return self._move_with_line(start, end) or moved

    def _move_along(self, start: int, end: int) -> tuple[int, int] | None:
        first = next(stretch for stretch in self.stretches if start < stretch.end)
        last = next(stretch for stretch in self.stretches if end <= stretch.end)
        new_start, new_end = first.move_start(start), last.move_end(end)
        passage, text = self.old_text[start:end], self.new_text[new_start:new_end]
        if not text or (words_in(passage) and not words_in(text)) or (passage.strip() and not text.strip()):
            return None
        before = 0 if passage[0].isspace() else len(text) - len(text.lstrip())
        after = 0 if passage[-1].isspace() else len(text) - len(text.rstrip())
        return new_start + before, new_end - after

    def _move_with_line(self, start: int, end: int) -> tuple[int, int] | None:
        before, after = f"\n{self.old_text}\n", f"\n{self.new_text}\n"
        first = before.rindex("\n", 0, start + 1)
        line = before[first : before.index("\n", end + 1) + 1]
        place = after.find(line)
        is_only_one = before.find(line) == before.rfind(line) and place == after.rfind(line) != -1
        return (place + start - first, place + end - first) if is_only_one else None

    @cached_property
    def stretches(self) -> tuple[Stretch, ...]:
        """All of the old text, in order."""
        old, new = tokens_in(self.old_text), tokens_in(self.new_text)
        starts, new_starts = _offsets(old), _offsets(new)
        return tuple(
            _stretch(self.old_text, self.new_text, starts[i1], starts[i2], new_starts[j1], new_starts[j2])
            for i1, i2, j1, j2 in _parts(old, new)
        )


def _parts(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """What became of what. Where as many words were replaced as put in, each became the one in its place."""
    for tag, i1, i2, j1, j2 in changes(old, new, is_space):
        before, after = old[i1:i2], new[j1:j2]
        if tag == "replace" and list(map(is_space, before)) == list(map(is_space, after)):
            yield from ((i1 + n, i1 + n + 1, j1 + n, j1 + n + 1) for n in range(i2 - i1))
        elif before:
            yield i1, i2, j1, j2


def _stretch(old_text: str, new_text: str, start: int, end: int, new_start: int, new_end: int) -> Stretch:
    old, new = old_text[start:end], new_text[new_start:new_end]
    head = common_start(old, new)
    tail = common_start(old[head:][::-1], new[head:][::-1])
    if head + tail < SIMILAR * max(len(old), len(new)):
        head = tail = 0
    return Stretch(start, end, new_start, new_end, head, tail)


def _offsets(tokens: Sequence[str]) -> list[int]:
    return list(accumulate(map(len, tokens), initial=0))
