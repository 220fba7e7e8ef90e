"""What the checks look at: a text read once, and the rows it has to do with, in few queries for any text."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from articles.markup.document import LINE_BREAK, Blocks, Embed, Inline, Mark, Run, text_of
from articles.markup.read import read
from articles.markup.texts import full_text, texts_of
from articles.models import Picture, Section
from editorial.addresses import address_elsewhere
from editorial.content import Content
from editorial.models import CheckedLink, HouseStyleTerm
from editorial.preflight.own_links import trouble_with_own


@dataclass(frozen=True)
class Link:
    """An address with the words that lead to it."""

    href: str
    words: str


@dataclass(frozen=True)
class Term:
    """A word or phrase the house avoids, and what it prefers."""

    avoid: str
    prefer: str
    note: str


@dataclass(frozen=True)
class Subject:
    """A story's text, read. `lead_alt` is none without a lead picture; troubles are told by address."""

    content: Content
    document: Blocks
    texts: tuple[str, ...]
    links: tuple[Link, ...]
    lead_alt: str | None
    has_section: bool
    terms: tuple[Term, ...]
    own_troubles: Mapping[str, str]
    dead: Mapping[str, str]


def subject_of(content: Content) -> Subject:
    """Read the text and fetch what the checks need of the database."""
    document = read(content.body)
    inlines = texts_of(document)
    embeds = (Link(block.href, block.title) for block in document if isinstance(block, Embed))
    links = (*_links_in(inlines), *embeds)
    picture = Picture.objects.filter(pk=content.lead_picture or 0).values_list("alt", flat=True).first()
    return Subject(
        content=content,
        document=document,
        texts=tuple(_plain(inlines)),
        links=links,
        lead_alt=picture,
        has_section=Section.objects.filter(pk=content.section).exists(),
        terms=terms_for(content.language),
        own_troubles=trouble_with_own({link.href for link in links}),
        dead=_dead({link.href for link in links}),
    )


def terms_for(language: str) -> tuple[Term, ...]:
    """The house's words for texts in this language: `en` holds for `en-GB` too, not the other way round."""
    code = language.lower().replace("_", "-")
    rows = HouseStyleTerm.objects.values_list("avoid", "prefer", "note", "language")
    return tuple(
        Term(avoid, prefer, note)
        for avoid, prefer, note, own in rows
        if not own or f"{code}-".startswith(f"{own.lower().replace('_', '-')}-")
    )


def _links_in(inlines: Iterable[Inline]) -> Iterator[Link]:
    """Every link of the running text; one whose words are set in several ways is one link."""
    for inline in inlines:
        for mark, runs in groupby(inline, key=_link_of):
            if mark:
                yield Link(mark.href, full_text(runs))


def _link_of(run: Run) -> Mark | None:
    return next((mark for mark in run.marks if mark.tag == "a"), None)


def _plain(inlines: Iterable[Inline]) -> Iterator[str]:
    """Each text by itself, then each of its footnotes; line breaks as spaces."""
    for inline in inlines:
        notes = ("".join(run.text for run in runs) for is_note, runs in groupby(inline, _is_note) if is_note)
        for text in (text_of(inline), *notes):
            if text:
                yield text.replace(LINE_BREAK, " ")


def _is_note(run: Run) -> bool:
    return run.is_note


def _dead(hrefs: Iterable[str]) -> dict[str, str]:
    """Addresses elsewhere that were found dead, with what was the matter."""
    asked = {href: address for href in hrefs if (address := address_elsewhere(href))}
    if not asked:
        return {}
    found = CheckedLink.objects.filter(url__in=set(asked.values()), state=CheckedLink.State.DEAD)
    details = dict(found.values_list("url", "detail"))
    return {href: details[address] for href, address in asked.items() if address in details}
