"""Webhook bodies: proved, then read as far as needed to know what to fetch; and later scrubbed."""

import json
import time
from dataclasses import dataclass
from typing import Any

import stripe
from django.conf import settings

from subscriptions.gateways.subjects import OddShape, find_subject, name_of

SIGNATURE_TOLERANCE_SECONDS = 300
KEPT = ("id", "object", "type", "livemode", "created", "api_version")
LINKS = ("customer", "subscription", "charge", "invoice", "payment_intent")


class BadSignature(Exception):
    """A webhook body that is not proved to come from Stripe."""


@dataclass(frozen=True)
class EventSnapshot:
    """A verified webhook body, snapshot or thin.

    `subject` is what to fetch for it: empty when nothing here depends on it, None when its body cannot
    be read.
    """

    id: str
    type: str
    livemode: bool
    subject: str | None


def verify_event(body: bytes, header: str) -> EventSnapshot:
    """Prove that `body` comes from Stripe and say which event it is.

    Any of the configured secrets will do, so that one can be rolled. Stamps more than five minutes old
    are refused by the library, those more than five minutes ahead here.

    Raises:
        BadSignature: the header is missing, forged or stale, or the body is no event.
    """
    for secret in settings.STRIPE_WEBHOOK_SECRETS:
        try:
            stripe.WebhookSignature.verify_header(body, header, secret, SIGNATURE_TOLERANCE_SECONDS)
        except (stripe.SignatureVerificationError, UnicodeDecodeError, TypeError):  # a mark beyond ASCII
            continue
        stamp = next(int(part[2:]) for part in header.split(",") if part.startswith("t="))
        if stamp > time.time() + SIGNATURE_TOLERANCE_SECONDS:
            raise BadSignature("The stamp lies in the future.")
        return read_event(body.decode())
    raise BadSignature("No signature matches.")


def read_event(body: str) -> EventSnapshot:
    """The event that a body proved earlier holds. Raises BadSignature when it is none."""
    try:
        event = json.loads(body)
        if event["object"] not in ("event", "v2.core.event"):
            raise ValueError("Another object.")
        identity = name_of(event["id"]), name_of(event["type"]), bool(event["livemode"])
    except (*OddShape, RecursionError) as error:
        raise BadSignature("The body is not a Stripe event.") from error
    try:
        return EventSnapshot(*identity, find_subject(event))
    except OddShape:
        return EventSnapshot(*identity, None)


def thing_in(body: str) -> str:
    """The id of the object that a stored event is about; empty when it names none."""
    event = json.loads(body)
    try:
        return str((event.get("related_object") or event["data"]["object"])["id"])
    except OddShape:
        return ""


def scrub_body(body: str) -> str:
    """A stored body without what it says of persons: its ids and type, enough to act on it again."""
    event = json.loads(body)
    kept = _chosen(event, KEPT)
    if related := event.get("related_object"):
        kept["related_object"] = _chosen(related, ("id", "type"))
    data = event.get("data")
    if isinstance(data, dict) and isinstance(data.get("object"), dict):
        kept["data"] = {"object": _scrub_thing(data["object"])}
        if before := _links(data.get("previous_attributes")):
            kept["data"]["previous_attributes"] = before
    return json.dumps(kept)


def _scrub_thing(thing: dict[str, Any]) -> dict[str, Any]:
    kept = _chosen(thing, ("id", "object")) | _links(thing)
    parent = thing.get("parent")
    details = parent.get("subscription_details") if isinstance(parent, dict) else None
    if links := _links(details):
        kept["parent"] = {"subscription_details": links}
    return kept


def _links(thing: Any) -> dict[str, Any]:
    """The ids of the objects that `thing` names, those that are null too."""
    if not isinstance(thing, dict):
        return {}
    return {key: _id_alone(thing[key]) for key in LINKS if key in thing}


def _id_alone(value: Any) -> str | None:
    found = value.get("id") if isinstance(value, dict) else value
    return found if isinstance(found, str) else None


def _chosen(thing: dict[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    return {key: thing[key] for key in keys if isinstance(thing.get(key), str | bool | int)}
