"""Quotation marks that never close, or close what never opened, by the rules of the story's language."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from articles.markup.document import (
    LINE_BREAK,
    Block,
    Blocks,
    Embed,
    Figure,
    Heading,
    ListBlock,
    Paragraph,
    Quote,
    Rule,
    Table,
    text_of,
)
from editorial.preflight.check import Remark
from editorial.preflight.subject import Subject

STRAIGHT: Final = '"'
_CURLY, _LOW, _POLISH, _ANGLED, _TURNED = "“”", "„“", "„”", "«»", "»«"
_PAIRS: Final = {
    **dict.fromkeys(("cs", "de", "sk"), (_LOW, _TURNED)),
    **dict.fromkeys(("el", "es", "fr", "it", "nb", "no", "pt"), (_ANGLED, _CURLY)),
    **dict.fromkeys(("hu", "pl"), (_POLISH, _TURNED)),
    **dict.fromkeys(("fi", "sv"), ("””", "»»")),
    **dict.fromkeys(("ru", "uk"), (_ANGLED, _LOW)),
    "da": (_TURNED, "””"),
    "nl": (_CURLY, _POLISH),
    "ro": (_POLISH, _ANGLED),
}
"""The pairs each language quotes with, an opening and a closing mark; the others as English."""

_WITH_SINGLES: Final = ("en", "nl", "pt")
"""Languages whose inner quotations stand in ‘ and ’, the latter an apostrophe as well."""

_MARK = re.compile('[“”„«»"]')

FIELDS: Final = ("headline", "standfirst", "seo_title", "seo_description")
SHOWN: Final = 40


def quotation_marks(subject: Subject) -> Iterator[Remark]:
    """A quotation may run on over paragraphs, each of which opens it anew, and around a display quote."""
    language = subject.content.language.lower().replace("_", "-").split("-")[0]
    for name in FIELDS:
        reader = Reader(language)
        reader.read(getattr(subject.content, name))
        yield from (Remark(trouble.message, name, trouble.passage) for trouble in reader.finish())
    for trouble in _troubles_in(subject.document, language):
        yield Remark(trouble.message, passage=trouble.passage)


@dataclass(frozen=True)
class Trouble:
    message: str
    passage: str


@dataclass
class Reader:
    """Reads paragraphs in order and keeps which quotations stand open; `single` is an open ‘."""

    language: str
    opened: list[tuple[str, str]] = field(default_factory=list)
    single: str = ""
    found: list[Trouble] = field(default_factory=list)

    def __post_init__(self) -> None:
        pairs = (*_PAIRS.get(self.language, (_CURLY, _ANGLED)), STRAIGHT * 2)
        self.closing = {pair[0]: pair[1] for pair in reversed(pairs)}
        self.closers = frozenset(self.closing.values())

    def read(self, text: str, *, is_runon: bool = False) -> None:
        """The next paragraph; one that runs on continues the sentence before a display quote."""
        carried = "‘" if is_runon and self.single else ""
        for mark in _MARK.finditer(text, 0 if is_runon else self._take_up(text)):
            self._read_mark(text, mark.start())
        if self.language in _WITH_SINGLES:
            self.single = "" if self.opened else _open_single(carried + text)

    def finish(self) -> list[Trouble]:
        """No paragraph follows that could close what is open. Returns what was found, and begins anew."""
        self._report_open()
        found, self.found = self.found, []
        return found

    def _take_up(self, text: str) -> int:
        """Where the new words begin in a paragraph that opens again what the one before left open."""
        marks = "".join(mark for mark, _ in self.opened) + "‘" * bool(self.single)
        if not text.startswith(marks):
            self._report_open()
            return 0
        return len(self.opened)

    def _report_open(self) -> None:
        for mark, passage in self.opened:
            self._report(f"Close the quotation that begins {_shown(passage)}: {mark} opens it.", passage)
        if self.single:
            self._report(f"Close ‘ at {_shown(self.single)}, or set an apostrophe: ’.", self.single)
        self.opened.clear()
        self.single = ""

    def _report(self, message: str, passage: str) -> None:
        self.found.append(Trouble(message, passage))

    def _read_mark(self, text: str, index: int) -> None:
        mark = text[index]
        if self.opened and mark == self.closing[self.opened[-1][0]]:
            self.opened.pop()
        elif mark in self.closing:
            self._open(text, index)
        elif mark in self.closers and not text[:index][-1:].isdigit():
            self._close(text, index)

    def _open(self, text: str, index: int) -> None:
        mark, passage = text[index], text[index : index + SHOWN]
        if self.closing[mark] == mark and text[:index][-1:].isdigit():
            return  # inches
        if any(mark == other for other, _ in self.opened):
            self._report(f"{mark} opens a quotation inside the same quotation: {_shown(passage)}.", passage)
        else:
            self.opened.append((mark, passage))

    def _close(self, text: str, index: int) -> None:
        """A mark that closes no quotation under way, or one around another that is left open."""
        mark, passage = text[index], text[max(0, index + 1 - SHOWN) : index + 1]
        outer = [place for place, (other, _) in enumerate(self.opened) if self.closing[other] == mark]
        if not outer:
            words = _shown(passage, is_end=True)
            self._report(f"{mark} closes a quotation that was not opened: {words}.", passage)
            return
        for inner, words in self.opened[outer[-1] + 1 :]:
            self._report(f"Close the inner quotation that begins {_shown(words)}: {inner} opens it.", words)
        del self.opened[outer[-1] :]


def _open_single(text: str) -> str:
    """The words after a ‘ that nothing closes. A ’ is an apostrophe inside a word, after one it may be."""
    opened: list[int] = []
    for mark in re.finditer("[‘’]", text):
        if mark[0] == "‘":
            opened.append(mark.start())
        elif opened and not text[mark.end() : mark.end() + 1].isalnum():
            opened.pop()
    return text[opened[0] : opened[0] + SHOWN] if opened else ""


def _troubles_in(document: Blocks, language: str) -> Iterator[Trouble]:
    """The running text from one heading to the next; what is set apart from it is read by itself."""
    reader = Reader(language)
    for block in document:
        match block:
            case Paragraph(inline, is_runon):
                reader.read(_text(text_of(inline)), is_runon=is_runon)
            case Quote(is_display=True) | Figure() | Embed() | Rule(is_paywall=True):
                yield from _troubles_apart(_parts(block), language)
            case _:
                yield from reader.finish()
                yield from _troubles_apart(_parts(block), language)
    yield from reader.finish()


def _troubles_apart(parts: Iterable[list[str]], language: str) -> Iterator[Trouble]:
    for texts in parts:
        reader = Reader(language)
        for text in texts:
            reader.read(_text(text))
        yield from reader.finish()


def _parts(block: Block) -> Iterator[list[str]]:
    """The texts of a block, those together over which one quotation may run."""
    match block:
        case Heading(inline):
            yield [text_of(inline)]
        case Quote(blocks):
            yield [text_of(each.inline) for each in blocks if isinstance(each, Paragraph)]
        case ListBlock(items):
            for item in items:
                yield [text_of(each.inline) for each in item if isinstance(each, Paragraph)]
        case Figure():
            yield [text_of(block.caption)]
        case Embed(title=title):
            yield [title]
        case Table(rows):
            yield from ([text_of(cell.inline)] for row in rows for cell in row)


def _text(text: str) -> str:
    return text.replace(LINE_BREAK, " ")


def _shown(passage: str, *, is_end: bool = False) -> str:
    """A few words between marks of the panel's own, cut between words."""
    words = passage.strip('“”„«»‘’" ')
    if len(passage) == SHOWN:
        words = f"… {words.partition(' ')[2]}" if is_end else f"{words.rpartition(' ')[0]} …"
    return f"“{words}”"
