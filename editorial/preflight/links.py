"""Where the text leads, and whether its links say so."""

import re
from collections.abc import Iterator

from editorial.addresses import own_path
from editorial.preflight.check import Remark
from editorial.preflight.own_links import NEWSROOM
from editorial.preflight.subject import Subject

# Out of their sentence, as a screen reader lists them, these words lead nowhere (WCAG 2.4.4).
_EMPTY_WORDS = frozenset(
    "here;click here;see here;click;link;this link;this;go;more;read more;hier;mehr;ici;aquí;qui".split(";")
)
_ADDRESS = re.compile(r"(https?://|www\.)\S+", re.IGNORECASE)


def empty_links(subject: Subject) -> Iterator[Remark]:
    for link in subject.links:
        if not any(map(str.isalnum, link.words)):
            yield Remark(f"Give the link to {_shortened(link.href)} words to click on, or remove it.")


def link_words(subject: Subject) -> Iterator[Remark]:
    for link in subject.links:
        words = link.words.strip(" .,:;!?…→»›").lower()
        if words in _EMPTY_WORDS or _ADDRESS.fullmatch(words):
            yield Remark(f"Let the link “{_shortened(link.words)}” say where it leads.", passage=link.words)


def newsroom_links(subject: Subject) -> Iterator[Remark]:
    yield from _own(subject, is_newsroom=True)


def own_links(subject: Subject) -> Iterator[Remark]:
    yield from _own(subject, is_newsroom=False)


def dead_links(subject: Subject) -> Iterator[Remark]:
    for link in subject.links:
        if link.href in subject.dead:
            why = subject.dead[link.href]
            message = f"Replace or remove the link “{_shortened(link.words)}”: {_shortened(link.href)} {why}."
            yield Remark(message, passage=link.words)


def _own(subject: Subject, *, is_newsroom: bool) -> Iterator[Remark]:
    for link in subject.links:
        trouble = subject.own_troubles.get(link.href)
        if trouble and (trouble == NEWSROOM) == is_newsroom:
            message = f"Change the link “{_shortened(link.words)}”: {own_path(link.href)} {trouble}."
            yield Remark(message, passage=link.words)


def _shortened(text: str) -> str:
    """Without marks of its own, as it is set between some."""
    text = text.strip('“”"')
    return text if len(text) <= 60 else f"{text[:59]}…"
