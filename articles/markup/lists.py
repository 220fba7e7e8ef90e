"""Lists put together from paragraphs that are really list items, and kept in the one shape we store."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from . import pasted
from .document import Block, Blocks, Inline, ListBlock, Paragraph, Run
from .inline import join
from .pasted import ListPlace

MAX_LEVELS: Final = 5
"""Lists nested deeper than this are read as paragraphs."""


@dataclass(frozen=True)
class ListItem:
    """A paragraph that is an item of a list, before the list is put together."""

    inline: Inline
    place: ListPlace


def gather_lists(blocks: Iterable[Block | ListItem]) -> Blocks:
    """Neighbouring items become lists."""
    out: list[Block] = []
    for is_item, group in groupby(blocks, key=lambda block: isinstance(block, ListItem)):
        members = list(group)
        if is_item:
            out.extend(_build([item for item in members if isinstance(item, ListItem)]))
        else:
            out.extend(block for block in members if not isinstance(block, ListItem))
    return tuple(out)


def promote_sublists(items: Sequence[Blocks]) -> tuple[Blocks, ...]:
    """Every item opens with a paragraph: where it opens with a list, that list's items take its place."""
    out: list[Blocks] = []
    for item in items:
        match item:
            case (ListBlock(inner), *rest):
                out.extend(inner)
                out[-1] += tuple(rest)
            case _:
                out.append(item)
    return tuple(out)


def as_item(block: Block | ListItem) -> Block | ListItem:
    """A paragraph that opens with a typed bullet is an item as well."""
    if isinstance(block, Paragraph) and block.inline:
        first, *rest = block.inline
        if length := pasted.bullet_length(first.text):
            inline = join([(Run(first.text[length:], first.marks), *rest)], " ")
            return ListItem(inline, ListPlace(1, is_ordered=False))
    return block


def _build(items: Sequence[ListItem]) -> list[Block]:
    """Lists of one level out of items in a row; deeper items go into the item before them."""
    level = min(item.place.level for item in items)
    lists: list[ListBlock] = []
    for item in _with_children(items, level):
        head, children = item[0], item[1:]
        blocks: Blocks = (Paragraph(head.inline), *(_build(children) if children else []))
        if not lists or (head.place.level == level and lists[-1].is_ordered != head.place.is_ordered):
            lists.append(ListBlock((), head.place.is_ordered, head.place.start))
        last = lists[-1]
        lists[-1] = ListBlock((*last.items, blocks), last.is_ordered, last.start)
    return list(lists)


def _with_children(items: Sequence[ListItem], level: int) -> list[list[ListItem]]:
    groups: list[list[ListItem]] = []
    for item in items:
        if groups and item.place.level > level:
            groups[-1].append(item)
        else:
            groups.append([item])
    return groups
