"""The index in PostgreSQL: a row for each document, its tokens in a tsvector under a GIN index.

GIN finds the rows that match in no order, and a common word matches most of them. So the newest are looked
through first, then ten times as many, then all: a window is a list of months, which are tokens like any
others and intersect within the index. A word that is common fills the limit in the first window, a rare one
has few rows in the last; no search reads more than some thousand rows, or any tsvector at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.core.cache import cache
from django.db import connection, transaction

from articles.search.documents import Document, id_bounds, months_between, second_of
from articles.search.engines import Hit, Question
from articles.search.engines.tokens import Condition, conditions, tokens_of, zones_for

TABLE = "articles_searchindex"
PUT = f"""INSERT INTO {TABLE} (id, story, tokens) VALUES (%s, %s, array_to_tsvector(%s))
    ON CONFLICT (id) DO UPDATE SET story = EXCLUDED.story, tokens = EXCLUDED.tokens"""  # noqa: S608 (ours)
# Materialized, so that the rows come by the index of tokens and are sorted afterwards, never the other way.
NEWEST = f"""(WITH found AS MATERIALIZED (SELECT id, story FROM {TABLE} WHERE tokens @@ %s::tsquery)
    SELECT id, story, %s::float FROM found WHERE id >= %s AND id < %s ORDER BY id DESC LIMIT %s)"""  # noqa: S608

WINDOWS = (2_000, 20_000)
"""How many of the newest documents the first windows hold."""
SHAPE_SECONDS = 600


@dataclass(frozen=True)
class Shape:
    """How far back the index goes, and each of its windows; if a little old, they are a little longer."""

    oldest: datetime
    windows: tuple[datetime, ...]


class PostgresEngine:
    def put(self, documents: Sequence[Document]) -> None:
        rows = [(each.id, each.story, sorted(tokens_of(each))) for each in documents]
        with connection.cursor() as cursor:
            cursor.executemany(PUT, rows)

    def drop(self, ids: Sequence[int]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {TABLE} WHERE id = ANY(%s)", [list(ids)])  # noqa: S608 (names of ours)

    def clear(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {TABLE}")
        cache.delete(TABLE)

    def find(self, question: Question, *, limit: int) -> list[Hit]:
        shape = _shape(until=question.until) if question.until else _kept_shape()
        windows = [since for since in shape.windows if question.since is None or since > question.since]
        pending, hits = zones_for(question), list[Hit]()
        for since in [*windows, question.since]:
            found = _newest(question, pending, since, shape.oldest, limit)
            is_last = since == question.since
            full = [zone for zone in pending if is_last or len(found[zone]) == limit]
            hits += [hit for zone in full for hit in found[zone]]
            pending = [zone for zone in pending if zone not in full]
            if not pending:
                break
        return hits


def _newest(
    question: Question, zones: list[float], since: datetime | None, oldest: datetime, limit: int
) -> dict[float, list[Hit]]:
    """Of each zone the newest `limit` documents that were published since then."""
    months: list[str] = []
    if since or question.until:
        months = months_between(max(since or oldest, oldest), question.until or datetime.now(UTC))
    bounds = (*id_bounds(since, question.until), limit)
    parts = [part for zone in zones for part in (as_tsquery(question, zone, months), zone, *bounds)]
    with transaction.atomic(), connection.cursor() as cursor:
        # A short table would be read from end to end, every tsvector of it, at no cost the planner knows of.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(" UNION ALL ".join([NEWEST] * len(zones)), parts)
        hits = [Hit(*row) for row in cursor.fetchall()]
    return {zone: [hit for hit in hits if hit.weight == zone] for zone in zones}


def _kept_shape() -> Shape:
    shape: Shape = cache.get_or_set(TABLE, _shape, SHAPE_SECONDS)  # type: ignore[assignment]
    return shape


def _shape(*, until: datetime | None = None) -> Shape:
    """The index as it is, or as it was before `until`: its newest are then the newest that count."""
    ends = [_end_of_newest(number, id_bounds(None, until)[1]) for number in WINDOWS]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT min(id) FROM {TABLE}")  # noqa: S608 (names of ours)
        oldest = cursor.fetchone()[0] or 0
    return Shape(_moment(oldest), tuple(_moment(end) for end in ends if end))


def _end_of_newest(number: int, before: int) -> int | None:
    newest = f"SELECT id FROM {TABLE} WHERE id < %s ORDER BY id DESC OFFSET %s LIMIT 1"  # noqa: S608 (ours)
    with connection.cursor() as cursor:
        cursor.execute(newest, [before, number])
        row = cursor.fetchone()
    return row[0] if row else None


def _moment(id: int) -> datetime:
    return datetime.fromtimestamp(second_of(id), UTC)


def as_tsquery(question: Question, zone: float, months: Sequence[str]) -> str:
    """The question as the text of a tsquery. Every token is quoted."""
    parts = list(map(_quoted, question.facets))
    if found := conditions(question, zone):
        parts.append(" | ".join(f"({_all(condition)})" for condition in found))
    if months:
        parts.append(" | ".join(map(_quoted, months)))
    return " & ".join(f"({part})" for part in parts)


def _all(condition: Condition) -> str:
    unwanted = (" & ".join(map(_quoted, group)) for group in condition.unwanted)
    return " & ".join([*map(_quoted, condition.required), *(f"!({group})" for group in unwanted)])


def _quoted(token: str) -> str:
    return f"'{token}'"
