"""Whose time it is: the present, or that of the test clock a request is about.

https://docs.stripe.com/billing/testing/test-clocks
"""

from collections.abc import Iterable, Iterator
from typing import Any

from sandbox.stripe.store import Obj
from sandbox.stripe.work import TEST_CLOCK, Work

LONGEST_ID = 100


def moment(work: Work, ids: Iterable[str]) -> int:
    """The Unix second at which the objects of these ids live: their clock's frozen time, or the present."""
    id = work.store.clock_of(list(ids))
    clock = work.find(TEST_CLOCK, id) if id else None
    return int(clock["frozen_time"]) if clock else work.now


def follow(work: Work, *objects: Obj) -> Work:
    """The unit of work in the time of these objects."""
    return work.at(moment(work, [each["id"] for each in objects]))


def named(value: Any) -> Iterator[str]:
    """Whatever may be an id within the parameters of a call; metadata is the client's own."""
    if isinstance(value, str) and len(value) <= LONGEST_ID:
        yield value
    elif isinstance(value, list):
        for element in value:
            yield from named(element)
    elif isinstance(value, dict):
        for key, element in value.items():
            if key != "metadata":
                yield from named(element)
