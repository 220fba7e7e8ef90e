"""HTML of any origin read into a document: what the vocabulary knows is kept, the rest gives up its text."""

import re
from collections.abc import Callable
from typing import Final

import nh3
from bs4 import BeautifulSoup
from bs4.element import NavigableString, Tag

from . import pasted
from .document import (
    CREDIT,
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
    Table,
    text_of,
)
from .inline import Marks, Piece, add_mark, join, pieces_of, split_paragraphs
from .links import clean_href, clean_media, host_of, is_web_address
from .lists import MAX_LEVELS, ListItem, as_item, gather_lists, promote_sublists
from .vocabulary import BLOCKS, INLINE, READABLE, SCHEMES, TRANSPARENT, UNWANTED

MAX_DEPTH: Final = 100
"""Elements nested deeper than this are read as plain text; no writer gets there, a hostile paste may."""

_LOOKS_LIKE_HTML = re.compile(r"<[a-zA-Z/!?]")
_NUMBER = re.compile(r"[1-9][0-9]{0,3}")
_PICTURE_KEY = re.compile(r"[\w-]{1,64}", re.ASCII)


def read(html: str) -> Blocks:
    """The document in this HTML; plain text is read as paragraphs separated by blank lines."""
    html = html.encode("utf-8", "ignore").decode()
    if not _LOOKS_LIKE_HTML.search(html):
        html = "<p>" + re.sub(r"\r?\n[ \t]*(\r?\n[ \t]*)+|\r[ \t]*\r", "</p><p>", html.strip()) + "</p>"
    cleaned = nh3.clean(
        html,
        tags={*INLINE, *TRANSPARENT, *BLOCKS, "a", "br"},
        clean_content_tags=set(UNWANTED),
        attributes={tag: set(names) for tag, names in READABLE.items()},
        url_schemes=set(SCHEMES),
        link_rel=None,
    )
    soup = BeautifulSoup(cleaned, "html.parser", multi_valued_attributes=None)
    pasted.restore_notes(soup)
    reader = _Reader()
    reader.read_children(soup, frozenset(), 0)
    return _with_one_paywall(reader.finish())


class _Reader:
    """Collects the blocks of one element. Inside items and quotations it knows only paragraphs and lists."""

    def __init__(self, *, level: int = 0, is_caption: bool = False) -> None:
        self.level = level
        self.is_nested = level > 0
        self.is_caption = is_caption
        self.blocks: list[Block | ListItem] = []
        self.pieces: list[Piece] = []

    def finish(self) -> Blocks:
        self.flush()
        return gather_lists(self.blocks if self.is_nested else map(as_item, self.blocks))

    def flush(self, *, is_runon: bool = False) -> None:
        """End the paragraph under way."""
        pieces = self.pieces
        if not self.is_caption:
            pieces = [(piece, marks - {CREDIT}) for piece, marks in pieces]
        for inline in split_paragraphs(pieces):
            self.blocks.append(Paragraph(inline, is_runon and not self.is_nested))
            is_runon = False
        self.pieces.clear()

    def read_children(self, tag: Tag, marks: Marks, depth: int) -> None:
        for child in tag.children:
            if isinstance(child, Tag):
                self.read_tag(child, marks, depth + 1)
            elif isinstance(child, NavigableString):
                self.pieces.extend(pieces_of(str(child), marks))

    def read_tag(self, tag: Tag, marks: Marks, depth: int) -> None:
        if pasted.is_hidden(tag) or pasted.is_marker(tag):
            return
        if depth > MAX_DEPTH:
            self.pieces.extend(pieces_of(tag.get_text(" "), marks))
        elif tag.name == "br":
            self.pieces.append((LINE_BREAK, marks))
        elif tag.name in BLOCKS:
            self.flush()
            start = len(self.blocks)
            _READERS.get(tag.name, _read_container)(self, tag, marks, depth)
            self.flush()
            self.keep_paywall(tag, start)
        else:
            self.read_children(tag, _marks_of(tag, marks), depth)

    def keep_paywall(self, tag: Tag, start: int) -> None:
        """A divider inside a list or quotation comes before it: what it was to withhold stays withheld."""
        divider = Rule(is_paywall=True)
        if not self.is_nested and divider not in self.blocks[start:] and tag.find("hr", class_="paywall"):
            self.blocks.insert(start, divider)

    def nested(self, tag: Tag, marks: Marks, depth: int) -> Blocks:
        reader = _Reader(level=self.level + 1, is_caption=self.is_caption)
        reader.read_children(tag, marks, depth)
        return reader.finish()

    def beside(self, tag: Tag, marks: Marks, depth: int) -> Blocks:
        """The blocks of an element that has no business where it stands, such as a list right in a list."""
        reader = _Reader(level=self.level + 1)
        reader.read_tag(tag, marks, depth)
        return reader.finish()

    def inline(self, tag: Tag, marks: Marks, depth: int, separator: str = " ") -> Inline:
        return join(_inlines(self.nested(tag, marks, depth)), separator)


