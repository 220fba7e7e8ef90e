"""One thing the API can be asked, and the list that most nouns share."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sandbox.stripe.errors import invalid
from sandbox.stripe.params import Spec, boolean, filled, integer, time_range
from sandbox.stripe.store import Condition, Obj, equals, within
from sandbox.stripe.work import Work

LIST: Spec = {"limit": integer, "starting_after": filled, "ending_before": filled}


@dataclass(frozen=True)
class Operation:
    """`run(work, params, *ids)` answers `method path`; `{…}` in the path are the ids, in their order."""

    method: str
    path: str
    run: Callable[..., Obj]
    spec: Spec = field(default_factory=dict)
    needs: Sequence[str] = ()


def retrieval(path: str, kind: str, noun: str | None = None) -> Operation:
    """The plain look at one object."""

    def retrieve(work: Work, params: Obj, id: str) -> Obj:
        return work.get(kind, id, noun=noun)

    return Operation("GET", path, retrieve)


Filter = Callable[..., Condition]


def listing(path: str, kind: str, spec: Spec, special: Mapping[str, Filter] | None = None) -> Operation:
    """A list of a kind. A parameter filters by the key of its name, unless `special` says how."""

    def answer(work: Work, params: Obj) -> Obj:
        return list_page(work, kind, path, params, filters(params, special or {}))

    return Operation("GET", path, answer, LIST | spec)


def filters(params: Obj, special: Mapping[str, Filter]) -> list[Condition]:
    """The conditions parameters set: times by their bounds, everything else by equality."""
    conditions: list[Condition] = []
    for key, value in params.items():
        if key in special:
            conditions.append(special[key](value))
        elif isinstance(value, dict):
            conditions += within(key, value)
        elif key not in LIST:
            conditions.append(equals(key, value))
    return conditions


def list_page(work: Work, kind: str, url: str, params: Obj, conditions: Iterable[Condition]) -> Obj:
    """A page of a list, newest first. Raises ApiError for a bad limit or cursor."""
    limit = params.get("limit", 10)
    after, before = params.get("starting_after"), params.get("ending_before")
    if not 1 <= limit <= 100:
        raise invalid(
            "Invalid limit: must be between 1 and 100", param="limit", code="parameter_invalid_integer"
        )
    if after and before:
        raise invalid("You cannot parameterize both starting_after and ending_before.")
    for name, cursor in (("starting_after", after), ("ending_before", before)):
        if cursor:
            work.refer(kind, cursor, param=name)
    rows = work.store.page(kind, conditions, limit=limit + 1, after=after, before=before)
    page = rows[-limit:] if before else rows[:limit]
    return {"object": "list", "data": page, "has_more": len(rows) > limit, "url": url}


def of_clock(clock: str | None) -> Condition:
    """What lives by this test clock; None: what lives in the present."""
    return ("json_extract(json, '$.test_clock') IS ?", [clock])


CREATED: Spec = {"created": time_range}
ACTIVE: Spec = {"active": boolean}


def merge_metadata(obj: Obj, params: Obj) -> None:
    """Take the sent metadata up: an empty value removes its key, an empty whole removes all."""
    if "metadata" not in params:
        return
    sent = params.pop("metadata")
    merged = {} if sent is None else obj["metadata"] | sent
    obj["metadata"] = {key: value for key, value in merged.items() if value != ""}


def tombstone(work: Work, obj: Obj, *, event: str | None = None) -> Obj:
    """Delete an object; its id keeps answering that it is gone."""
    gone = {"id": obj["id"], "object": obj["object"], "deleted": True}
    work.save(gone)
    if event:
        work.emit(event, obj)
    return gone
