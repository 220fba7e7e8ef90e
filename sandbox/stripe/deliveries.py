"""The webhook deliveries that are due, and what became of each attempt."""

import sqlite3
from dataclasses import dataclass

from sandbox.stripe.store import Store

FORWARD = "forward"
"""Stands for the endpoint given on the command line with --forward-to."""

BACK_OFF = (1, 3, 10, 30, 60, 300)
"""Seconds between attempts. The real test mode spreads three tries over hours; a demo cannot wait."""


@dataclass(frozen=True)
class Delivery:
    """One event on its way to one endpoint."""

    id: int
    event: str
    endpoint: str
    url: str
    tries: int


def queue(store: Store, *, event: str, endpoint: str, url: str) -> None:
    """Put an event on its way; the worker takes it from here."""
    row = (event, endpoint, url)
    store.db.execute("INSERT INTO deliveries (event, endpoint, url) VALUES (?, ?, ?)", row)


def pending(store: Store, *, now: float, limit: int) -> list[Delivery]:
    """What is to be sent now, oldest first."""
    query = "SELECT * FROM deliveries WHERE state = 'pending' AND next_at <= ? ORDER BY id LIMIT ?"
    return [_delivery(row) for row in store.db.execute(query, (now, limit))]


def _delivery(row: sqlite3.Row) -> Delivery:
    return Delivery(row["id"], row["event"], row["endpoint"], row["url"], row["tries"])


def next_moment(store: Store) -> float | None:
    """When the next attempt is due, if any is."""
    query = "SELECT min(next_at) AS moment FROM deliveries WHERE state = 'pending'"
    moment: float | None = store.db.execute(query).fetchone()["moment"]
    return moment


def record(store: Store, delivery: Delivery, *, status: int | None, note: str, at: float) -> None:
    """Keep the outcome of an attempt. Anything but a 2xx is a failure, a redirect too, and is tried again."""
    attempt = (delivery.id, at, status, note)
    store.db.execute("INSERT INTO attempts (delivery, at, status, note) VALUES (?, ?, ?, ?)", attempt)
    tries = delivery.tries + 1
    delivered = status is not None and 200 <= status < 300
    state = "delivered" if delivered else "pending" if tries <= len(BACK_OFF) else "failed"
    wait = BACK_OFF[tries - 1] if state == "pending" else 0
    # A delivery dropped while it was under way stays dropped.
    update = "UPDATE deliveries SET state = ?, tries = ?, next_at = ? WHERE id = ? AND state = 'pending'"
    store.db.execute(update, (state, tries, at + wait, delivery.id))


def drop(store: Store, endpoint: str) -> None:
    """Stop what is on its way to an endpoint that was deleted or disabled."""
    update = "UPDATE deliveries SET state = 'dropped' WHERE endpoint = ? AND state = 'pending'"
    store.db.execute(update, (endpoint,))


def send_again(store: Store, event: str) -> None:
    """Put every delivery of an event on its way once more."""
    store.db.execute(
        "UPDATE deliveries SET state = 'pending', tries = 0, next_at = 0 WHERE event = ?", (event,)
    )


def waiting(store: Store, event: str) -> int:
    """How many endpoints have not yet taken the event: `pending_webhooks`."""
    query = "SELECT count(*) AS n FROM deliveries WHERE event = ? AND state = 'pending'"
    return int(store.db.execute(query, (event,)).fetchone()["n"])


def history(store: Store, event: str) -> list[tuple[sqlite3.Row, list[sqlite3.Row]]]:
    """Every delivery of an event with its attempts, oldest first."""
    deliveries = store.db.execute("SELECT * FROM deliveries WHERE event = ? ORDER BY id", (event,)).fetchall()
    attempts = "SELECT * FROM attempts WHERE delivery = ? ORDER BY id"
    return [(row, store.db.execute(attempts, (row["id"],)).fetchall()) for row in deliveries]
