"""Test clocks."""

from sandbox.stripe.store import Obj
from sandbox.stripe.work import TEST_CLOCK


def test_clock_shape(id: str, now: int, frozen_time: int, deletes_after: int) -> Obj:
    """A time of its own for the customers that are made with it."""
    return {
        "id": id,
        "object": TEST_CLOCK,
        "created": now,
        "deletes_after": deletes_after,
        "frozen_time": frozen_time,
        "livemode": False,
        "name": None,
        "status": "ready",
        "status_details": {},
    }
