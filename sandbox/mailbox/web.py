"""The mailbox's pages. They need no JavaScript and send none."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates

from sandbox.mailbox import api
from sandbox.mailbox.api import letter_of, store_of
from sandbox.mailbox.letter import Letter
from sandbox.mailbox.one_click import post_one_click
from sandbox.mailbox.store import MessageStore

HERE = Path(__file__).parent
PAGE_SIZE = 50
VIEWS = {
    "html": "HTML",
    "text": "Text",
    "headers": "Headers",
    "source": "Source",
    "attachments": "Attachments",
}
PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-src 'self'; form-action 'self'"
)
# A message is somebody's code: no scripts, no forms, and an origin of its own. Links open outside the frame.
LETTER_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; "
    "style-src 'unsafe-inline'; img-src * data:; font-src *"
)

templates = Jinja2Templates(HERE / "templates")


def mailbox_app(store: MessageStore) -> Starlette:
    """The web application over these messages."""
    app = Starlette(
        routes=[
            Route("/", list_page),
            Route("/delete", delete_all, methods=["POST"]),
            Route("/messages/{id:int}", message_page),
            Route("/messages/{id:int}/html", message_html),
            Route("/messages/{id:int}/parts/{number:int}", message_part),
            Route("/messages/{id:int}/unsubscribe", unsubscribe, methods=["POST"]),
            Mount("/api", routes=api.routes),
            Mount("/static", StaticFiles(directory=HERE / "static")),
        ],
        middleware=[Middleware(BaseHTTPMiddleware, dispatch=guard)],
        exception_handlers={HTTPException: error_page},
    )
    app.state.store = store
    return app


def list_page(request: Request) -> Response:
    """All messages, newest first, with a search by recipient or subject."""
    store, query = store_of(request), request.query_params.get("q", "").strip()
    before = request.query_params.get("before", "")
    found = store.newest(query=query, before=int(before) if before.isdecimal() else None, limit=PAGE_SIZE + 1)
    shown = found[:PAGE_SIZE]
    context = {
        "messages": shown,
        "query": query,
        "total": store.count(),
        "older": shown[-1].id if len(found) > PAGE_SIZE else None,
    }
    return templates.TemplateResponse(request, "list.html", context)


def message_page(request: Request) -> Response:
    """One message, seen as HTML, text, headers, source or attachments."""
    letter = letter_of(request)
    view = request.query_params.get("view", "html" if letter.html else "text")
    if view not in VIEWS:
        raise HTTPException(404, "A message has no such view")
    context = {"letter": letter, "view": view, "views": VIEWS, "answer": answer_line(request)}
    return templates.TemplateResponse(request, "message.html", context)


def message_html(request: Request) -> Response:
    """The HTML body alone, for the frame, shut in by its own policy."""
    letter = letter_of(request)
    return Response(
        framed(letter), media_type="text/html", headers={"Content-Security-Policy": LETTER_POLICY}
    )


def message_part(request: Request) -> Response:
    """One part as a file; pictures may be shown where they stand."""
    letter, number = letter_of(request), int(request.path_params["number"])
    if number >= len(letter.parts):
        raise HTTPException(404, "The message has no such part")
    part = letter.parts[number]
    kind = "inline" if part.content_type.startswith("image/") else "attachment"
    headers = {
        "Content-Disposition": f"{kind}; filename*=UTF-8''{quote(part.name)}",
        "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'",
    }
    return Response(part.data, media_type=part.content_type, headers=headers)


def unsubscribe(request: Request) -> Response:
    """Do what the reader's mail provider does on "Unsubscribe", and show what was answered."""
    letter = letter_of(request)
    if not letter.one_click_address:
        raise HTTPException(409, "This message offers no one-click unsubscribe")
    status = post_one_click(letter.one_click_address)
    return RedirectResponse(f"/messages/{letter.id}?answer={status or 0}", status_code=303)


def delete_all(request: Request) -> Response:
    """Forget every message."""
    store_of(request).delete_all()
    return RedirectResponse("/", status_code=303)


def framed(letter: Letter) -> str:
    """The HTML body with inline pictures pointing at their parts and links opening in a new tab."""
    places = {part.content_id: part.number for part in letter.parts if part.content_id}

    def place(match: re.Match[str]) -> str:
        number = places.get(match[1])
        return match[0] if number is None else f"/messages/{letter.id}/parts/{number}"

    html = re.sub(r"cid:([^\"'\s>)]+)", place, letter.html)
    opening = r"(?is)(\s*<!doctype[^>]*>)?(\s*<html[^>]*>)?(\s*<head[^>]*>)?"
    return re.sub(opening, lambda found: found[0] + '<base target="_blank">', html, count=1)


def answer_line(request: Request) -> str:
    """A sentence on what the one-click request met, or an empty string if none was made."""
    answer = request.query_params.get("answer", "")
    if not answer.isdecimal():
        return ""
    if answer == "0":
        return "Nothing answered at that address."
    try:
        status = HTTPStatus(int(answer))
    except ValueError:
        return f"The site answered {answer}, which is no HTTP status."
    verdict = "unsubscribed" if status in range(200, 300) else "a mail provider would count this as a failure"
    return f"The site answered {status.value} {status.phrase}: {verdict}."


def error_page(request: Request, error: Exception) -> Response:
    """Errors in the shape the client asked for."""
    if not isinstance(error, HTTPException):
        raise error
    if request.url.path.startswith("/api/"):
        return JSONResponse({"error": error.detail}, status_code=error.status_code)
    context = {"status": error.status_code, "detail": error.detail}
    return templates.TemplateResponse(request, "error.html", context, status_code=error.status_code)


async def guard(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    """Refuse changes asked for by other sites' pages, and keep code from elsewhere out of ours."""
    is_foreign = request.headers.get("Sec-Fetch-Site", "none") in {"cross-site", "same-site"}
    if is_foreign and request.method not in {"GET", "HEAD"}:
        return PlainTextResponse("Another site's page may not change this mailbox.", status_code=403)
    response = await call_next(request)
    response.headers.setdefault("Content-Security-Policy", PAGE_POLICY)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response
