"""From what was asked to the stories of a result page, the best first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.core.cache import cache
from django.db.models import F, Q

from articles.models import Article, IndexedStory
from articles.search.documents import Audience, document_ids, second_of
from articles.search.engines import ANYWHERE, Hit, Question, current_engine
from articles.search.typed import Wanted, read_typed

MOST: Final = 200
"""Stories a search comes to: the newest that match, in each place the words may stand in. Nobody looks at
more, and no engine has to look at all that match."""

HALVED_AFTER_YEARS: Final = 2
"""A story of this age weighs half of a new one: a headline of six years ago as much as a mention of today."""
_YEAR_SECONDS: Final = 365.25 * 24 * 3600

KEPT_LANGUAGES, KEPT_SECONDS = "articles.search-languages", 600


@dataclass(frozen=True)
class Asked:
    """What somebody looks for: words, and the keys of what they chose."""

    text: str = ""
    section: int | None = None
    author: int | None = None
    access: str = ""
    since: datetime | None = None
    until: datetime | None = None

    @property
    def has_filters(self) -> bool:
        return any((self.section, self.author, self.access, self.since, self.until))


@dataclass(frozen=True)
class Found:
    """The keys of the stories found, the best first, and whether there are more than these."""

    stories: tuple[int, ...] = ()
    has_more: bool = False


def find_stories(asked: Asked, audience: Audience, *, at: datetime) -> Found:
    """Up to `MOST` public stories in which this audience may read what is asked for.

    Nothing is found in a story whose access changed since it was indexed, until it is indexed anew: so a
    ruling holds here as soon as everywhere else. Raises `SearchUnavailable`.
    """
    question = Question(
        wanted_in_all_languages(asked.text), _facets(asked, audience), asked.since, asked.until
    )
    if not (any(each.terms or each.unwanted for each in question.wanted) or asked.has_filters):
        return Found()
    hits = current_engine().find(question, limit=MOST + 1)
    ranked = _ranked(_present(hits, at=at), at=at)
    has_more = sum(hit.weight == ANYWHERE for hit in hits) > MOST or len(ranked) > MOST
    return Found(tuple(ranked[:MOST]), has_more)


def wanted_in_all_languages(text: str) -> tuple[Wanted, ...]:
    """The question in each language that stories are written in: a word has another stem in each."""
    return tuple(dict.fromkeys(read_typed(text, language) for language in _languages()))


def _languages() -> list[str]:
    kept: list[str] | None = cache.get(KEPT_LANGUAGES)
    if kept is None:
        stored = IndexedStory.objects.order_by("language").values_list("language", flat=True).distinct()
        kept = list(dict.fromkeys([settings.LANGUAGE_CODE, *stored]))
        cache.set(KEPT_LANGUAGES, kept, KEPT_SECONDS)
    return kept


def _facets(asked: Asked, audience: Audience) -> tuple[str, ...]:
    chosen = {"for": audience, "section": asked.section, "author": asked.author, "access": asked.access}
    return tuple(f"{name}:{value}" for name, value in chosen.items() if value)


def _present(hits: Iterable[Hit], *, at: datetime) -> list[Hit]:
    """Those of stories the public may see, as they are indexed."""
    keys = {hit.story for hit in hits}
    rows = Article.objects.visible(at=at).with_access(at=at)
    as_it_is = Q(indexed__public_version=F("public_version")) | Q(public_version=None)
    current = rows.filter(as_it_is, pk__in=keys, indexed__access=F("access_now"))
    ids = {
        id
        for story, published_at in current.values_list("pk", "indexed__published_at")
        for id in document_ids(story, published_at)
    }
    return [hit for hit in hits if hit.document in ids]


def _ranked(hits: Iterable[Hit], *, at: datetime) -> list[int]:
    best: dict[int, float] = {}
    for hit in hits:
        years = max(0.0, at.timestamp() - second_of(hit.document)) / _YEAR_SECONDS
        weight = hit.weight / (1 + years / HALVED_AFTER_YEARS)
        best[hit.story] = max(weight, best.get(hit.story, 0))
    return sorted(best, key=lambda story: (-best[story], -story))
