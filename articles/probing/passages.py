"""The passages to look for: all of the paid text, cut into stretches of a few words."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import groupby

from articles.markup.lead import plain_text
from articles.markup.read import read as parse
from articles.markup.texts import full_text, texts_of
from articles.models import Article
from articles.paywall import REGISTERED, SUBSCRIBER, VISITOR, Reader, read
from articles.probing.sight import key_of

WORDS = 8
"""In one passage. A leak of twice as many words in a row holds one passage whole."""

SHORTEST = 24
"""The fewest letters of a passage: fewer might stand elsewhere by chance."""


@dataclass(frozen=True)
class Passage:
    """A stretch of paid text, and the readers (by their level) who may read it."""

    story: int
    text: str
    key: str
    levels: frozenset[Reader]


def passages_of(story: Article, *, at: datetime) -> list[Passage]:
    """What is paid in a gated story: in its whole text, and neither in its free part nor at its head."""
    free = _free_key(story, VISITOR, at=at)
    levels = frozenset(
        level for level in (VISITOR, REGISTERED, SUBSCRIBER) if read(story, level, at=at).is_whole
    )
    found = {key_of(text): text for text in stretches(read(story, SUBSCRIBER, at=at).text)}
    return [
        Passage(story.pk, text, key, levels)
        for key, text in found.items()
        if len(key) >= SHORTEST and key not in free
    ]


def stretches(html: str) -> Iterator[str]:
    """The text of stored markup and of its footnotes, `WORDS` words at a time."""
    for piece in [*plain_text(html).split("\n\n"), *_notes(html)]:
        words = piece.split()
        for start in range(0, len(words), WORDS):
            yield " ".join(words[start : start + WORDS])


class Passages:
    """All passages of a run, found in a page in the time it takes to read the page once."""

    def __init__(self, passages: Iterable[Passage]) -> None:
        self._by_start: dict[str, list[Passage]] = defaultdict(list)
        for passage in passages:
            self._by_start[passage.key[:SHORTEST]].append(passage)

    def __len__(self) -> int:
        return sum(map(len, self._by_start.values()))

    def found_in(self, seen: str) -> list[Passage]:
        """The passages that stand in what `sight.seen_in` made of a page."""
        starts = {seen[here : here + SHORTEST] for here in range(len(seen) - SHORTEST + 1)}
        candidates = (self._by_start[start] for start in self._by_start.keys() & starts)
        return [passage for some in candidates for passage in some if passage.key in seen]


class FreeElsewhere:
    """Whether a passage is also in what a reader of some level may read: a phrase, a quotation.

    Goes through all stories once, and only when something was found.
    """

    def __init__(self, *, at: datetime) -> None:
        self._at = at
        self._free = cache(self._texts)

    def holds(self, passage: Passage, level: Reader) -> bool:
        return any(passage.key in text for text in self._free(level))

    def _texts(self, level: Reader) -> Sequence[str]:
        stories = Article.objects.visible(at=self._at).select_related("section").prefetch_related("topics")
        return [_free_key(story, level, at=self._at) for story in stories.iterator(chunk_size=200)]


def _free_key(story: Article, level: Reader, *, at: datetime) -> str:
    """What a reader of this level may read of the story, its head and its corrections."""
    text = read(story, level, at=at).text
    head = (story.headline, story.standfirst, story.seo_title, story.seo_description)
    notices = (correction.notice for correction in story.corrections.all())
    return "\n".join(key_of(part) for part in (*head, plain_text(text), *_notes(text), *notices))


def _notes(html: str) -> list[str]:
    """The words of each footnote."""
    groups = (groupby(inline, key=lambda run: run.is_note) for inline in texts_of(parse(html)))
    return [full_text(runs) for group in groups for is_note, runs in group if is_note]
