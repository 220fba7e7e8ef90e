"""The free part of a text, and the text as words."""

import re
from typing import Final

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
    text_of,
)
from .inline import join
from .read import read
from .sentences import BY_SIGN, is_closed, sentence_ends
from .write import write

FREE_SHARE: Final = 0.4
"""Without a divider, never more of a text's words than this are free."""

WHOLE_BELOW: Final = 40
"""Texts with fewer words than this have no part worth withholding: a notice, a correction."""

WORDS_PER_MINUTE: Final = 230

_WORD: Final = re.compile(rf"[{BY_SIGN}]|[^\s{BY_SIGN}]+")


def free_part(
    html: str, *, blocks: int = 2, share: float = FREE_SHARE, whole_below: int = WHOLE_BELOW
) -> str:
    """What anyone may read, as stored markup: all above the paywall divider, whatever its length.

    Without a divider: the first ``blocks`` blocks that hold words, never over ``share`` of the words,
    ending at the end of a sentence. When not even the first sentence fits, nothing is free. Texts under
    ``whole_below`` words are free as a whole. The free part never ends in a heading or rule, and has only
    the footnotes of its own sentences.
    """
    document = read(html)
    divider = Rule(is_paywall=True)
    if divider in document:
        return write(_without_trailing_headings(document[: document.index(divider)]))
    words = _count(document)
    if words < whole_below:
        return write(document)
    opening, following = _opening(document, blocks, int(words * share))
    return write(_ended_at_sentence(opening, following))


def plain_text(html: str) -> str:
    """The words alone: paragraphs, items and table rows apart by blank lines, footnotes left out."""
    return _plain(read(html))


def word_count(html: str) -> int:
    """The number of words a reader reads; footnotes do not count."""
    return _words(plain_text(html))


def reading_minutes(words: int) -> int:
    """Whole minutes, rounded to the nearest, at least one."""
    return max(1, round(words / WORDS_PER_MINUTE))


def _opening(document: Blocks, blocks: int, budget: int) -> tuple[Blocks, Block | None]:
    """The first blocks within the budget of words, and the block after them."""
    taken: list[Block] = []
    texts = 0
    for block in document:
        is_text = not isinstance(block, Heading) and _count((block,)) > 0
        if texts == blocks and is_text:
            return tuple(taken), block
        size = _count((block,))
        if size > budget:
            start = _first_sentences(block.inline, budget) if isinstance(block, Paragraph) else ()
            cut = (Paragraph(start, block.is_runon),) if start and isinstance(block, Paragraph) else ()
            return (*taken, *cut), None if cut else block
        taken.append(block)
        budget -= size
        texts += is_text
    return tuple(taken), None


def _first_sentences(inline: Inline, budget: int) -> Inline:
    """The sentences of a paragraph that fit, with the footnotes that follow the last of them."""
    text = text_of(inline)
    ends = [end for end in sentence_ends(text) if _words(text[:end]) <= budget]
    return _cut(inline, max(ends)) if ends else ()


def _cut(inline: Inline, length: int) -> Inline:
    kept: list[Run] = []
    for run in inline:
        if run.is_note:
            kept.append(run)
        elif length > 0:
            kept.append(Run(run.text[:length], run.marks))
            length -= len(run.text)
        else:
            break
        if length < 0:
            break
    return join([tuple(kept)], " ")


def _ended_at_sentence(opening: Blocks, following: Block | None) -> Blocks:
    """Drop what leads into something paid: a heading, "he said:", a quotation whose sentence goes on."""
    blocks = _without_trailing_headings(opening)
    while blocks:
        last = blocks[-1]
        runs_on = isinstance(following, Paragraph) and following.is_runon
        match last:
            case Paragraph(inline) if runs_on or not is_closed(text_of(inline)):
                start = _first_sentences(inline, len(text_of(inline)))
                if start and text_of(start) != text_of(inline):
                    return (*blocks[:-1], Paragraph(start, last.is_runon))
            case Quote() if runs_on or not is_closed(_plain((last,))):
                pass
            case _:
                return blocks
        following, blocks = last, _without_trailing_headings(blocks[:-1])
    return blocks


def _without_trailing_headings(blocks: Blocks) -> Blocks:
    while blocks and isinstance(blocks[-1], Heading | Rule):
        blocks = blocks[:-1]
    return blocks


def _words(text: str) -> int:
    return len(_WORD.findall(text))


def _count(blocks: Blocks) -> int:
    return _words(_plain(blocks))


def _plain(blocks: Blocks) -> str:
    return "\n\n".join(text for block in blocks if (text := _plain_block(block)))


def _plain_block(block: Block) -> str:
    match block:
        case Paragraph(inline) | Heading(inline):
            return text_of(inline)
        case ListBlock(items):
            return "\n\n".join(_plain(item) for item in items)
        case Quote(blocks):
            return _plain(blocks)
        case Figure():
            return text_of(block.caption)
        case Embed(title=title):
            return title
        case Table(rows):
            return "\n\n".join(_plain_row(row) for row in rows)
        case Rule():
            return ""


def _plain_row(row: tuple[Cell, ...]) -> str:
    return " ".join(text_of(cell.inline).replace("\n", " ") for cell in row).strip()
