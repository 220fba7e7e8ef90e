"""Two edits of one story brought together: what is common, what only one side changed, what has to be chosen.

Nothing is dropped unasked: a passage that both changed keeps both unless somebody chooses, and a short field
that both changed has no answer until somebody does. The other side's text is a revision and stays one.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from articles.markup.merge import CHOICES, Chunk, Kind, merge_bodies, merged
from editorial.content import Content
from editorial.typed import BODY, FIELDS, Typed, settled, typed_of

SIDES = ("mine", "theirs")


@dataclass(frozen=True)
class Line:
    """A field other than the text that the two sides have differently. `choice` is empty until chosen."""

    name: str
    base: list[str]
    mine: list[str]
    theirs: list[str]
    choice: str

    @property
    def is_conflict(self) -> bool:
        return self.base not in (self.mine, self.theirs)

    @property
    def result(self) -> list[str]:
        return self.mine if self.choice == "mine" else self.theirs


@dataclass(frozen=True)
class Passage:
    """A stretch of the text; `name` is set where there is something to choose."""

    chunk: Chunk
    name: str = ""
    choice: str = ""


@dataclass(frozen=True)
class Merge:
    """Both edits with what was chosen so far."""

    lines: tuple[Line, ...]
    passages: tuple[Passage, ...]
    common: Typed

    @property
    def open_lines(self) -> list[str]:
        """The fields that nobody has chosen a side for."""
        return [line.name for line in self.lines if not line.choice]

    @property
    def conflicts(self) -> int:
        return sum(line.is_conflict for line in self.lines) + sum(bool(each.name) for each in self.passages)

    @property
    def result(self) -> Typed:
        """The values of the merged form. A field still open has theirs."""
        choices = [passage.choice for passage in self.passages if passage.name]
        text = merged([passage.chunk for passage in self.passages], choices)
        return self.common | {line.name: line.result for line in self.lines} | {BODY: [text]}


def bring_together(base: Content, mine: Typed, theirs: Content, chosen: Mapping[str, str]) -> Merge:
    """`chosen` holds "mine", "theirs" or, for passages, "both", under the names of lines and passages.

    The name of a passage is made of its words, so that a choice holds when a third text comes between.
    What only one side changed is that side's, until somebody chooses otherwise.
    """
    before, other = settled(typed_of(base)), settled(typed_of(theirs))
    own = other | settled(mine)
    differing = [name for name in FIELDS if name != BODY and own[name] != other[name]]
    lines = tuple(_line(name, before[name], own[name], other[name], chosen) for name in differing)
    passages = _passages(before[BODY][0], own[BODY][0], other[BODY][0], chosen)
    return Merge(lines, passages, common=other)


def _line(name: str, base: list[str], mine: list[str], theirs: list[str], chosen: Mapping[str, str]) -> Line:
    changed = "mine" if theirs == base else "theirs" if mine == base else ""
    choice = chosen.get(f"line-{name}", "")
    return Line(name, base, mine, theirs, choice if choice in SIDES else changed)


def _passages(base: str, mine: str, theirs: str, chosen: Mapping[str, str]) -> tuple[Passage, ...]:
    seen: Counter[str] = Counter()
    passages: list[Passage] = []
    for chunk in merge_bodies(base, mine, theirs):
        if chunk.kind != Kind.CONFLICT:
            passages.append(Passage(chunk))
            continue
        digest = hashlib.sha256(f"{chunk.mine}\0{chunk.theirs}".encode()).hexdigest()[:16]
        seen[digest] += 1
        name = f"passage-{digest}-{seen[digest]}"
        choice = chosen.get(name, "")
        passages.append(Passage(chunk, name, choice if choice in CHOICES else "both"))
    return tuple(passages)
