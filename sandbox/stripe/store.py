"""The one SQLite file that holds everything: objects, idempotency keys, webhook deliveries.

An object is kept as the JSON the API answers with, unexpanded. Beside it stand the facts the API does not
show (`hidden`: a card's test behaviour, an endpoint's secret), the moment it next needs attention (`due`) and
the test clock whose time it lives in (`clock`).
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Obj = dict[str, Any]
Condition = tuple[str, Sequence[Any]]

EXISTING = "json_extract(json, '$.deleted') IS NULL"

SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,
    json TEXT NOT NULL, hidden TEXT NOT NULL DEFAULT '{}', due INTEGER, clock TEXT
);
CREATE INDEX IF NOT EXISTS objects_by_kind ON objects (kind, seq);
CREATE INDEX IF NOT EXISTS objects_by_customer ON objects (kind, json_extract(json, '$.customer'));
CREATE TABLE IF NOT EXISTS idempotency (
    key TEXT PRIMARY KEY, request TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL,
    request_id TEXT NOT NULL, created INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS deliveries (
    id INTEGER PRIMARY KEY, event TEXT NOT NULL, endpoint TEXT NOT NULL, url TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'pending', tries INTEGER NOT NULL DEFAULT 0, next_at REAL NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS deliveries_pending ON deliveries (state, next_at);
CREATE INDEX IF NOT EXISTS deliveries_by_event ON deliveries (event);
CREATE TABLE IF NOT EXISTS attempts (
    id INTEGER PRIMARY KEY, delivery INTEGER NOT NULL REFERENCES deliveries (id), at REAL NOT NULL,
    status INTEGER, note TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS attempts_by_delivery ON attempts (delivery);
"""


