"""The texts a document is made of: every run of inline text, in the order of reading."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import groupby

from .document import (
    Block,
    Blocks,
    Cell,
    Embed,
    Figure,
    Heading,
    Inline,
    ListBlock,
    Paragraph,
    Quote,
    Rule,
    Run,
    Table,
)
from .words import words_in

Edit = Callable[[Inline], Inline]


def rewrite(blocks: Blocks, edit: Edit) -> Blocks:
    """The document with each of its texts replaced by what ``edit`` makes of it.

    A text is that of a paragraph, a heading, a table cell or a caption (empty ones too), or the title of an
    embed. They are visited in the order of reading.
    """
    return tuple(_rewrite_block(block, edit) for block in blocks)


def texts_of(blocks: Blocks) -> list[Inline]:
    """All texts, in the order of reading."""
    texts: list[Inline] = []

    def collect(inline: Inline) -> Inline:
        texts.append(inline)
        return inline

    rewrite(blocks, collect)
    return texts


def words_of(blocks: Blocks) -> list[str]:
    """All words, in the order of reading. A footnote's first word is not part of the one before its mark."""
    pieces = (groupby(inline, key=lambda run: run.is_note) for inline in texts_of(blocks))
    return [word for piece in pieces for _, runs in piece for word in words_in(full_text(runs))]


def full_text(inline: Iterable[Run]) -> str:
    """The text with the words of its footnotes, where they stand."""
    return "".join(run.text for run in inline)


def _rewrite_block(block: Block, edit: Edit) -> Block:
    match block:
        case Paragraph() | Heading():
            return replace(block, inline=edit(block.inline))
        case ListBlock(items):
            return replace(block, items=tuple(rewrite(item, edit) for item in items))
        case Quote(blocks):
            return replace(block, blocks=rewrite(blocks, edit))
        case Figure(caption=caption):
            return replace(block, caption=edit(caption))
        case Embed(title=title):
            return replace(block, title=full_text(edit((Run(title),))))
        case Table(rows):
            return Table(tuple(tuple(_rewrite_cell(cell, edit) for cell in row) for row in rows))
        case Rule():
            return block


def _rewrite_cell(cell: Cell, edit: Edit) -> Cell:
    return replace(cell, inline=edit(cell.inline))
