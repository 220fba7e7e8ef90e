"""How the text is put together: divider, headings, tables, embeds, and what was left open."""

import re
from collections.abc import Iterator

from articles.markup.document import Blocks, Embed, Heading, Rule, Table, text_of
from articles.markup.links import host_of
from articles.markup.texts import texts_of
from editorial.preflight.check import Remark
from editorial.preflight.subject import Subject

_OPEN_PLACE = re.compile(
    r"\b(?:(?:TK)+|XXX+|TBC|TODO)\b|\?{3,}|\[\s*\]|(?i:\blorem ipsum\b)"
    r"|\[(?i:check|ask|confirm|verify|add|insert|date|name|number|figure|source|quote|place)\b[^\]]{0,120}\]"
)
_DIVIDER = Rule(is_paywall=True)


def paywall_place(subject: Subject) -> Iterator[Remark]:
    """A divider with no words on one side of it divides nothing."""
    if _DIVIDER not in subject.document:
        return
    place = subject.document.index(_DIVIDER)
    if not _has_words(subject.document[:place]):
        yield Remark("Move the paywall divider down: nothing stands above it for visitors to read.")
    if not _has_words(subject.document[place + 1 :]):
        yield Remark("Move the paywall divider up, or remove it: nothing stands below it.")


def heading_order(subject: Subject) -> Iterator[Remark]:
    """A sub-heading belongs to a heading (WCAG 1.3.1)."""
    first = next((block for block in subject.document if isinstance(block, Heading)), None)
    if first and first.level > 2:
        yield Remark("Make the first heading one of the first rank.", passage=text_of(first.inline))


def table_head(subject: Subject) -> Iterator[Remark]:
    """Cells are told by their column or row (WCAG 1.3.1)."""
    for block in subject.document:
        if isinstance(block, Table) and not any(cell.is_header for row in block.rows for cell in row):
            first = next((cell for row in block.rows for cell in row if cell.inline), None)
            passage = text_of(first.inline) if first else ""
            yield Remark("Give the table a head: a row or column that names the others.", passage=passage)


def embed_title(subject: Subject) -> Iterator[Remark]:
    """A card that shows nothing but a host was never given a title."""
    for block in subject.document:
        if isinstance(block, Embed) and block.title.lower() in (host_of(block.href), block.href.lower()):
            message = f"Give the embed from {host_of(block.href)} a title that says what it is."
            yield Remark(message, passage=block.title)


def open_places(subject: Subject) -> Iterator[Remark]:
    """What writers leave where something is to come."""
    content = subject.content
    for field in ("headline", "standfirst"):
        if found := _OPEN_PLACE.search(getattr(content, field)):
            yield Remark(f"Fill in what “{found[0]}” stands for.", field, found[0])
    for text in subject.texts:
        for found in _OPEN_PLACE.finditer(text):
            yield Remark(f"Fill in what “{found[0]}” stands for.", passage=found[0])


def _has_words(blocks: Blocks) -> bool:
    return any(texts_of(blocks))
