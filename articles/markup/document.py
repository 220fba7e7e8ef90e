"""What a text is made of: blocks, and inline runs of marked text. All values, nothing mutable."""

from dataclasses import dataclass
from typing import Final

LINE_BREAK: Final = "\n"
"""A line break inside a block, as a character of its text."""


@dataclass(frozen=True)
class Mark:
    """What sets a run of text apart: ``tag`` is the HTML element, or the class of our spans."""

    tag: str
    href: str = ""
    title: str = ""


MARK_ORDER: Final = ("footnote", "credit", "a", "strong", "em", "s", "sub", "sup")
"""Outermost first; the editor nests its marks in the same order, so that a text comes back as it went."""

FOOTNOTE: Final = Mark("footnote")
CREDIT: Final = Mark("credit")


@dataclass(frozen=True)
class Run:
    """Text with the same marks throughout, the marks in ``MARK_ORDER``."""

    text: str
    marks: tuple[Mark, ...] = ()

    @property
    def is_note(self) -> bool:
        return FOOTNOTE in self.marks


Inline = tuple[Run, ...]


@dataclass(frozen=True)
class Paragraph:
    inline: Inline
    is_runon: bool = False


@dataclass(frozen=True)
class Heading:
    inline: Inline
    level: int


@dataclass(frozen=True)
class ListBlock:
    items: tuple[tuple["Block", ...], ...]
    is_ordered: bool = False
    start: int = 1


@dataclass(frozen=True)
class Quote:
    blocks: tuple["Block", ...]
    is_display: bool = False


@dataclass(frozen=True)
class Figure:
    """A picture with its caption. ``picture`` is the key of a stored one, when no file is named."""

    src: str
    alt: str = ""
    width: int = 0
    height: int = 0
    picture: str = ""
    caption: Inline = ()


@dataclass(frozen=True)
class Embed:
    href: str
    title: str


@dataclass(frozen=True)
class Cell:
    inline: Inline
    is_header: bool = False


@dataclass(frozen=True)
class Table:
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Rule:
    is_paywall: bool = False


Block = Paragraph | Heading | ListBlock | Quote | Figure | Embed | Table | Rule
Blocks = tuple[Block, ...]


def text_of(inline: Inline) -> str:
    """The words of the running text: footnotes left out, line breaks as newlines."""
    return "".join(run.text for run in inline if not run.is_note)
