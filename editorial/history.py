"""The saves of a story: who made them, what each changed, and how the desk took them."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache

from articles.markup.compare import changed_words
from articles.models import Article
from editorial.comparison import changed_fields
from editorial.content import Content
from editorial.models import Review, Revision

Words = tuple[int, int]
"""How many words were inserted and deleted."""

KEPT_FOR = timedelta(days=30)


@dataclass(frozen=True)
class Saved:
    """One save; `before` is the revision it was made on, none for the first, from which nothing differs."""

    revision: Revision
    before: Revision | None
    words: Words
    fields: list[str]
    reviews: list[Review]
    is_latest: bool
    is_read: bool

    @property
    def who(self) -> str:
        """The name the account has now; of a deleted one, what was kept."""
        by = self.revision.by
        return by.get_full_name() if by else self.revision.by_label

    @property
    def is_rest(self) -> bool:
        """Whether the text changed though none of its words did: its marks, its order, a picture."""
        is_other = self.before is not None and self.before.content["body"] != self.revision.content["body"]
        return is_other and self.words == (0, 0)


def read_version(article: Article, *, at: datetime) -> int | None:
    """The number of the revision that readers see at `at`, if they see any."""
    if not Article.objects.visible(at=at).filter(pk=article.pk).exists():
        return None
    return article.public_version or article.version  # of one whose minute has come, no worker has run yet


def saves_of(article: Article, revisions: Sequence[Revision], shown: int, *, at: datetime) -> list[Saved]:
    """The first `shown` of the revisions, which are in falling order; the next one is what the last is
    compared with.
    """
    pairs = list(zip(revisions, (*revisions[1:], None), strict=True))[:shown]
    words, reviews = _words(pairs), _reviews(article, revisions)
    read = read_version(article, at=at)
    return [
        Saved(
            revision,
            before,
            words[revision.number],
            _fields(before, revision),
            reviews[revision.number],
            is_latest=revision.number == article.version,
            is_read=revision.number == read,
        )
        for revision, before in pairs
    ]


def _fields(before: Revision | None, revision: Revision) -> list[str]:
    if before is None:
        return []
    names = changed_fields(Content.from_json(before.content), Content.from_json(revision.content))
    return [name for name in names if name != "text"]


def _reviews(article: Article, revisions: Sequence[Revision]) -> defaultdict[int, list[Review]]:
    found: defaultdict[int, list[Review]] = defaultdict(list)
    numbers = [revision.number for revision in revisions]
    for review in Review.objects.filter(article=article, version__in=numbers).select_related("by"):
        found[review.version].append(review)
    return found


def _words(pairs: Sequence[tuple[Revision, Revision | None]]) -> dict[int, Words]:
    """By number. Comparing two long texts takes a while, and revisions never change: it is done once."""
    texts = {
        revision.number: (before.content["body"] if before else "", revision.content["body"])
        for revision, before in pairs
    }
    keys = {number: _key(*both) for number, both in texts.items()}
    known: dict[str, Words] = cache.get_many(set(keys.values()))
    new = {keys[number]: changed_words(*both) for number, both in texts.items() if keys[number] not in known}
    if new:
        cache.set_many(new, KEPT_FOR.total_seconds())
    return {number: (known | new)[key] for number, key in keys.items()}


def _key(old: str, new: str) -> str:
    return "changed-words-" + hashlib.sha256(f"{old}\0{new}".encode()).hexdigest()
