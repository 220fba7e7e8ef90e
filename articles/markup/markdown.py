"""Stored markup as Markdown: CommonMark, with the tables, footnotes and struck words that GitHub added.

What neither has stands as the HTML that CommonMark lets through: `<sub>`, `<sup>`, a break in a table.
"""

import re
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

from .columns import number_columns
from .document import (
    CREDIT,
    FOOTNOTE,
    LINE_BREAK,
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
from .links import host_of
from .read import read
from .render import FindPicture, no_picture

DELIMITERS: Final = {"strong": "**", "em": "*", "s": "~~"}
SEPARATOR: Final = "\n\n"
HASH: Final = r"\\#"

_SPECIAL = re.compile(r"[\\`*_\[\]<>|~]|&(?=#|\w)")
_AT_LINE_START = re.compile(r"(?m)^([ \t]*)([#+=-]|:(?=-)|\d{1,9}(?=[.)]))")
_CLOSING_HASH = re.compile(r"#$")
_PLAIN_ADDRESS = re.compile(r"[^\s()<>]+")
_ENTITY = re.compile(r"&(?=#?\w+;)")


def to_markdown(html: str, *, picture: FindPicture = no_picture, opening: str = "") -> str:
    """The Markdown of stored markup, or of its free part; `opening` runs into the first paragraph.

    A paragraph that goes on after a display quote is one like any other: Markdown indents none. The paywall
    divider leaves no trace. Ends without a line break.
    """
    page = MarkdownPage(picture)
    text = page.blocks(opened_by(opening, read(html)))
    return SEPARATOR.join(filter(None, (text, page.notes_section())))


def opened_by(opening: str, blocks: Blocks) -> Blocks:
    """The blocks with these words at the head of the first paragraph."""
    first = next((index for index, block in enumerate(blocks) if isinstance(block, Paragraph)), None)
    if not opening or first is None:
        return blocks
    paragraph = Paragraph((Run(opening), *_inline_of(blocks[first])))
    return (*blocks[:first], paragraph, *blocks[first + 1 :])


def escape_text(text: str) -> str:
    """Words that Markdown shows as they are, wherever they stand."""
    escaped = _SPECIAL.sub(r"\\\g<0>", text)
    return _AT_LINE_START.sub(_escape_start, escaped)


def link_to(href: str, text: str, title: str = "") -> str:
    """A link; `text` is Markdown already."""
    quoted = re.sub(r'[\\"|]', r"\\\g<0>", " ".join(title.split()))
    named = f' "{_entities(quoted)}"' if quoted else ""
    address = _address(href)
    return f"[{text}]({address if _PLAIN_ADDRESS.fullmatch(address) else f'<{address}>'}{named})"


@dataclass
class MarkdownPage:
    """One text in the making: it gathers the footnotes, which stand at the end."""

    picture: FindPicture
    notes: list[str] = field(default_factory=list)

    def blocks(self, blocks: Blocks) -> str:
        parts: list[str] = []
        before: Block | None = None
        is_other = False
        for block in blocks:
            # Two lists in a row would be one, but for another mark.
            is_second = not is_other and _are_alike(before, block)
            part = self.list(block, is_second) if isinstance(block, ListBlock) else self.block(block)
            if part.strip():
                parts.append(part)
                before, is_other = block, is_second
        return SEPARATOR.join(parts)

    def block(self, block: Block) -> str:
        match block:
            case Paragraph(inline):
                return self.inline(inline)
            case Heading(inline, level):
                return f"{'#' * level} {_CLOSING_HASH.sub(HASH, self.line(inline, ' '))}"
            case ListBlock():
                return self.list(block, is_other=False)
            case Quote(blocks):
                return "\n".join(f"> {line}".rstrip() for line in self.blocks(blocks).split("\n"))
            case Figure():
                return self.figure(block)
            case Embed(href, title):
                return f"{link_to(href, escape_text(title))} ({escape_text(host_of(href))})"
            case Table():
                return self.table(block)
            case Rule(is_paywall):
                return "" if is_paywall else "___"

    def list(self, block: ListBlock, is_other: bool) -> str:
        items = [self.blocks(item) for item in block.items]
        numbered = enumerate(items, block.start)
        marked = [_indented(text, _marker(block, number, is_other)) for number, text in numbered]
        is_loose = any(len(item) > 1 for item in block.items)
        return (SEPARATOR if is_loose else "\n").join(marked)

    def figure(self, figure: Figure) -> str:
        known = self.picture(figure.picture or figure.src)
        url = known.url if known else figure.src
        if not url:
            return ""
        caption = self.inline(figure.caption)
        return f"!{link_to(url, escape_text(' '.join(figure.alt.split())))}" + (
            f"\\\n{caption}" if caption else ""
        )

    def table(self, table: Table) -> str:
        first, *others = table.rows
        has_head = len(table.rows) > 1 and all(cell.is_header for cell in first)
        rows = others if has_head else list(table.rows)
        width = max(map(len, table.rows))
        numbers = number_columns(rows)
        rule = ("--:" if column in numbers else "---" for column in range(width))
        head = self.row(first if has_head else (), width)
        return "\n".join((head, f"| {' | '.join(rule)} |", *(self.row(row, width) for row in rows)))

    def row(self, cells: tuple[Cell, ...], width: int) -> str:
        texts = [self.line(cell.inline, "<br>") for cell in cells]
        return f"| {' | '.join(texts + [''] * (width - len(texts)))} |"

    def line(self, inline: Inline, line_break: str) -> str:
        return self.inline(inline).replace("\\\n", line_break)

    def inline(self, inline: Inline) -> str:
        done = ""
        parts = [(is_note, tuple(runs)) for is_note, runs in groupby(inline, key=lambda run: run.is_note)]
        for index, (is_note, runs) in enumerate(parts, start=1):
            after = "[" if index < len(parts) else ""
            done += self.note(runs) if is_note else _marked(runs, before=done[-1:], after=after)
        return done

    def note(self, runs: Inline) -> str:
        inside = (Run(run.text, tuple(mark for mark in run.marks if mark != FOOTNOTE)) for run in runs)
        self.notes.append(_marked(tuple(inside)))
        return f"[^{len(self.notes)}]"

    def notes_section(self) -> str:
        numbered = enumerate(self.notes, start=1)
        return SEPARATOR.join(_indented(note, f"[^{number}]: ", by=4) for number, note in numbered)


def _marked(inline: Inline, depth: int = 0, before: str = "", after: str = "") -> str:
    """Runs as Markdown, from their mark at this depth inwards, between these two characters."""
    groups = [
        (mark, tuple(runs))
        for mark, runs in groupby(
            inline, key=lambda run: run.marks[depth] if len(run.marks) > depth else None
        )
    ]
    done = ""
    for (mark, runs), (next_mark, next_runs) in zip(groups, (*groups[1:], (None, ())), strict=True):
        following = ("*" if next_mark else next_runs[0].text[:1]) if next_runs else after
        done += _group(mark, runs, depth, (done or before)[-1:], following)
    return done


def _group(mark: Mark | None, runs: Inline, depth: int, before: str, after: str) -> str:
    if mark is None:
        words = _plain("".join(run.text for run in runs), is_start=before in {"", "\n"})
        # Before a link it would make a picture.
        return f"{words[:-1]}\\!" if words.endswith("!") and after in {"*", "["} else words
    if mark.tag == "a":
        return link_to(mark.href, _marked(runs, depth + 1, "[", "]"), mark.title)
    if mark == CREDIT:
        return f"{'' if not before or before.isspace() else ' '}— {_marked(runs, depth + 1, ' ', after)}"
    sign = DELIMITERS.get(mark.tag, "")
    inside = _marked(runs, depth + 1, sign[:1], sign[:1])
    if sign and _may_be_set(before, inside, after):
        return f"{sign}{inside}{sign}"
    return f"<{mark.tag}>{inside}</{mark.tag}>"


def _may_be_set(before: str, inside: str, after: str) -> bool:
    """Whether signs around `inside` are read as meant, by the narrower half of CommonMark's rules (6.2).

    Spaces or the text's end outside and none inside, or letters on both inner sides; and no other sign
    beside them.
    """
    if not inside or inside[0].isspace() or inside[-1].isspace():
        return False
    if {before, after, inside[0], inside[-1]} & {"*", "~"}:
        return False
    opens = not before or before.isspace() or inside[0].isalnum()
    closes = not after or after.isspace() or inside[-1].isalnum()
    return opens and closes


def _plain(text: str, *, is_start: bool) -> str:
    """Escaped words; only what begins a line can be taken for the mark of a block."""
    guarded = escape_text(text if is_start else f"x{text}")
    escaped = guarded if is_start else guarded[1:]
    return escaped.replace(LINE_BREAK, "\\\n")


def _escape_start(found: re.Match[str]) -> str:
    space, sign = found.groups()
    # A number is made harmless after its digits, where the full stop or bracket stands.
    return f"{space}{sign}\\" if sign.isdigit() else f"{space}\\{sign}"


def _marker(block: ListBlock, number: int, is_other: bool) -> str:
    if block.is_ordered:
        return f"{number}{')' if is_other else '.'} "
    return "* " if is_other else "- "


def _indented(text: str, marker: str, *, by: int = 0) -> str:
    """The text hung from its marker."""
    indent = " " * (by or len(marker))
    first, *others = text.split("\n")
    return "\n".join((f"{marker}{first}".rstrip(), *(f"{indent}{line}".rstrip() for line in others)))


def _are_alike(before: Block | None, block: Block) -> bool:
    both = isinstance(before, ListBlock) and isinstance(block, ListBlock)
    return both and before.is_ordered == block.is_ordered  # type: ignore[union-attr]


def _inline_of(block: Block) -> Inline:
    return block.inline if isinstance(block, Paragraph) else ()


def _address(href: str) -> str:
    encoded = href.replace("<", "%3C").replace(">", "%3E").replace("\n", "%0A").replace("\\", "%5C")
    return _entities(encoded)


def _entities(text: str) -> str:
    return _ENTITY.sub("&amp;", text)
