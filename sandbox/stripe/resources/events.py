"""Events: https://docs.stripe.com/api/events."""

from sandbox.stripe import deliveries
from sandbox.stripe.params import boolean, filled, list_of
from sandbox.stripe.resources.operation import CREATED, Filter, Operation, listing
from sandbox.stripe.store import Condition, Obj, among
from sandbox.stripe.work import Work


def with_pending(work: Work, event: Obj) -> Obj:
    """An event and how many endpoints still wait for it."""
    return event | {"pending_webhooks": deliveries.waiting(work.store, event["id"])}


def retrieve(work: Work, params: Obj, id: str) -> Obj:
    """One event."""
    return with_pending(work, work.get("event", id))


def _by_type(type: str) -> Condition:
    """`invoice.*` stands for all that begin so."""
    return ("json_extract(json, '$.type') GLOB ?", [type])


def _by_success(delivered: bool) -> Condition:
    """Taken by every endpoint that asked for it, or not (yet) by one of them."""
    missing = "SELECT 1 FROM deliveries WHERE event = objects.id AND state NOT IN ('delivered', 'dropped')"
    return (f"{'NOT ' if delivered else ''}EXISTS ({missing})", ())


FILTERS = {**CREATED, "delivery_success": boolean, "type": filled, "types": list_of(filled)}
SPECIAL: dict[str, Filter] = {
    "delivery_success": _by_success,
    "type": _by_type,
    "types": lambda types: among("type", types),
}
LISTING = listing("/v1/events", "event", FILTERS, SPECIAL)


def list_events(work: Work, params: Obj) -> Obj:
    """Events, newest first."""
    page: Obj = LISTING.run(work, params)
    return page | {"data": [with_pending(work, event) for event in page["data"]]}


OPERATIONS = (
    Operation("GET", "/v1/events", list_events, LISTING.spec),
    Operation("GET", "/v1/events/{event}", retrieve),
)
