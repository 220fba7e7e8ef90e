"""Faults and deliveries: the panel on the front page, and the same for tests as JSON under /sandbox."""

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.stripe import deliveries
from sandbox.stripe.errors import ApiError, invalid
from sandbox.stripe.faults import Faults, faults, set_faults
from sandbox.stripe.forms import decode
from sandbox.stripe.pages.render import form, see, unit
from sandbox.stripe.params import Spec, boolean, filled, integer, list_of, one_of, read

LONGEST = 60.0
"""Seconds a question for settled deliveries may wait."""


def seconds(raw: Any, name: str) -> float:
    """A time span, with or without a fraction."""
    try:
        value = float(raw)
    except (TypeError, ValueError):
        value = -1.0
    if not 0 <= value <= 86_400:
        raise invalid("Invalid seconds: must be a number from 0 to 86400", param=name)
    return value


def count(raw: Any, name: str) -> int:
    """A number of things."""
    value = integer(raw, name)
    if value < 0:
        raise invalid("Invalid number: must not be negative", param=name)
    return value


FIELDS: Spec = {
    "twice": boolean,
    "late": seconds,
    "hold": count,
    "seed": integer,
    "drop_all": boolean,
    "drop_each": count,
    "drop_types": list_of(filled),
    "lose_answers": boolean,
    "api_answer": one_of("500", "429", "hang"),
    "api_count": count,
    "api_seconds": seconds,
    "api_performs": boolean,
}
TICKED = ("twice", "drop_all", "lose_answers", "api_performs")


async def show(request: Request) -> Response:
    """The faults that are on."""
    return JSONResponse(asdict(faults(request.app.state.store)))


async def change(request: Request) -> Response:
    """Turn on or off what the body names, JSON or a form; the rest stays."""
    try:
        changes = read(_as_sent(await request.body()), FIELDS)
    except ApiError as error:
        return JSONResponse(error.body(), error.status)
    with unit(request) as work:
        return JSONResponse(asdict(set_faults(work.store, changes)))


def _as_sent(body: bytes) -> dict[str, Any]:
    """What a body says, with its values as a form would send them."""
    if not body.lstrip().startswith((b"{", b"[")):
        return decode(body.decode(errors="replace"))
    try:
        sent = json.loads(body)
    except ValueError:
        sent = None
    if not isinstance(sent, dict):
        raise invalid('Send a JSON object, for instance {"twice": true}.')
    return {name: value if isinstance(value, list) else _text(value) for name, value in sent.items()}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


async def turn_off(request: Request) -> Response:
    """No faults any more; what is held goes out."""
    with unit(request) as work:
        return JSONResponse(asdict(set_faults(work.store, asdict(Faults()))))


async def look(request: Request) -> Response:
    """How many deliveries are in each state; with `wait`, seconds, not before nothing is on its way."""
    asked = request.query_params.get("wait", "0")
    until = time.monotonic() + min(LONGEST, float(asked) if asked.isdecimal() else 0)
    store = request.app.state.store
    while deliveries.counts(store)["pending"] and time.monotonic() < until:
        await asyncio.sleep(0.02)
    return JSONResponse(deliveries.counts(store))


async def send(request: Request) -> Response:
    """Deliver everything undelivered now."""
    with unit(request) as work:
        deliveries.send_everything(work.store)
        return JSONResponse(deliveries.counts(work.store))


async def press(request: Request) -> Response:
    """A button of the panel."""
    sent = await form(request)
    deed = sent.pop("deed", "set")
    with unit(request) as work:
        if deed == "send":
            deliveries.send_everything(work.store)
        elif deed == "off":
            set_faults(work.store, asdict(Faults()))
        else:
            set_faults(work.store, read(_from_panel(sent), FIELDS))
    return see("/#faults")


def _from_panel(sent: dict[str, str]) -> dict[str, Any]:
    """A box that is not ticked is not sent, an empty field means none."""
    ticked = {name: "true" if name in sent else "false" for name in TICKED}
    types = sent.pop("drop_types", "").replace(",", " ").split()
    numbers = {name: value or "0" for name, value in sent.items() if name not in TICKED}
    return numbers | ticked | {"drop_types": types}


ROUTES: Sequence[Route] = (
    Route("/sandbox/faults", show, methods=["GET"]),
    Route("/sandbox/faults", change, methods=["POST"]),
    Route("/sandbox/faults", turn_off, methods=["DELETE"]),
    Route("/sandbox/deliveries", look, methods=["GET"]),
    Route("/sandbox/deliveries", send, methods=["POST"]),
    Route("/faults", press, methods=["POST"]),
)
