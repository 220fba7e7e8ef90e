"""What other programs mean by their markup: Word's lists and notes, styles that stand for bold or italic."""

import re
from dataclasses import dataclass
from typing import Final

from bs4 import BeautifulSoup
from bs4.element import Tag

BULLETS: Final = "·•▪◦‣●○■□§\uf0b7\uf0a7\uf06f\uf0d8\uf0fc"
"""The signs Word writes before the items of a list; the last ones are from its private Symbol fonts."""

_BULLET_START = re.compile(rf"([{BULLETS.replace('§', '')}][ \u00a0]*)+")
_NUMBERED = re.compile(r"\(?([0-9]{1,4}|[a-zA-Z]|[ivxlcIVXLC]+)[.)]")
_LEVEL = re.compile(r"(?<![\w-])mso-list:[^;]*\blevel([1-9])", re.IGNORECASE)
_MARKER = re.compile(r"(?<![\w-])mso-list:\s*ignore", re.IGNORECASE)
_HIDDEN = re.compile(
    r"(?<![\w-])display:\s*none|mso-hide:\s*all|(?<![\w-])visibility:\s*hidden", re.IGNORECASE
)
_NOTE_TARGET = re.compile(r"_?(ftn|edn|ftnt|footnote-|fn:?-?)(\d+)", re.IGNORECASE)
_NOTE_BACKLINK = re.compile(r"#_?(ftnref|ednref|ftnt_ref|footnote-ref-|fnref:?-?)(\d+)", re.IGNORECASE)
_STYLES: Final = (
    ("strong", re.compile(r"(?<![\w-])font-weight:\s*(bold|[6-9]00)", re.IGNORECASE)),
    ("em", re.compile(r"(?<![\w-])font-style:\s*(italic|oblique)", re.IGNORECASE)),
    ("s", re.compile(r"(?<![\w-])text-decoration(-line)?:[^;]*line-through", re.IGNORECASE)),
    ("sup", re.compile(r"(?<![\w-])vertical-align:\s*super", re.IGNORECASE)),
    ("sub", re.compile(r"(?<![\w-])vertical-align:\s*sub(?!\w)", re.IGNORECASE)),
)
_PLAIN: Final = {
    "strong": re.compile(r"(?<![\w-])font-weight:\s*(normal|[1-4]00)", re.IGNORECASE),
    "em": re.compile(r"(?<![\w-])font-style:\s*normal", re.IGNORECASE),
}


@dataclass(frozen=True)
class ListPlace:
    """Where a paragraph that is really a list item belongs."""

    level: int
    is_ordered: bool
    start: int = 1


def classes_of(tag: Tag) -> frozenset[str]:
    return frozenset(str(tag.get("class") or "").split())


def style_of(tag: Tag) -> str:
    return str(tag.get("style") or "")


def is_hidden(tag: Tag) -> bool:
    return bool(_HIDDEN.search(style_of(tag)))


def is_marker(tag: Tag) -> bool:
    """The bullet or number Word writes out before an item."""
    return bool(_MARKER.search(style_of(tag)))


def styled_marks(tag: Tag) -> list[str]:
    """Elements that an inline style stands for."""
    return [name for name, pattern in _STYLES if pattern.search(style_of(tag))]


def is_unset_by_style(tag: Tag, name: str) -> bool:
    """Google Docs wraps a whole paste in ``<b style="font-weight:normal">``."""
    return name in _PLAIN and bool(_PLAIN[name].search(style_of(tag)))


def list_place(paragraph: Tag) -> ListPlace | None:
    """The place in a list that Word gives a paragraph, if it gives one."""
    level = _LEVEL.search(style_of(paragraph))
    marker = next((tag for tag in paragraph.find_all(True) if is_marker(tag)), None)
    if not level and not marker:
        return None
    number = _NUMBERED.match(marker.get_text().strip()) if marker else None
    start = int(number[1]) if number and number[1].isdigit() else 1
    return ListPlace(int(level[1]) if level else 1, number is not None, start)


def bullet_length(text: str) -> int:
    """How many characters of a plain paragraph are the bullet typed before it; 0 when there is none."""
    bullet = _BULLET_START.match(text)
    return bullet.end() if bullet and text[bullet.end() :].strip() else 0


def restore_notes(soup: BeautifulSoup) -> None:
    """Move the footnotes of Word and Google Docs to where their numbers stand, as our own footnotes."""
    notes = {name: note for tag in soup.find_all(True) for name in _names(tag) if (note := _note_at(tag))}
    for link in soup.find_all("a"):
        note = notes.get(str(link.get("href") or "").removeprefix("#"))
        if note is not None and not _is_inside(link, note):
            (_lonely_sup(link) or link).replace_with(_footnote(soup, note))
    for note in notes.values():
        note.decompose()
    for tag in soup.find_all("div", style=re.compile(r"mso-element:\s*(foot|end)note-list")):
        tag.decompose()


def _names(tag: Tag) -> set[str]:
    given = {str(tag.get("id") or ""), str(tag.get("name") or "")}
    return {name for name in given if _NOTE_TARGET.fullmatch(name)}


def _note_at(tag: Tag) -> Tag | None:
    """The element that holds a note's text: it must lead back to its reference, or it is no note."""
    holder = tag if tag.name in ("div", "li", "p") else tag.find_parent(["li", "p"])
    if holder is None or not holder.find("a", href=_NOTE_BACKLINK):
        return None
    return holder


def _footnote(soup: BeautifulSoup, note: Tag) -> Tag:
    span = soup.new_tag("span", attrs={"class": "footnote"})
    copy = BeautifulSoup(str(note), "html.parser")
    for link in copy.find_all("a", href=_NOTE_BACKLINK):
        link.decompose()
    for block in copy.find_all(["div", "li", "p"]):
        block.insert_after(" ")
        block.unwrap()
    span.extend(list(copy.contents))
    return span


def _lonely_sup(link: Tag) -> Tag | None:
    parent = link.parent
    return (
        parent if parent and parent.name == "sup" and len(parent.get_text()) == len(link.get_text()) else None
    )


def _is_inside(tag: Tag, holder: Tag) -> bool:
    return any(parent is holder for parent in tag.parents)
