"""Faults on purpose, so that a client can be seen to bear them: in deliveries, and in answers of the API.

They are kept in the state file like everything else, and are off until someone turns them on.
"""

import random
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from sandbox.stripe.errors import ApiError
from sandbox.stripe.store import Obj, Store

ID = "sandbox_faults"


@dataclass(frozen=True)
class Faults:
    """What goes wrong.

    Deliveries: `twice` sends each event two times; `late` lets it wait so many seconds first; `hold` gathers
    so many and sends them shuffled by `seed`; `drop_all`, `drop_each` (every n-th) and `drop_types` never
    send; `lose_answers` counts the first answer to each event as a 500, so that it is sent again.

    The API: the next `api_count` requests are answered `api_answer` (500, 429, or hang, that is 500 after
    `api_seconds`); with `api_performs` they are carried out all the same, only the answer is lost.
    """

    twice: bool = False
    late: float = 0
    hold: int = 0
    seed: int = 0
    drop_all: bool = False
    drop_each: int = 0
    drop_types: Sequence[str] = ()
    lose_answers: bool = False
    api_answer: str = "500"
    api_count: int = 0
    api_seconds: float = 60
    api_performs: bool = False
    counted: int = 0
    """Deliveries since `drop_each` was set."""

    def loses(self, type: str, number: int) -> bool:
        """Whether an event is never sent; `number` counts from 1."""
        is_nth = self.drop_each > 0 and number % self.drop_each == 0
        return self.drop_all or is_nth or type in self.drop_types

    def refusal(self) -> ApiError:
        """What the API answers in the place of the truth."""
        if self.api_answer == "429":
            message = "Request rate limit exceeded. A fault of the sandbox, turned on by you."
            return ApiError(429, message, code="rate_limit")
        return ApiError(
            500, "An unknown error occurred. A fault of the sandbox, turned on by you.", "api_error"
        )


def faults(store: Store) -> Faults:
    """The faults that are on."""
    kept = store.get(ID) or {}
    return Faults(**{each.name: kept[each.name] for each in fields(Faults) if each.name in kept})


def set_faults(store: Store, changes: dict[str, Any]) -> Faults:
    """Turn faults on or off; those not named stay. What is held and need not be any more is let go."""
    before = faults(store)
    after = Faults(**(asdict(before) | {"counted": 0} | changes))
    _keep(store, after)
    if len(held(store)) >= after.hold:
        release(store, before)
    return after


def _keep(store: Store, now: Faults) -> None:
    kept: Obj = {"id": ID, "object": "sandbox.faults", **asdict(now)}
    if store.get(ID):
        store.replace(kept, hidden={}, due=None)
    else:
        store.insert(kept, hidden={}, due=None)


def count_delivery(store: Store, on: Faults) -> int:
    """The number of the delivery that is about to be queued, from 1."""
    if on.drop_each:
        _keep(store, Faults(**(asdict(on) | {"counted": on.counted + 1})))
    return on.counted + 1


def next_api_fault(store: Store) -> Faults | None:
    """The fault the next request runs into, if any is left."""
    on = faults(store)
    if not on.api_count:
        return None
    with store.transaction():
        _keep(store, Faults(**(asdict(on) | {"api_count": on.api_count - 1})))
    return on


def held(store: Store) -> list[int]:
    """The deliveries that wait for others to be shuffled with, oldest first."""
    return [
        row["id"] for row in store.db.execute("SELECT id FROM deliveries WHERE state = 'held' ORDER BY id")
    ]


def release(store: Store, on: Faults) -> None:
    """Send what is held, in an order that `seed` decides and that is never the order of the events."""
    ids = held(store)
    shuffled = random.Random(on.seed).sample(ids, len(ids))  # noqa: S311 an order, not a secret
    if shuffled == ids:
        shuffled.reverse()
    start = time.time() + on.late
    rows = [(start + place / 1000, id) for place, id in enumerate(shuffled)]
    store.db.executemany("UPDATE deliveries SET state = 'pending', next_at = ? WHERE id = ?", rows)
