"""Where messages are kept: one table of a SQLite file, which other parts of the sandbox may share."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sandbox.mailbox.letter import Letter

SCHEMA = """
CREATE TABLE IF NOT EXISTS mailbox_messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    received_at TEXT NOT NULL,
    mail_from TEXT NOT NULL,
    recipients TEXT NOT NULL,
    sender TEXT NOT NULL,
    subject TEXT NOT NULL,
    raw BLOB NOT NULL
)
"""
LETTER_COLUMNS = "id, received_at, mail_from, recipients, raw"
SUMMARY_COLUMNS = "id, received_at, recipients, sender, subject"


@dataclass(frozen=True)
class Summary:
    """A message as one row of a list."""

    id: int
    received_at: datetime
    recipients: tuple[str, ...]
    sender: str
    subject: str


class MessageStore:
    """Every message received. Each call opens its own connection, so that any thread may call."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        with self._connect() as db:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute(SCHEMA)

    def keep(self, *, mail_from: str, recipients: Sequence[str], raw: bytes, at: datetime) -> int:
        """Keep one message and return its id."""
        letter = Letter(id=0, received_at=at, mail_from=mail_from, recipients=tuple(recipients), raw=raw)
        row = (stamp(at), mail_from, "\n".join(recipients), letter.sender, letter.subject, raw)
        with self._connect() as db:
            cursor = db.execute(
                "INSERT INTO mailbox_messages (received_at, mail_from, recipients, sender, subject, raw)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                row,
            )
            return int(cursor.lastrowid or 0)

    def get(self, message_id: int) -> Letter | None:
        """One message, or None."""
        with self._connect() as db:
            row = db.execute(
                f"SELECT {LETTER_COLUMNS} FROM mailbox_messages WHERE id = ?",  # noqa: S608 (constants)
                (message_id,),
            ).fetchone()
        return read_letter(row) if row else None

    def newest(self, *, query: str = "", before: int | None = None, limit: int) -> list[Summary]:
        """Messages newest first whose recipients or subject hold `query`; `before` an id, to page on."""
        with self._connect() as db:
            rows = db.execute(
                f"SELECT {SUMMARY_COLUMNS} FROM mailbox_messages"  # noqa: S608 (constants)
                " WHERE (holds(recipients, :query) OR holds(subject, :query))"
                " AND (:before IS NULL OR id < :before) ORDER BY id DESC LIMIT :limit",
                {"query": query, "before": before, "limit": limit},
            ).fetchall()
        return [read_summary(row) for row in rows]

    def search(self, *, to: str = "", subject: str = "", since: datetime | None = None) -> list[Letter]:
        """Messages newest first: `to` a whole address, `subject` a part of it, `since` inclusive."""
        with self._connect() as db:
            rows = db.execute(
                f"SELECT {LETTER_COLUMNS} FROM mailbox_messages"  # noqa: S608 (constants)
                " WHERE (:to = '' OR is_line_of(recipients, :to)) AND holds(subject, :subject)"
                " AND received_at >= :since ORDER BY id DESC",
                {"to": to, "subject": subject, "since": stamp(since) if since else ""},
            ).fetchall()
        return [read_letter(row) for row in rows]

    def count(self) -> int:
        """How many messages there are."""
        with self._connect() as db:
            return int(db.execute("SELECT count(*) FROM mailbox_messages").fetchone()[0])

    def delete_all(self) -> None:
        """Forget every message. Ids are not used again."""
        with self._connect() as db:
            db.execute("DELETE FROM mailbox_messages")

    @contextmanager
    def _connect(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._path, timeout=30)) as db, db:
            db.execute("PRAGMA synchronous = NORMAL")
            db.create_function("holds", 2, holds, deterministic=True)
            db.create_function("is_line_of", 2, is_line_of, deterministic=True)
            yield db


def holds(text: str, part: str) -> bool:
    """Whether the text has this part, whatever the case (SQLite's LIKE knows the case of ASCII only)."""
    return part.casefold() in text.casefold()


def is_line_of(text: str, line: str) -> bool:
    """Whether one line of the text is this one, whatever the case."""
    return line.casefold() in text.casefold().split("\n")


def stamp(at: datetime) -> str:
    """A moment as text of one width, so that text order is time order."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def read_letter(row: tuple[Any, ...]) -> Letter:
    """A row of LETTER_COLUMNS."""
    message_id, received_at, mail_from, recipients, raw = row
    return Letter(
        id=message_id,
        received_at=datetime.fromisoformat(received_at),
        mail_from=mail_from,
        recipients=tuple(recipients.split("\n")),
        raw=raw,
    )


def read_summary(row: tuple[Any, ...]) -> Summary:
    """A row of SUMMARY_COLUMNS."""
    message_id, received_at, recipients, sender, subject = row
    return Summary(
        id=message_id,
        received_at=datetime.fromisoformat(received_at),
        recipients=tuple(recipients.split("\n")),
        sender=sender,
        subject=subject,
    )
