"""What goes into the index: of each story the text that everyone may find, and the one some may.

A reader finds a story by the words they may read and by no others, so that the search tells nobody what
stands behind the wall. A story has one document if all may read it all, otherwise two; each names whom it is
for, and every reader is answered from exactly one of them.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from articles.markup.lead import plain_text
from articles.models import Article
from articles.paywall import REGISTERED, SUBSCRIBER, VISITOR, Reader, read
from articles.search.words import Words, stems

MAX_CHARACTERS: Final = 100_000
"""Of one text, which is some 16,000 words; the rest is not found. A tsvector holds a megabyte at most."""


class Audience(StrEnum):
    """Readers who may read the same of every story, apart from meters and links."""

    VISITOR = "visitor"
    REGISTERED = "registered"
    SUBSCRIBER = "subscriber"


READERS: Final = {
    Audience.VISITOR: VISITOR,
    Audience.REGISTERED: REGISTERED,
    Audience.SUBSCRIBER: SUBSCRIBER,
}


def audience_of(reader: Reader, *, at: datetime) -> Audience:
    if any(grant.is_current(at) for grant in reader.grants):
        return Audience.SUBSCRIBER
    return Audience.REGISTERED if reader.is_signed_in else Audience.VISITOR


@dataclass(frozen=True)
class Document:
    """One text of a story. `id` grows with the time of publication, so the newest are the highest."""

    id: int
    story: int
    published_at: datetime
    facets: tuple[str, ...]
    headline: Words
    around: tuple[Words, ...]
    """The standfirst, and the names of authors and topics."""
    text: Words


PARTS: Final = 2
_STORIES: Final = 1 << 21
END_OF_IDS: Final = 1 << 62


def document_ids(story: int, published_at: datetime) -> list[int]:
    """The ids that the documents of a story published at this time have."""
    first = first_id(published_at) + (story % _STORIES) * PARTS
    return [first + part for part in range(PARTS)]


def first_id(moment: datetime) -> int:
    """The lowest id of anything published in this second or later."""
    return int(moment.timestamp()) * _STORIES * PARTS


def id_bounds(since: datetime | None, until: datetime | None) -> tuple[int, int]:
    """The lowest id of a span of time, and the first one after it."""
    return first_id(since) if since else 0, first_id(until) if until else END_OF_IDS


def second_of(document: int) -> int:
    """When the story of this document was published, in seconds since 1970."""
    return document // (_STORIES * PARTS)


def documents_of(story: Article, *, at: datetime) -> list[Document]:
    """What the index keeps of a public story whose section, authors and topics are at hand."""
    texts: dict[str, list[Audience]] = {}
    for audience, reader in READERS.items():
        texts.setdefault(read(story, reader, at=at).text, []).append(audience)
    published_at = story.published_at
    assert published_at is not None
    ids = document_ids(story.pk, published_at)
    facets = facets_of(story, at=at)
    headline = stems(story.headline, story.language)
    around = _around(story)
    return [
        Document(
            id=id,
            story=story.pk,
            published_at=published_at,
            facets=(*(f"for:{audience}" for audience in audiences), *facets),
            headline=headline,
            around=around,
            text=stems(plain_text(text)[:MAX_CHARACTERS], story.language),
        )
        for id, (text, audiences) in zip(ids, texts.items(), strict=False)
    ]


def facets_of(story: Article, *, at: datetime) -> tuple[str, ...]:
    """By what else than words a story is found."""
    authors = (f"author:{author.pk}" for author in story.credited_authors)
    return (f"section:{story.section_id}", f"access:{story.ruling(at=at).access}", *authors)


def months_between(first: datetime, last: datetime) -> list[str]:
    """The facets of time from one month to the other, whole years in one."""
    start, end = first.astimezone(UTC), last.astimezone(UTC)
    found = []
    for year in range(start.year, end.year + 1):
        months = range(start.month if year == start.year else 1, (end.month if year == end.year else 12) + 1)
        whole = len(months) == 12
        found += [f"year:{year}"] if whole else [f"month:{year}-{month}" for month in months]
    return found


def months_of(published_at: datetime) -> tuple[str, str]:
    """The facets of time of one story."""
    moment = published_at.astimezone(UTC)
    return f"year:{moment.year}", f"month:{moment.year}-{moment.month}"


def _around(story: Article) -> tuple[Words, ...]:
    names = [
        *(author.name for author in story.credited_authors),
        *(topic.name for topic in story.topics.all()),
    ]
    return tuple(stems(text, story.language) for text in (story.standfirst, *names))
