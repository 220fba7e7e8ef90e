"""The page of two documents merged, with what was changed between them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape
from itertools import groupby
from typing import Final

from .align import Pair, Sketch, align, count_words, sketch_block, sketch_blocks
from .changed_text import DELETED, INSERTED, mark_all, merge_inline
from .document import (
    Block,
    Blocks,
    Cell,
    Embed,
    Figure,
    Heading,
    Inline,
    ListBlock,
    Mark,
    Paragraph,
    Quote,
    Rule,
    Run,
    Table,
)
from .render import Page
from .texts import rewrite
from .write import class_attribute, list_around, write_inline

Row = tuple[Cell, ...]

EMPTY: Final = (Run("(empty)"),)
"""Stands where an empty cell was inserted or deleted, so that there is something to see."""

DIVIDER: Final = '<div class="paywall-bar" role="separator">Paywall: readers see what is above</div>'


@dataclass(frozen=True)
class Passage:
    """Neighbouring blocks of a changed page, all of them changed or none; `size` says how many."""

    html: str
    is_changed: bool
    size: int


class ChangedPage(Page):
    """A page that shows what it is of, the paywall divider and unknown pictures included."""

    def passages(self, old: Blocks, new: Blocks) -> Iterator[Passage]:
        """The page cut where changed blocks and unchanged ones meet; its notes are a passage of their own."""
        pairs = align(old, new, sketch_block)
        leaving = _moved(pairs)
        arriving = leaving.copy()
        for is_same, stretch in groupby(pairs, key=lambda pair: pair[0] == pair[1]):
            blocks = [self.changed_block(pair, leaving, arriving) for pair in stretch]
            yield Passage("\n".join(blocks), not is_same, len(blocks))
        if notes := self.notes_section():
            yield Passage(notes.strip(), "<ins>" in notes or "<del>" in notes, len(self.notes))

    def changed_blocks(self, old: Blocks, new: Blocks) -> str:
        pairs = align(old, new, sketch_block)
        leaving = _moved(pairs)
        arriving = leaving.copy()
        return "\n".join(self.changed_block(pair, leaving, arriving) for pair in pairs)

    def changed_block(self, pair: Pair[Block], leaving: Counter[Block], arriving: Counter[Block]) -> str:
        old, new = pair
        if old is not None and new is not None:
            return self.block(new) if old == new else self.edited_block(old, new)
        if new is not None:
            return _moved_here(self.block(new)) if _take(arriving, new) else self.whole(new, INSERTED)
        assert old is not None
        return _change(_replaced("Moved from here", "")) if _take(leaving, old) else self.whole(old, DELETED)

    def whole(self, block: Block, mark: Mark) -> str:
        """A block that is new, or gone."""
        (all_marked,) = rewrite((block,), lambda inline: mark_all(inline, mark))
        html = self.block(all_marked)
        return _around(html, mark) if isinstance(block, Figure | Embed | Rule) else html

    def edited_block(self, old: Block, new: Block) -> str:
        kind = "" if _kind(old) == _kind(new) else _change(_replaced(_kind(old), _kind(new)))
        match old, new:
            case ((Paragraph() | Heading()), (Paragraph() | Heading())):
                return kind + self.block(replace(new, inline=merge_inline(old.inline, new.inline)))
            case ListBlock(), ListBlock():
                return kind + list_around(new, self.changed_items(old, new))
            case Quote(), Quote():
                opening = f"<blockquote{class_attribute('display', new.is_display)}>"
                return f"{kind}{opening}{self.changed_blocks(old.blocks, new.blocks)}</blockquote>"
            case Figure(), Figure():
                return self.changed_figure(old, new)
            case Embed(), Embed():
                return _changed_embed(old, new) + self.block(new)
            case Table(), Table():
                return self.table(_merge_tables(old, new))
            case _:
                return self.whole(old, DELETED) + self.whole(new, INSERTED)

    def changed_items(self, old: ListBlock, new: ListBlock) -> list[str]:
        pairs = align(old.items, new.items, sketch_blocks)
        return [f"<li>{self.changed_item(before, after)}</li>" for before, after in pairs]

    def changed_item(self, old: Blocks | None, new: Blocks | None) -> str:
        if old is None or new is None:
            mark = DELETED if new is None else INSERTED
            return "\n".join(self.whole(block, mark) for block in old or new or ())
        return self.changed_blocks(old, new)

    def changed_figure(self, old: Figure, new: Figure) -> str:
        before, after = self.shown(old), self.shown(new)
        is_same = replace(old, alt="", caption=()) == replace(new, alt="", caption=())
        image = after if is_same else _around(before, DELETED) + _around(after, INSERTED)
        alt = "" if old.alt == new.alt else _change(f"Alternative text: {_merge_lines(old.alt, new.alt)}")
        return f"<figure>{image}{alt}{self.caption(merge_inline(old.caption, new.caption))}</figure>"

    def block(self, block: Block) -> str:
        return DIVIDER if block == Rule(is_paywall=True) else super().block(block)

    def figure(self, figure: Figure) -> str:
        return f"<figure>{self.shown(figure)}{self.caption(figure.caption)}</figure>"

    def shown(self, figure: Figure) -> str:
        """The image or, where its file is not known, its number."""
        known = self.picture(figure.picture or figure.src)
        if known or figure.src:
            return self.image(figure, known)
        return f'<span class="picture">Picture {escape(figure.picture)}</span>'

    def note(self, runs: Inline) -> str:
        """The number of a note that is new or gone is marked as its words are."""
        html = super().note(runs)
        whole = [mark for mark in (INSERTED, DELETED) if all(mark in run.marks for run in runs)]
        return _wrap(html, whole[0]) if whole else html


def _moved(pairs: Sequence[Pair[Block]]) -> Counter[Block]:
    """Blocks deleted in one place and inserted, unchanged, in another. Rules are not worth the mention."""
    deleted = Counter(old for old, new in pairs if old is not None and new is None)
    inserted = Counter(new for old, new in pairs if new is not None and old is None)
    both = deleted & inserted
    return Counter({block: number for block, number in both.items() if not isinstance(block, Rule)})


def _take(moved: Counter[Block], block: Block) -> bool:
    moved[block] -= 1
    return moved[block] >= 0


def _kind(block: Block) -> str:
    """What distinguishes blocks with the same words."""
    match block:
        case Paragraph(is_runon=is_runon):
            return "Paragraph that goes on after a display quote" if is_runon else "Paragraph"
        case Heading(level=level):
            return f"Heading {level}"
        case ListBlock(is_ordered=is_ordered, start=start):
            return f"List numbered from {start}" if is_ordered else "List"
        case Quote(is_display=is_display):
            return "Display quote" if is_display else "Quotation"
        case _:
            return ""


def _changed_embed(old: Embed, new: Embed) -> str:
    title = _change(f"Title: {_merge_lines(old.title, new.title)}") if old.title != new.title else ""
    return title + (_change(f"Address: {_replaced(old.href, new.href)}") if old.href != new.href else "")


def _merge_tables(old: Table, new: Table) -> Table:
    return Table(tuple(_merge_rows(*pair) for pair in align(old.rows, new.rows, _sketch_row)))


def _merge_rows(old: Row | None, new: Row | None) -> Row:
    if old is None or new is None:
        mark = DELETED if new is None else INSERTED
        return tuple(replace(cell, inline=mark_all(cell.inline or EMPTY, mark)) for cell in old or new or ())
    return tuple(_merge_cells(before, after) for before, after in zip(old, new, strict=True))


def _merge_cells(old: Cell, new: Cell) -> Cell:
    if old.is_header == new.is_header:
        return replace(new, inline=merge_inline(old.inline, new.inline))
    deleted, inserted = mark_all(old.inline or EMPTY, DELETED), mark_all(new.inline or EMPTY, INSERTED)
    return replace(new, inline=(*deleted, *inserted))


def _sketch_row(row: Row) -> Sketch:
    return Sketch(f"{len(row)} cells", count_words((Table((row,)),)))


def _merge_lines(old: str, new: str) -> str:
    return write_inline(merge_inline((Run(old),), (Run(new),)))


def _moved_here(html: str) -> str:
    return _change(_replaced("", "Moved here")) + html


def _change(html: str) -> str:
    """A line that says what the words do not show."""
    return f'<p class="change">{html}</p>'


def _replaced(old: str, new: str) -> str:
    parts = (_wrap(escape(text), mark) for text, mark in ((old, DELETED), (new, INSERTED)) if text)
    return " ".join(parts)


def _wrap(html: str, mark: Mark) -> str:
    return f"<{mark.tag}>{html}</{mark.tag}>"


def _around(html: str, mark: Mark) -> str:
    """Around what is no text. HTML allows ``ins`` and ``del`` around blocks."""
    return f'<{mark.tag} class="block">{html}</{mark.tag}>'
