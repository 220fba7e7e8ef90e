"""The index in SQLite: an FTS5 table of tokens, in which a document's id is its row.

FTS5 walks the rows that match from the newest on and stops where it is told to, so that a common word costs
no more than a rare one. `detail=none` keeps of each token only the rows it is in.
"""

from collections.abc import Sequence

from django.db import connection, transaction

from articles.search.documents import Document, id_bounds
from articles.search.engines import Hit, Question
from articles.search.engines.tokens import Condition, conditions, tokens_of, zones_for

TABLE = "articles_searchindex"
PUT = f"INSERT INTO {TABLE} (rowid, story, tokens) VALUES (%s, %s, %s)"  # noqa: S608 (names of ours)
DROP = f"DELETE FROM {TABLE} WHERE rowid = %s"  # noqa: S608 (the same)
NEWEST = (
    f"SELECT * FROM (SELECT rowid, story, %s FROM {TABLE} WHERE {TABLE} MATCH %s"  # noqa: S608 (names of ours)
    " AND rowid >= %s AND rowid < %s ORDER BY rowid DESC LIMIT %s)"
)


class SqliteEngine:
    def put(self, documents: Sequence[Document]) -> None:
        rows = [(each.id, each.story, " ".join(sorted(tokens_of(each)))) for each in documents]
        with transaction.atomic(), connection.cursor() as cursor:
            self.drop([each.id for each in documents])
            cursor.executemany(PUT, rows)

    def drop(self, ids: Sequence[int]) -> None:
        with connection.cursor() as cursor:
            cursor.executemany(DROP, [(id,) for id in ids])

    def clear(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {TABLE}")  # noqa: S608 (names of ours)

    def find(self, question: Question, *, limit: int) -> list[Hit]:
        bounds = id_bounds(question.since, question.until)
        parts: list[str | float] = []
        zones = zones_for(question)
        for zone in zones:
            parts += [zone, match(question, zone), *bounds, limit]
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join([NEWEST] * len(zones)), parts)
            return [Hit(*row) for row in cursor.fetchall()]


def match(question: Question, zone: float) -> str:
    """The question in the language of FTS5. Every token is quoted; `NOT` needs something before it."""
    facets = " AND ".join(map(_quoted, question.facets))
    found = conditions(question, zone)
    return " OR ".join(f"({_all(condition, facets)})" for condition in found) or facets


def _all(condition: Condition, facets: str) -> str:
    wanted = " AND ".join([*map(_quoted, condition.required), facets])
    unwanted = [" AND ".join(map(_quoted, group)) for group in condition.unwanted]
    return " ".join([f"({wanted})", *(f"NOT ({group})" for group in unwanted)])


def _quoted(token: str) -> str:
    return f'"{token}"'