class Store:
    """Reads and writes of one state file, by one thread. Several processes may share the file."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.db = sqlite3.connect(path, isolation_level=None, timeout=10)
        self.db.row_factory = sqlite3.Row
        self.db.execute("PRAGMA journal_mode = WAL")
        self.db.execute("PRAGMA synchronous = NORMAL")
        self.db.executescript(SCHEMA)
        self._add_clocks()

    def _add_clocks(self) -> None:
        """Take up a state file from before there were test clocks."""
        columns = {row["name"] for row in self.db.execute("PRAGMA table_info(objects)")}
        if "clock" not in columns:
            self.db.execute("ALTER TABLE objects ADD COLUMN clock TEXT")
        index = (
            "CREATE INDEX IF NOT EXISTS objects_due_by_clock ON objects (clock, due) WHERE due IS NOT NULL"
        )
        self.db.execute(index)

    def close(self) -> None:
        """Close the file; what was committed stays."""
        self.db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, and alone: writers wait for each other."""
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.db.execute("ROLLBACK")
            raise
        self.db.execute("COMMIT")

    @contextmanager
    def rehearsal(self) -> Iterator[None]:
        """Within a transaction: what is written here can be read here, and is gone afterwards."""
        self.db.execute("SAVEPOINT rehearsal")
        try:
            yield
        finally:
            self.db.execute("ROLLBACK TO rehearsal")
            self.db.execute("RELEASE rehearsal")

    def insert(self, obj: Obj, *, hidden: Obj, due: int | None, clock: str | None = None) -> None:
        """Keep a new object."""
        row = (obj["id"], obj["object"], json.dumps(obj), json.dumps(hidden), due, clock)
        columns = "id, kind, json, hidden, due, clock"
        self.db.execute(f"INSERT INTO objects ({columns}) VALUES (?, ?, ?, ?, ?, ?)", row)  # noqa: S608 constant

    def replace(self, obj: Obj, *, hidden: Obj, due: int | None, clock: str | None = None) -> None:
        """Keep a new state of an object there is. Once it lives by a clock it does so for good."""
        row = (json.dumps(obj), json.dumps(hidden), due, clock, obj["id"])
        changes = "json = ?, hidden = ?, due = ?, clock = COALESCE(clock, ?)"
        self.db.execute(f"UPDATE objects SET {changes} WHERE id = ?", row)  # noqa: S608 constant

    def get(self, id: str) -> Obj | None:
        """The object of that id, whatever its kind."""
        row = self.db.execute("SELECT json FROM objects WHERE id = ?", (id,)).fetchone()
        return json.loads(row["json"]) if row else None

    def hidden(self, id: str) -> Obj:
        """What the API does not show of that object."""
        row = self.db.execute("SELECT hidden FROM objects WHERE id = ?", (id,)).fetchone()
        return dict(json.loads(row["hidden"])) if row else {}

    def page(
        self,
        kind: str,
        conditions: Iterable[Condition] = (),
        *,
        limit: int = -1,
        after: str | None = None,
        before: str | None = None,
    ) -> list[Obj]:
        """Objects of a kind, newest first; the page stands behind the id `after` or ahead of `before`."""
        tests: list[Condition] = [("kind = ?", [kind]), (EXISTING, []), *conditions]
        for cursor, sign in ((after, "<"), (before, ">")):
            if cursor:
                tests.append((f"seq {sign} (SELECT seq FROM objects WHERE id = ?)", [cursor]))  # noqa: S608
        where = " AND ".join(test for test, _ in tests)
        values = [value for _, operands in tests for value in operands]
        order = "ASC" if before else "DESC"
        # `where` is put together from texts of this server; what came from outside is bound.
        query = f"SELECT json FROM objects WHERE {where} ORDER BY seq {order} LIMIT ?"  # noqa: S608
        rows = [json.loads(row["json"]) for row in self.db.execute(query, (*values, limit))]
        return rows[::-1] if before else rows

    def clock_of(self, ids: Sequence[str]) -> str | None:
        """The test clock that one of these objects lives by; None when all live in the present."""
        among_ids = "id IN (SELECT value FROM json_each(?))"
        query = f"SELECT clock FROM objects WHERE {among_ids} AND clock IS NOT NULL LIMIT 1"  # noqa: S608 constant
        row = self.db.execute(query, (json.dumps(ids),)).fetchone()
        return str(row["clock"]) if row else None

    def adopt(self, clock: str, keys: Sequence[str]) -> None:
        """Let what belongs to objects of this clock, by one of these keys, live by it as well."""
        belongs = "clock IS NULL AND json_extract(json, ?) IN (SELECT id FROM objects WHERE clock = ?)"
        for key in keys:
            self.db.execute(f"UPDATE objects SET clock = ? WHERE {belongs}", (clock, f"$.{key}", clock))  # noqa: S608 constant
        names_one = "clock = ? AND json_type(json, '$.test_clock') IS NOT NULL"
        shown = "json = json_set(json, '$.test_clock', ?)"
        self.db.execute(f"UPDATE objects SET {shown} WHERE {names_one}", (clock, clock))  # noqa: S608 constant

    def stop(self, clock: str) -> None:
        """Nothing that lives by this clock needs attention any more."""
        self.db.execute("UPDATE objects SET due = NULL WHERE clock = ?", (clock,))

    def first_due(self, now: int, *, clock: str | None = None) -> tuple[Obj, int] | None:
        """The object of a clock (None: of the present) that has waited longest at `now`, and since when."""
        query = "SELECT json, due FROM objects WHERE clock IS ? AND due <= ? ORDER BY due, seq LIMIT 1"
        row = self.db.execute(query, (clock, now)).fetchone()
        return (json.loads(row["json"]), row["due"]) if row else None

    def recent(self, kinds: Sequence[str], limit: int) -> list[Obj]:
        """The newest objects of several kinds."""
        where = f"WHERE kind IN (SELECT value FROM json_each(?)) AND {EXISTING}"  # noqa: S608 a constant
        query = f"SELECT json FROM objects {where} ORDER BY seq DESC LIMIT ?"  # noqa: S608 the same
        return [json.loads(row["json"]) for row in self.db.execute(query, (json.dumps(kinds), limit))]


def equals(path: str, value: Any) -> Condition:
    """The value at a path of the object is this one."""
    return (f"json_extract(json, '$.{path}') = ?", [value])


def among(path: str, values: Sequence[Any]) -> Condition:
    """The value at a path of the object is one of these."""
    return (f"json_extract(json, '$.{path}') IN ({', '.join('?' * len(values))})", list(values))


SIGNS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


def within(path: str, bounds: dict[str, int]) -> list[Condition]:
    """The number at a path of the object lies within the bounds (`gt`, `gte`, `lt`, `lte`)."""
    return [(f"json_extract(json, '$.{path}') {SIGNS[bound]} ?", [value]) for bound, value in bounds.items()]
