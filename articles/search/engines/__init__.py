"""What keeps the index: one small interface, and the engine that the settings choose."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Protocol

from django.conf import settings
from django.db import connection

from articles.search.documents import Document
from articles.search.typed import Wanted

HEADLINE, AROUND, ANYWHERE = 4.0, 2.0, 1.0
"""What it weighs that all the words stand in the headline, or in headline, standfirst and names together."""


@dataclass(frozen=True)
class Question:
    """What is looked for: any of `wanted` (one for each language of the index), all of `facets`.

    Published at `since` or later, and before `until`.
    """

    wanted: tuple[Wanted, ...]
    facets: tuple[str, ...]
    since: datetime | None = None
    until: datetime | None = None

    @property
    def has_terms(self) -> bool:
        return any(each.terms for each in self.wanted)


@dataclass(frozen=True)
class Hit:
    """A document that answers a question, and how much it weighs where the words stand."""

    document: int
    story: int
    weight: float


class SearchUnavailable(Exception):
    """The engine does not answer, or refuses; the message says why."""


class Engine(Protocol):
    def put(self, documents: Sequence[Document]) -> None:
        """Keep these, in place of those with the same ids."""

    def drop(self, ids: Sequence[int]) -> None:
        """Forget the documents with these ids, as far as there are any."""

    def clear(self) -> None:
        """Forget everything."""

    def find(self, question: Question, *, limit: int) -> list[Hit]:
        """Documents that answer: for each place the words may stand in, the newest `limit` of them."""


@cache
def _engine_at(address: str, vendor: str) -> Engine:
    if address:
        from articles.search.engines.remote import RemoteEngine  # noqa: PLC0415 (only where it is used)

        return RemoteEngine(address)
    if vendor == "postgresql":
        from articles.search.engines.postgres import PostgresEngine  # noqa: PLC0415 (the same)

        return PostgresEngine()
    from articles.search.engines.sqlite import SqliteEngine  # noqa: PLC0415 (the same)

    return SqliteEngine()


def current_engine() -> Engine:
    """The engine at SEARCH_URL, or the site's own database."""
    return _engine_at(settings.SEARCH_URL, connection.vendor)
