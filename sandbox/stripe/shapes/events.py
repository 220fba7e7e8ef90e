"""Events and the endpoints they are sent to."""

from sandbox.stripe.shapes import API_VERSION
from sandbox.stripe.store import Obj


def event_shape(id: str, now: int, type: str, obj: Obj, request: Obj) -> Obj:
    """An event about an object, holding the object as it is now."""
    return {
        "id": id,
        "object": "event",
        "api_version": API_VERSION,
        "created": now,
        "data": {"object": obj},
        "livemode": False,
        "pending_webhooks": 0,
        "request": request,
        "type": type,
    }


def webhook_endpoint_shape(id: str, now: int, url: str, enabled_events: list[str]) -> Obj:
    """An address that gets events. Its secret is not part of the shape: creation shows it once."""
    return {
        "id": id,
        "object": "webhook_endpoint",
        "api_version": None,
        "application": None,
        "created": now,
        "description": None,
        "enabled_events": enabled_events,
        "livemode": False,
        "metadata": {},
        "status": "enabled",
        "url": url,
    }
