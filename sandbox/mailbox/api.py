"""The mailbox as JSON, for tests and scripts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.mailbox.letter import Letter
from sandbox.mailbox.store import MessageStore, stamp


def list_messages(request: Request) -> Response:
    """GET /api/messages?to=&subject=&since=: newest first.

    `to` is a whole address of the envelope, `subject` a part of the subject, both whatever the case;
    `since` an ISO 8601 moment (UTC unless it says otherwise).
    """
    found = store_of(request).search(
        to=request.query_params.get("to", "").strip(),
        subject=request.query_params.get("subject", ""),
        since=read_since(request.query_params.get("since", "")),
    )
    return JSONResponse([as_json(letter) for letter in found])


def show_message(request: Request) -> Response:
    """GET /api/messages/<id>."""
    return JSONResponse(as_json(letter_of(request)))


def show_raw(request: Request) -> Response:
    """GET /api/messages/<id>/raw: the bytes as received."""
    return Response(letter_of(request).raw, media_type="message/rfc822")


def delete_messages(request: Request) -> Response:
    """DELETE /api/messages: forget everything."""
    store_of(request).delete_all()
    return Response(status_code=204)


def as_json(letter: Letter) -> dict[str, Any]:
    """One message. `to` lists the envelope's recipients; `headers` maps each name to its list of values."""
    headers: dict[str, list[str]] = {}
    for name, value in letter.headers:
        headers.setdefault(name, []).append(value)
    return {
        "id": letter.id,
        "from": letter.sender,
        "to": list(letter.recipients),
        "subject": letter.subject,
        "received_at": stamp(letter.received_at),
        "headers": headers,
        "text": letter.text,
        "html": letter.html,
    }


def read_since(text: str) -> datetime | None:
    """The moment of `since`, or None without one. A + that arrived unescaped, as a space, is put back."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text.strip().replace(" ", "+"))
    except ValueError:
        raise HTTPException(400, "since must be an ISO 8601 moment, such as 2030-01-31T12:00:00Z") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def store_of(request: Request) -> MessageStore:
    """The messages this application shows."""
    store = request.app.state.store
    if not isinstance(store, MessageStore):
        raise TypeError("The application was made without a message store")
    return store


def letter_of(request: Request) -> Letter:
    """The message the address names; 404 if there is none."""
    letter = store_of(request).get(int(request.path_params["id"]))
    if letter is None:
        raise HTTPException(404, "There is no such message")
    return letter


routes = [
    Route("/messages", list_messages, methods=["GET"]),
    Route("/messages", delete_messages, methods=["DELETE"]),
    Route("/messages/{id:int}", show_message),
    Route("/messages/{id:int}/raw", show_raw),
]
