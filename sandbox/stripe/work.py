"""A unit of work: one request, one form on a hosted page or one turn of the clock, at one moment."""

import json
import secrets
import string
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sandbox.options import RETRY_DAYS
from sandbox.stripe import deliveries
from sandbox.stripe.deadlines import deadline
from sandbox.stripe.errors import no_such
from sandbox.stripe.shapes.events import event_shape
from sandbox.stripe.store import Condition, Obj, Store

TEST_CLOCK = "test_helpers.test_clock"
OWNERS = ("customer", "invoice", "payment_intent", "charge")
"""What an object may belong to, and share a test clock with."""
ALPHABET = string.ascii_letters + string.digits
ID_LENGTH = {"cus": 14, "prod": 14, "si": 14, "cs_test": 58}


def new_id(prefix: str) -> str:
    """A fresh id in Stripe's manner, for instance `cus_` and 14 letters or digits."""
    return f"{prefix}_{token(ID_LENGTH.get(prefix, 24))}"


def token(length: int) -> str:
    """Unguessable letters and digits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


@dataclass(frozen=True)
class Settings:
    """What the command line decides.

    `retry_days` are the days after its first failure on which a renewal is tried again; `after_retries` is
    what a subscription becomes when the last of them failed: canceled, unpaid, past_due. `rate_limit` is how
    many requests a second are answered, None: all.
    """

    base_url: str
    retry_days: tuple[int, ...] = RETRY_DAYS
    after_retries: str = "canceled"
    rate_limit: int | None = None
    forward_to: str | None = None
    signing_secret: str | None = None


@dataclass
class Work:
    """The store as seen at `now` (Unix seconds). Every rule that depends on time reads the clock here."""

    store: Store
    settings: Settings
    now: int
    request_id: str | None = None
    idempotency_key: str | None = None
    stand_ins: dict[str, str] = field(default_factory=dict)
    """Payment methods made for magic ids in this request: `pm_card_visa` named twice is one card."""

    def at(self, now: int) -> "Work":
        """Another unit of work on the same store, at another moment."""
        return replace(self, now=now, stand_ins={})

    def url(self, path: str) -> str:
        """An address of one of the hosted pages."""
        return self.settings.base_url + path

    def find(self, kind: str, id: str) -> Obj | None:
        """The object of that kind and id, unless it was deleted."""
        obj = self.store.get(id)
        return obj if obj and obj["object"] == kind and not obj.get("deleted") else None

    def get(self, kind: str, id: str, *, noun: str | None = None, param: str = "id") -> Obj:
        """The object an address names. Raises ApiError 404."""
        obj = self.find(kind, id)
        if obj is None:
            raise no_such(noun or kind.replace("_", " "), id, param=param, status=404)
        return obj

    def refer(self, kind: str, id: str, *, param: str) -> Obj:
        """The object a parameter names. Raises ApiError 400."""
        obj = self.find(kind, id)
        if obj is None:
            raise no_such(kind.replace("_", " "), id, param=param, status=400)
        return obj

    def all(self, kind: str, *conditions: Condition) -> list[Obj]:
        """Every object of a kind that meets the conditions, newest first."""
        return self.store.page(kind, conditions)

    def hidden(self, obj: Obj) -> Obj:
        """What the API does not show of an object."""
        return self.store.hidden(obj["id"])

    def create(self, obj: Obj, *, event: str | None = None, hidden: Obj | None = None) -> Obj:
        """Keep a new object and tell of it."""
        facts = hidden or {}
        clock = self._clock(obj)
        if clock and "test_clock" in obj:
            obj["test_clock"] = clock
        self.store.insert(obj, hidden=facts, due=deadline(obj, facts), clock=clock)
        if event:
            self.emit(event, obj)
        return obj

    def save(self, obj: Obj, *, event: str | None = None, also: Sequence[str] = (), **facts: Any) -> Obj:
        """Keep the new state of an object and tell of it.

        `event` tells of a change, with what was there before, and only when there is one; the events named in
        `also` tell that something happened, and carry the object alone. `facts` are kept hidden.
        """
        before = self.store.get(obj["id"]) or {}
        hidden = self.hidden(obj) | facts
        self.store.replace(obj, hidden=hidden, due=deadline(obj, hidden), clock=self._clock(obj))
        changes = previous_attributes(before, obj)
        if event and changes:
            self.emit(event, obj, previous=changes)
        for happening in also:
            self.emit(happening, obj)
        return obj

    def _clock(self, obj: Obj) -> str | None:
        """The test clock an object lives by: its customer's, be it by way of an invoice or a payment."""
        if obj["object"] == TEST_CLOCK:
            return str(obj["id"])
        owners = [obj[key] for key in OWNERS if isinstance(obj.get(key), str)]
        return obj.get("test_clock") or self.store.clock_of(owners)

    def emit(self, type: str, obj: Obj, *, previous: Obj | None = None) -> None:
        """Keep an event and put it on its way to every endpoint that asked for its type."""
        request = {"id": self.request_id, "idempotency_key": self.idempotency_key}
        event = event_shape(new_id("evt"), self.now, type, json.loads(json.dumps(obj)), request)
        if previous is not None:
            event["data"]["previous_attributes"] = previous
        self.store.insert(event, hidden={}, due=None)
        for endpoint in self.all("webhook_endpoint"):
            if _listens(endpoint, type):
                deliveries.queue(self.store, event=event["id"], endpoint=endpoint["id"], url=endpoint["url"])
        if self.settings.forward_to:
            url = self.settings.forward_to
            deliveries.queue(self.store, event=event["id"], endpoint=deliveries.FORWARD, url=url)


def _listens(endpoint: Obj, type: str) -> bool:
    asked = endpoint["enabled_events"]
    return endpoint["status"] == "enabled" and ("*" in asked or type in asked)


def previous_attributes(before: Obj, after: Obj) -> Obj:
    """The values that changed, as they were: hashes by their changed keys, arrays whole, new keys as null."""
    previous: Obj = {}
    for key in after | before:
        old, new = before.get(key), after.get(key)
        if old == new:
            continue
        nested = isinstance(old, dict) and isinstance(new, dict) and key != "items"
        previous[key] = (
            previous_attributes(old, new) if nested and old is not None and new is not None else old
        )
    return previous
