"""A document as stored HTML: one way to write everything, no white space between blocks."""

from collections.abc import Iterable
from html import escape

from .document import (
    LINE_BREAK,
    Block,
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
    Table,
)
from .inline import NBSP


def write(blocks: Iterable[Block]) -> str:
    """The stored HTML of these blocks."""
    return "".join(map(write_block, blocks))


def write_block(block: Block) -> str:
    match block:
        case Paragraph(inline, is_runon):
            return f"<p{class_attribute('runon', is_runon)}>{write_inline(inline)}</p>"
        case Heading(inline, level):
            return f"<h{level}>{write_inline(inline)}</h{level}>"
        case ListBlock():
            return write_list(block)
        case Quote(blocks, is_display):
            return f"<blockquote{class_attribute('display', is_display)}>{write(blocks)}</blockquote>"
        case Figure():
            return f"<figure>{write_image(block)}{write_caption(block.caption)}</figure>"
        case Embed(href, title):
            return f'<div class="embed"><a href="{escape(href)}">{write_text(title)}</a></div>'
        case Table(rows):
            return f"<table><tbody>{''.join(map(write_row, rows))}</tbody></table>"
        case Rule(is_paywall):
            return f"<hr{class_attribute('paywall', is_paywall)}>"


def write_list(block: ListBlock) -> str:
    return list_around(block, (f"<li>{write(item)}</li>" for item in block.items))


def list_around(block: ListBlock, items: Iterable[str]) -> str:
    """The list with its items written already."""
    tag = "ol" if block.is_ordered else "ul"
    start = f' start="{block.start}"' if block.is_ordered and block.start != 1 else ""
    return f"<{tag}{start}>{''.join(items)}</{tag}>"


def write_image(figure: Figure) -> str:
    attributes = {
        "src": figure.src,
        "data-picture": figure.picture,
        "width": str(figure.width or ""),
        "height": str(figure.height or ""),
    }
    given = "".join(f' {name}="{escape(value)}"' for name, value in attributes.items() if value)
    return f'<img{given} alt="{escape(figure.alt)}">'


def write_caption(caption: Inline) -> str:
    return f"<figcaption>{write_inline(caption)}</figcaption>" if caption else ""


def write_row(cells: Iterable[Cell]) -> str:
    return f"<tr>{''.join(map(_write_cell, cells))}</tr>"


def _write_cell(cell: Cell) -> str:
    tag = "th" if cell.is_header else "td"
    return f"<{tag}>{write_inline(cell.inline)}</{tag}>"


def write_inline(inline: Inline) -> str:
    """Marked text; a mark shared by neighbours is opened once."""
    out: list[str] = []
    opened: tuple[Mark, ...] = ()
    for run in (*inline, None):
        marks = run.marks if run else ()
        shared = _shared(opened, marks)
        out.extend(_closing(mark) for mark in reversed(opened[shared:]))
        out.extend(_opening(mark) for mark in marks[shared:])
        out.append(write_text(run.text) if run else "")
        opened = marks
    return "".join(out)


def write_text(text: str) -> str:
    return escape(text, quote=False).replace(NBSP, "&nbsp;").replace(LINE_BREAK, "<br>")


def class_attribute(name: str, is_given: bool) -> str:
    return f' class="{name}"' if is_given else ""


def _shared(before: tuple[Mark, ...], after: tuple[Mark, ...]) -> int:
    pairs = zip(before, after, strict=False)
    return next(
        (index for index, (one, other) in enumerate(pairs) if one != other), min(len(before), len(after))
    )


def _opening(mark: Mark) -> str:
    if mark.tag in ("footnote", "credit"):
        return f'<span class="{mark.tag}">'
    href = f' href="{escape(mark.href)}"' if mark.href else ""
    title = f' title="{escape(mark.title)}"' if mark.title else ""
    return f"<{mark.tag}{href}{title}>"


def _closing(mark: Mark) -> str:
    return "</span>" if mark.tag in ("footnote", "credit") else f"</{mark.tag}>"
