"""Letting the time of a test clock go by (docs.stripe.com/billing/testing/test-clocks/api-advanced-usage)."""

import copy
from datetime import UTC, datetime

from sandbox.stripe.billing.customers import delete_customer
from sandbox.stripe.billing.lifecycle import ENDED
from sandbox.stripe.billing.periods import boundary
from sandbox.stripe.billing.ticker import step
from sandbox.stripe.errors import invalid
from sandbox.stripe.store import Obj, Store, equals, within
from sandbox.stripe.work import OWNERS, TEST_CLOCK, Settings, Work

MOST_CUSTOMERS = 3
MOST_INTERVALS = 2
WITHOUT_SUBSCRIPTION: Obj = {"interval": "year", "interval_count": 1}
"""A clock without subscriptions goes ahead by two years at most."""


def require_room(work: Work, clock: Obj) -> None:
    """Raises ApiError 400 when the clock has all the customers it may have."""
    if len(work.all("customer", equals("test_clock", clock["id"]))) >= MOST_CUSTOMERS:
        message = f"A test clock takes {MOST_CUSTOMERS} customers at most: {clock['id']} has as many."
        raise invalid(message, param="test_clock")


def adopt(work: Work, clock: Obj, customer: Obj) -> None:
    """Let a customer there is, with all that is theirs, live by a clock from now on. Raises ApiError 400."""
    if customer["test_clock"]:
        message = f"This customer is already attached to the test clock {customer['test_clock']}."
        raise invalid(message, param="customer")
    work.save(customer | {"test_clock": clock["id"]}, event="customer.updated")
    work.store.adopt(clock["id"], OWNERS)


def advance(work: Work, clock: Obj, until: int) -> Obj:
    """Do all that is due by `until` (Unix seconds), each thing at its own moment.

    Returns the clock as it was when it began: `advancing`. By the time anybody looks again it is `ready`.
    Raises ApiError 400 for a time that is past or too far ahead.
    """
    _check(work, clock, until)
    clock |= {"status": "advancing", "status_details": {"advancing": {"target_frozen_time": until}}}
    work.save(clock, also=[f"{TEST_CLOCK}.advancing"])
    begun = copy.deepcopy(clock)
    while step(work.store, work.settings, until, clock=clock["id"]):
        pass
    clock |= {"frozen_time": until, "status": "ready", "status_details": {}}
    work.at(until).save(clock, also=[f"{TEST_CLOCK}.ready"])
    return begun


def _check(work: Work, clock: Obj, until: int) -> None:
    if until <= clock["frozen_time"]:
        message = "The time to advance the test clock must be after the test clock's current frozen time."
        raise invalid(message, param="frozen_time")
    latest = _latest(work, clock)
    if until > latest:
        day = datetime.fromtimestamp(latest, UTC).isoformat()
        message = (
            "Cannot advance the test clock by more than two intervals of the shortest subscription in it "
            f"(two years without subscriptions): at most to {latest} ({day})."
        )
        raise invalid(message, param="frozen_time")


def _latest(work: Work, clock: Obj) -> int:
    mine = work.all("subscription", equals("test_clock", clock["id"]))
    items = [item for each in mine if each["status"] not in ENDED for item in each["items"]["data"]]
    rhythms = [item["price"]["recurring"] for item in items] or [WITHOUT_SUBSCRIPTION]
    return min(boundary(clock["frozen_time"], rhythm, MOST_INTERVALS) for rhythm in rhythms)


def delete(work: Work, clock: Obj) -> Obj:
    """Delete a clock with what lives by it: its customers, whose subscriptions end at once."""
    for customer in work.all("customer", equals("test_clock", clock["id"])):
        delete_customer(work, customer)
    work.store.stop(clock["id"])
    gone = {"id": clock["id"], "object": TEST_CLOCK, "deleted": True}
    work.save(gone)
    work.emit(f"{TEST_CLOCK}.deleted", clock)
    return gone


def delete_expired(store: Store, settings: Settings, now: int) -> int:
    """Delete the clocks whose 30 days are over; returns how many."""
    work = Work(store, settings, now)
    with store.transaction():
        expired = work.all(TEST_CLOCK, *within("deletes_after", {"lte": now}))
        for clock in expired:
            delete(work.at(clock["frozen_time"]), clock)
    return len(expired)