def _marks_of(tag: Tag, marks: Marks) -> Marks:
    if tag.name == "a":
        href = clean_href(str(tag.get("href") or ""))
        title = " ".join(str(tag.get("title") or "").split())
        return add_mark(marks, Mark("a", href, title)) if href else marks
    for name in ("footnote", "credit"):
        if tag.name == "span" and name in pasted.classes_of(tag):
            return add_mark(marks, Mark(name))
    names = set(pasted.styled_marks(tag))
    if (own := INLINE.get(tag.name, "")) and not pasted.is_unset_by_style(tag, own):
        names.add(own)
    return marks | {Mark(name) for name in names}


def _read_container(reader: _Reader, tag: Tag, marks: Marks, depth: int) -> None:
    reader.read_children(tag, marks, depth)


def _read_paragraph(reader: _Reader, tag: Tag, marks: Marks, depth: int) -> None:
    classes = pasted.classes_of(tag)
    if place := pasted.list_place(tag):
        if inline := reader.inline(tag, marks, depth):
            reader.blocks.append(ListItem(inline, place))
    elif classes & {"MsoTitle", "MsoSubtitle"}:
        _read_heading(reader, tag, marks, depth)
    elif classes & {"MsoQuote", "MsoIntenseQuote"}:
        _read_quote(reader, tag, marks, depth)
    else:
        reader.read_children(tag, marks, depth)
        reader.flush(is_runon="runon" in classes)


def _read_heading(reader: _Reader, tag: Tag, marks: Marks, depth: int) -> None:
    if inline := reader.inline(tag, marks, depth):
        level = 2 if tag.name in ("h1", "h2") or "MsoTitle" in pasted.classes_of(tag) else 3
        reader.blocks.append(Paragraph(inline) if reader.is_nested else Heading(inline, level))


def _read_quote(reader: _Reader, tag: Tag, marks: Marks, depth: int) -> None:
    blocks = reader.nested(tag, marks, depth)
    if reader.is_nested:
        reader.blocks.extend(blocks)
    elif blocks:
        reader.blocks.append(Quote(blocks, "display" in pasted.classes_of(tag)))


def _read_list(reader: _Reader, tag: Tag, marks: Marks, depth: int) -> None:
    if reader.level > MAX_LEVELS:
        reader.read_children(tag, marks, depth)
        return
    items = _read_items(reader, tag, marks, depth)
    start = str(tag.get("start") or "")
    if tidy_items := promote_sublists(items):
        is_ordered = tag.name == "ol"
        number = int(start) if is_ordered and _NUMBER.fullmatch(start) else 1
        reader.blocks.append(ListBlock(tidy_items, is_ordered, number))


def _read_items(reader: _Reader, tag: Tag, marks: Marks, depth: int) -> list[Blocks]:
    items: list[Blocks] = []
    for child in tag.children:
        if not isinstance(child, Tag):
            continue
        is_item = child.name == "li" and not pasted.is_hidden(child)
        blocks = (reader.nested if is_item else reader.beside)(child, marks, depth + 1)
        if child.name in ("ul", "ol") and items:
            items[-1] += blocks
        elif blocks:
            items.append(blocks)
    return items


