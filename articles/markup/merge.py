"""Two edits of one text brought together, paragraph by paragraph."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from .align import Pair, align, count_words, sketch_block
from .document import Block, Blocks
from .read import read
from .sanitize import sanitize_body
from .words import changes
from .write import write

CHOICES: Final = ("mine", "theirs", "both")

BELONGS: Final = 0.5
"""The share of a new block's words that make it a part split off the block beside it."""


class Kind(StrEnum):
    SAME = "same"
    MINE = "mine"
    THEIRS = "theirs"
    BOTH = "both"
    """Both made the same change."""
    CONFLICT = "conflict"


@dataclass(frozen=True)
class Chunk:
    """A stretch of the text in its three forms: stored markup, or plain text where a line was merged.

    A form is empty where that text has nothing there. The chunks of a text, put together, are its three forms
    whole: no word is in none of them.
    """

    kind: Kind
    base: str
    mine: str
    theirs: str

    def result(self, choice: str = "") -> str:
        """What stands here in the merged text; ``choice`` matters to a conflict only."""
        if self.kind != Kind.CONFLICT:
            return self.theirs if self.kind == Kind.THEIRS else self.mine
        if choice not in CHOICES:
            raise ValueError(f"A conflict is settled by one of {CHOICES}, not by {choice!r}.")
        return {"mine": self.mine, "theirs": self.theirs, "both": self.mine + self.theirs}[choice]


@dataclass(frozen=True)
class Edit:
    """The blocks ``start`` to ``end`` of the base became ``blocks``."""

    start: int
    end: int
    blocks: Blocks


@dataclass
class Cluster:
    """Edits of either side that touch the same blocks of the base, or insert at the same place."""

    start: int
    end: int
    mine: list[Edit] = field(default_factory=list)
    theirs: list[Edit] = field(default_factory=list)

    def touches(self, edit: Edit) -> bool:
        """For edits in the order of their places."""
        return edit.start < self.end or (edit.start, edit.end) == (self.start, self.end)

    def applied(self, base: Blocks, edits: Sequence[Edit]) -> Blocks:
        """These blocks of the base as one side has them."""
        blocks: list[Block] = []
        done = self.start
        for edit in edits:
            blocks.extend((*base[done : edit.start], *edit.blocks))
            done = edit.end
        return (*blocks, *base[done : self.end])


def merge_bodies(base: str, mine: str, theirs: str) -> tuple[Chunk, ...]:
    """The chunks of three stored texts, one for each block or stretch of blocks edited together.

    A block that only one side edited, deleted or inserted is that side's. A block that both changed, each in
    its own way, is a conflict; so are different blocks inserted at the same place, and an edit of a block
    that the other deleted. Neighbouring blocks edited by different sides are no conflict. A list or table is
    one block. A block moved by one and edited by the other is a conflict where it was.
    """
    before = read(base)
    chunks: list[Chunk] = []
    done = 0
    for cluster in _clusters(_edits(before, read(mine)), _edits(before, read(theirs))):
        chunks.extend(_chunk((block,), (block,), (block,)) for block in before[done : cluster.start])
        chunks.extend(_merge_cluster(before, cluster))
        done = cluster.end
    chunks.extend(_chunk((block,), (block,), (block,)) for block in before[done:])
    return tuple(chunks)


def merge_line(base: str, mine: str, theirs: str) -> Chunk:
    """The same for plain text, such as a headline. "both" makes no sense there: choose one side."""
    return Chunk(_kind(base, mine, theirs), base, mine, theirs)


def has_conflict(chunks: Sequence[Chunk]) -> bool:
    return any(chunk.kind == Kind.CONFLICT for chunk in chunks)


