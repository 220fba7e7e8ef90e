"""The webhook deliveries that are due, and what became of each attempt."""

import sqlite3
import time
from dataclasses import dataclass

from sandbox.stripe.faults import count_delivery, faults, held, release
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
    """Put an event on its way, with the faults that are on; the worker takes it from here."""
    on = faults(store)
    type = (store.get(event) or {}).get("type", "")
    lost = on.loses(type, count_delivery(store, on))
    state = "lost" if lost else "held" if on.hold else "pending"
    row = (event, endpoint, url, state, time.time() + on.late if on.late else 0)
    columns = "event, endpoint, url, state, next_at"
    insert = f"INSERT INTO deliveries ({columns}) VALUES (?, ?, ?, ?, ?)"  # noqa: S608 a constant
    store.db.executemany(insert, [row] * (2 if on.twice else 1))
    if on.hold and len(held(store)) >= on.hold:
        release(store, on)


def pending(store: Store, *, now: float, limit: int) -> list[Delivery]:
    """What is to be sent now, what has waited longest first."""
    query = "SELECT * FROM deliveries WHERE state = 'pending' AND next_at <= ? ORDER BY next_at, id LIMIT ?"
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
    if status is not None and delivery.tries == 0 and faults(store).lose_answers:
        status, note = 500, f"The sandbox lost the answer on purpose; it was {status}."
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
    update = (
        "UPDATE deliveries SET state = 'dropped' WHERE endpoint = ? AND state IN ('pending', 'held', 'lost')"
    )
    store.db.execute(update, (endpoint,))


def send_again(store: Store, event: str) -> None:
    """Put every delivery of an event on its way once more."""
    store.db.execute(
        "UPDATE deliveries SET state = 'pending', tries = 0, next_at = 0 WHERE event = ?", (event,)
    )


def send_everything(store: Store) -> None:
    """Put on its way, now, whatever was not delivered: what waits, is held, was lost or has failed.

    What endpoints missed that are gone or disabled stays undelivered.
    """
    is_on = "kind = 'webhook_endpoint' AND json_extract(json, '$.status') = 'enabled'"
    listening = f"SELECT id FROM objects WHERE {is_on}"  # noqa: S608
    there = f"endpoint = '{FORWARD}' OR endpoint IN ({listening})"
    missed = f"state IN ('pending', 'held', 'lost', 'failed') AND ({there})"
    # Put together from constants.
    store.db.execute(f"UPDATE deliveries SET state = 'pending', tries = 0, next_at = 0 WHERE {missed}")  # noqa: S608


STATES = ("pending", "held", "lost", "failed", "delivered", "dropped")
"""Of a delivery: on its way, held or lost by a fault, given up, taken, and its endpoint gone meanwhile."""


def counts(store: Store) -> dict[str, int]:
    """How many deliveries are in each state."""
    rows = store.db.execute("SELECT state, count(*) AS n FROM deliveries GROUP BY state")
    return dict.fromkeys(STATES, 0) | {row["state"]: row["n"] for row in rows}


def waiting(store: Store, event: str) -> int:
    """How many endpoints have not yet taken the event: `pending_webhooks`."""
    waits = "event = ? AND state IN ('pending', 'held')"
    query = f"SELECT count(DISTINCT endpoint) AS n FROM deliveries WHERE {waits}"  # noqa: S608 a constant
    return int(store.db.execute(query, (event,)).fetchone()["n"])


def history(store: Store, event: str) -> list[tuple[sqlite3.Row, list[sqlite3.Row]]]:
    """Every delivery of an event with its attempts, oldest first."""
    deliveries = store.db.execute("SELECT * FROM deliveries WHERE event = ? ORDER BY id", (event,)).fetchall()
    attempts = "SELECT * FROM attempts WHERE delivery = ? ORDER BY id"
    return [(row, store.db.execute(attempts, (row["id"],)).fetchall()) for row in deliveries]