def _read_item(reader: _Reader, tag: Tag, marks: Marks, depth: int) -> None:
    """An item without a list around it."""
    if reader.level > MAX_LEVELS:
        reader.read_children(tag, marks, depth)
    elif blocks := reader.nested(tag, marks, depth):
        reader.blocks.append(ListBlock(promote_sublists([blocks])))


def _read_figure(reader: _Reader, tag: Tag, marks: Marks, depth: int) -> None:
    image = tag.find("img")
    if not isinstance(image, Tag) or tag.find(["table", "blockquote"]):
        reader.read_children(tag, marks, depth)
        return
    caption = tag.find("figcaption")
    captions = _Reader(level=reader.level, is_caption=True)
    inline = captions.inline(caption, frozenset(), depth) if isinstance(caption, Tag) else ()
    _append_figure(reader, image, inline)


def _read_image(reader: _Reader, tag: Tag, marks: Marks, depth: int) -> None:
    _append_figure(reader, tag, ())


def _append_figure(reader: _Reader, image: Tag, caption: Inline) -> None:
    src = clean_media(str(image.get("src") or ""))
    key = str(image.get("data-picture") or "")
    key = key if _PICTURE_KEY.fullmatch(key) else ""
    if (src or key) and not reader.is_nested:
        alt = " ".join(str(image.get("alt") or "").split())
        reader.blocks.append(Figure(src, alt, _size(image, "width"), _size(image, "height"), key, caption))


def _size(image: Tag, name: str) -> int:
    value = str(image.get(name) or "")
    return int(value) if _NUMBER.fullmatch(value) else 0


def _read_division(reader: _Reader, tag: Tag, marks: Marks, depth: int) -> None:
    link = tag.find("a") if "embed" in pasted.classes_of(tag) else None
    href = clean_href(str(link.get("href") or "")) if isinstance(link, Tag) else ""
    if reader.is_nested or not is_web_address(href) or not isinstance(link, Tag):
        reader.read_children(tag, marks, depth)
        return
    title = " ".join(re.split(r"[ \n]+", text_of(reader.inline(link, frozenset(), depth)))).strip()
    reader.blocks.append(Embed(href, title or host_of(href)))


def _read_table(reader: _Reader, tag: Tag, marks: Marks, depth: int) -> None:
    rows = tuple(row for tr in tag.find_all("tr") if (row := _read_row(reader, tr, marks, depth)))
    if reader.is_nested:
        reader.blocks.extend(Paragraph(cell.inline) for row in rows for cell in row if cell.inline)
    elif any(cell.inline for row in rows for cell in row):
        reader.blocks.append(Table(rows))


def _read_row(reader: _Reader, tr: Tag, marks: Marks, depth: int) -> tuple[Cell, ...]:
    cells = tr.find_all(["td", "th"], recursive=False)
    return tuple(Cell(reader.inline(cell, marks, depth, LINE_BREAK), cell.name == "th") for cell in cells)


def _read_rule(reader: _Reader, tag: Tag, marks: Marks, depth: int) -> None:
    if not reader.is_nested:
        reader.blocks.append(Rule("paywall" in pasted.classes_of(tag)))


_READERS: Final[dict[str, Callable[[_Reader, Tag, Marks, int], None]]] = {
    "p": _read_paragraph,
    "blockquote": _read_quote,
    "ul": _read_list,
    "ol": _read_list,
    "li": _read_item,
    "figure": _read_figure,
    "img": _read_image,
    "div": _read_division,
    "table": _read_table,
    "hr": _read_rule,
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), _read_heading),
}


def _inlines(blocks: Blocks) -> list[Inline]:
    """The paragraphs of nested blocks, in order."""
    found: list[Inline] = []
    for block in blocks:
        match block:
            case Paragraph(inline):
                found.append(inline)
            case ListBlock(items):
                found.extend(inline for item in items for inline in _inlines(item))
    return found


def _with_one_paywall(blocks: Blocks) -> Blocks:
    divider = Rule(is_paywall=True)
    first = blocks.index(divider) if divider in blocks else -1
    return tuple(block for index, block in enumerate(blocks) if block != divider or index == first)