def merged(chunks: Sequence[Chunk], choices: Sequence[str] = ()) -> str:
    """The text in its stored form: the changes of both sides, and for each conflict in order a choice.

    A choice is "mine", "theirs" or "both" (mine, then theirs). Raises ValueError for any other, and when
    there are more or fewer choices than conflicts.

    Where both sides put a paywall divider, the first one stands, as everywhere: what either side withheld
    stays withheld.
    """
    conflicts = [chunk for chunk in chunks if chunk.kind == Kind.CONFLICT]
    if len(conflicts) != len(choices):
        raise ValueError(f"There are {len(conflicts)} conflicts and {len(choices)} choices.")
    left = iter(choices)
    parts = (chunk.result(next(left) if chunk.kind == Kind.CONFLICT else "") for chunk in chunks)
    return sanitize_body("".join(parts))


def _edits(base: Blocks, new: Blocks) -> list[Edit]:
    """What one side did, in order. No two edits share a block of the base."""
    edits: list[Edit] = []
    position = 0
    pairs = align(base, new, sketch_block)
    for group in _groups(pairs):
        start = position
        position += sum(old is not None for old, _ in group)
        blocks = tuple(block for _, block in group if block is not None)
        if not blocks:
            edits.extend(Edit(index, index + 1, ()) for index in range(start, position))
        elif blocks != base[start:position]:
            edits.append(Edit(start, position, blocks))
    return edits


def _groups(pairs: Sequence[Pair[Block]]) -> Iterator[list[Pair[Block]]]:
    """Pairs that are one edit: unpaired blocks in a row, a block and what was split off or joined to it."""
    group: list[Pair[Block]] = []
    for pair in pairs:
        if group and not _is_one_edit(group[-1], pair):
            yield group
            group = []
        group.append(pair)
    if group:
        yield group


def _is_one_edit(one: Pair[Block], other: Pair[Block]) -> bool:
    if None not in one and None not in other:
        return False
    if None in one and None in other:
        return True
    whole, part = (one, other) if None in other else (other, one)
    return _belongs(*whole, *part)


def _belongs(old: Block | None, new: Block | None, gone: Block | None, come: Block | None) -> bool:
    """Whether the unpaired block got its words from the pair beside it (split) or left them it (joined)."""
    assert old is not None
    assert new is not None
    before, after = count_words((old,)), count_words((new,))
    moved = before - after if come is not None else after - before
    words = count_words((come,) if come is not None else (gone,) if gone is not None else ())
    return (words & moved).total() > BELONGS * words.total()


def _clusters(mine: Sequence[Edit], theirs: Sequence[Edit]) -> list[Cluster]:
    """The edits of both sides, in order, those together that touch the same place."""
    clusters: list[Cluster] = []
    sides = [(edit, True) for edit in mine] + [(edit, False) for edit in theirs]
    for edit, is_mine in sorted(sides, key=lambda side: (side[0].start, side[0].end)):
        if not clusters or not clusters[-1].touches(edit):
            clusters.append(Cluster(edit.start, edit.end))
        clusters[-1].end = max(clusters[-1].end, edit.end)
        (clusters[-1].mine if is_mine else clusters[-1].theirs).append(edit)
    return clusters


def _merge_cluster(base: Blocks, cluster: Cluster) -> list[Chunk]:
    before = base[cluster.start : cluster.end]
    mine, theirs = cluster.applied(base, cluster.mine), cluster.applied(base, cluster.theirs)
    if before:
        return [_chunk(before, mine, theirs)]
    opcodes = changes(mine, theirs)  # both inserted here: what they have in common is no conflict
    return [_chunk((), mine[i1:i2], theirs[j1:j2]) for _, i1, i2, j1, j2 in opcodes]


def _chunk(base: Blocks, mine: Blocks, theirs: Blocks) -> Chunk:
    forms = (write(base), write(mine), write(theirs))
    return Chunk(_kind(*forms), *forms)


def _kind(base: str, mine: str, theirs: str) -> Kind:
    if mine == theirs:
        return Kind.SAME if mine == base else Kind.BOTH
    if mine == base:
        return Kind.THEIRS
    return Kind.MINE if theirs == base else Kind.CONFLICT
