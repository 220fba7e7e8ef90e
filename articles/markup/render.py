"""Stored markup turned into the HTML of a page."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from itertools import chain, count, groupby
from typing import Final

from .columns import number_columns
from .document import (
    FOOTNOTE,
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
    text_of,
)
from .links import host_of
from .read import read
from .sentences import goes_on
from .write import class_attribute, list_around, write_inline, write_text


@dataclass(frozen=True)
class ImageSource:
    """The files of one picture: ``sources`` are (MIME type, srcset), the best first; ``url`` the fallback."""

    url: str
    width: int
    height: int
    sources: tuple[tuple[str, str], ...] = ()


FindPicture = Callable[[str], ImageSource | None]
"""Knows a picture by its ``data-picture`` key or, without one, by the ``src`` stored in the text."""


STRONG: Final = Mark("strong")
SIZES: Final = "(min-width: 38rem) 35rem, 100vw"
"""How wide a picture in the text is shown."""


def no_picture(key: str) -> ImageSource | None:
    """For callers that know of no other sizes."""
    return None


def render_body(html: str, *, picture: FindPicture = no_picture) -> str:
    """The page HTML of stored markup, or of its free part.

    Footnotes are numbered and moved to a closing section (roles of DPUB-ARIA 1.1), headings get ids,
    embeds become link cards that load nothing, wide tables scroll in a region the keyboard reaches (WCAG
    2.1.1). A paragraph that goes on after a display quote is marked as such, so is one that is bold
    throughout, and a column of numbers. The paywall divider leaves no trace.
    """
    page = Page(picture)
    return page.blocks(_with_runons(read(html))) + page.notes_section()


def _with_runons(blocks: Blocks) -> Blocks:
    pairs = zip((None, *blocks), blocks, strict=False)
    return tuple(_runon(block) if _is_display(before) else block for before, block in pairs)


def _is_turn(inline: Inline) -> bool:
    """Bold throughout, as the questions of an interview are."""
    words = [run for run in inline if run.text.strip() and not run.is_note]
    return bool(words) and all(STRONG in run.marks for run in words)


def _is_display(block: Block | None) -> bool:
    return isinstance(block, Quote) and block.is_display


def _runon(block: Block) -> Block:
    if isinstance(block, Paragraph) and goes_on(text_of(block.inline)):
        return Paragraph(block.inline, is_runon=True)
    return block


@dataclass
class Page:
    """One page in the making: it counts footnotes and tables, and remembers the ids it gave."""

    picture: FindPicture
    notes: list[str] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    tables: int = 0

    def blocks(self, blocks: Blocks) -> str:
        return "\n".join(html for block in blocks if (html := self.block(block)))

    def block(self, block: Block) -> str:
        match block:
            case Paragraph(inline, is_runon):
                kind = "runon" if is_runon else "turn"
                return f"<p{class_attribute(kind, is_runon or _is_turn(inline))}>{self.inline(inline)}</p>"
            case Heading(inline, level):
                return f'<h{level} id="{self.heading_id(inline)}">{self.inline(inline)}</h{level}>'
            case ListBlock():
                return self.list(block)
            case Quote(blocks, is_display):
                return (
                    f"<blockquote{class_attribute('display', is_display)}>{self.blocks(blocks)}</blockquote>"
                )
            case Figure():
                return self.figure(block)
            case Embed():
                return _embed(block)
            case Table():
                return self.table(block)
            case Rule(is_paywall):
                return "" if is_paywall else "<hr>"

    def list(self, block: ListBlock) -> str:
        return list_around(block, (f"<li>{self.blocks(item)}</li>" for item in block.items))

    def inline(self, inline: Inline) -> str:
        groups = groupby(inline, key=lambda run: run.is_note)
        return "".join(
            self.note(tuple(runs)) if is_note else write_inline(tuple(runs)) for is_note, runs in groups
        )

    def note(self, runs: Inline) -> str:
        """The mark of a footnote in the text; its own text waits for the end."""
        marked = (Run(run.text, tuple(mark for mark in run.marks if mark != FOOTNOTE)) for run in runs)
        self.notes.append(write_inline(tuple(marked)))
        number = len(self.notes)
        link = f'<a id="fnref-{number}" href="#fn-{number}" role="doc-noteref">{number}</a>'
        return f'<sup class="fn-ref">{link}</sup>'

    def notes_section(self) -> str:
        if not self.notes:
            return ""
        items = "".join(self.note_item(number, note) for number, note in enumerate(self.notes, start=1))
        section = '<section class="footnotes" role="doc-endnotes" aria-label="Notes">'
        return f"\n{section}<ol>{items}</ol></section>"

    def note_item(self, number: int, note: str) -> str:
        back = f'<a href="#fnref-{number}" role="doc-backlink" aria-label="Back to text">↩</a>'
        return f'<li id="fn-{number}">{note} {back}</li>'

    def heading_id(self, inline: Inline) -> str:
        """An id made of the heading's words, so that it stays when other headings come and go."""
        words = unicodedata.normalize("NFKD", text_of(inline)).encode("ascii", "ignore").decode().lower()
        slug = re.sub(r"[^a-z0-9]+", "-", words).strip("-")[:60].strip("-") or "section"
        numbered = (f"{slug}-{number}" for number in count(2))
        name = next(name for name in chain((slug,), numbered) if name not in self.ids)
        self.ids.add(name)
        return f"h-{name}"

    def figure(self, figure: Figure) -> str:
        known = self.picture(figure.picture or figure.src)
        if known is None and not figure.src:
            return ""
        return f"<figure>{self.image(figure, known)}{self.caption(figure.caption)}</figure>"

    def caption(self, caption: Inline) -> str:
        return f"<figcaption>{self.inline(caption)}</figcaption>" if caption else ""

    def image(self, figure: Figure, known: ImageSource | None) -> str:
        url = known.url if known else figure.src
        width, height = (known.width, known.height) if known else (figure.width, figure.height)
        size = f' width="{width}" height="{height}"' if width and height else ""
        img = f'<img src="{escape(url)}" alt="{escape(figure.alt)}"{size} loading="lazy" decoding="async">'
        if not known or not known.sources:
            return img
        sources = "".join(
            f'<source type="{escape(mime)}" srcset="{escape(srcset)}" sizes="{SIZES}">'
            for mime, srcset in known.sources
        )
        return f"<picture>{sources}{img}</picture>"

    def table(self, table: Table) -> str:
        self.tables += 1
        first, *others = table.rows
        has_head = len(table.rows) > 1 and all(cell.is_header for cell in first)
        body = others if has_head else table.rows
        numbers = number_columns(body)
        head = f"<thead>{self.row(first, 'col', numbers)}</thead>" if has_head else ""
        rows = "".join(self.row(row, "row", numbers) for row in body)
        return (
            f'<div class="table-wrap" tabindex="0" role="region" aria-label="Table {self.tables}">'
            f"<table>{head}<tbody>{rows}</tbody></table></div>"
        )

    def row(self, cells: tuple[Cell, ...], scope: str, numbers: frozenset[int]) -> str:
        row = "".join(self.cell(cell, scope, index in numbers) for index, cell in enumerate(cells))
        return f"<tr>{row}</tr>"

    def cell(self, cell: Cell, scope: str, is_number: bool) -> str:
        text, kind = self.inline(cell.inline), class_attribute("number", is_number)
        return f'<th scope="{scope}"{kind}>{text}</th>' if cell.is_header else f"<td{kind}>{text}</td>"


def _embed(embed: Embed) -> str:
    """A card that names what it leads to; nothing is fetched from there before the reader follows it."""
    return (
        f'<div class="embed"><a class="embed-card" href="{escape(embed.href)}" rel="noopener">'
        f'<span class="embed-title">{write_text(embed.title)}</span> '
        f'<span class="embed-host">{escape(host_of(embed.href))}</span></a></div>'
    )
