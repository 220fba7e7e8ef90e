"""Webhook bodies: proved, then read as far as needed to know what to fetch."""

import json
import time
from dataclasses import dataclass
from typing import Any

import stripe
from django.conf import settings

SIGNATURE_TOLERANCE_SECONDS = 300
LONGEST_NAME = 80
"""Of an event or its type, in characters; Stripe's own are half as long."""


class BadSignature(Exception):
    """A webhook body that is not proved to come from Stripe."""


@dataclass(frozen=True)
class EventSnapshot:
    """A verified webhook body. Thin events (`v2.core.event`) carry no snapshot and are marked as such."""

    id: str
    type: str
    livemode: bool
    is_thin: bool


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
        return _event(body, header)
    raise BadSignature("No signature matches.")


def _event(body: bytes, header: str) -> EventSnapshot:
    stamp = next(int(part[2:]) for part in header.split(",") if part.startswith("t="))
    if stamp > time.time() + SIGNATURE_TOLERANCE_SECONDS:
        raise BadSignature("The stamp lies in the future.")
    try:
        event = json.loads(body.decode())
        return EventSnapshot(
            id=_name(event["id"]),
            type=_name(event["type"]),
            livemode=bool(event["livemode"]),
            is_thin=event["object"] == "v2.core.event",
        )
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BadSignature("The body is not a Stripe event.") from error


def _name(value: Any) -> str:
    """`value` if it can name an event or its type, and be stored. Raises ValueError."""
    if isinstance(value, str) and 0 < len(value) <= LONGEST_NAME and value.isprintable():
        return value
    raise ValueError("Not a name.")
