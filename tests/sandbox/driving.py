"""Driving a sandbox as its clients do: with the real SDK, a browser's forms and a webhook endpoint."""

import contextlib
import html
import http.server
import json
import queue
import re
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from typing import Any

import stripe

from sandbox.running import Sandbox

START = 1_767_225_600
"""1 January 2026, noon of no importance: where the clock of the tests in one process starts."""


def client_of(sandbox: Sandbox, key: str = "sk_test_sandbox") -> stripe.StripeClient:
    """The SDK, pointed at a sandbox."""
    return stripe.StripeClient(key, base_addresses={"api": sandbox.stripe_url}, max_network_retries=0)


@dataclass
class Page:
    """What a visitor was shown."""

    status: int
    location: str | None
    text: str

    @property
    def heading(self) -> str:
        """The page's main heading."""
        found = re.search(r"<h1[^>]*>(.*?)</h1>", self.text, re.DOTALL)
        return html.unescape(found[1].strip()) if found else ""

    @property
    def faults(self) -> list[str]:
        """What the form says is wrong."""
        return [html.unescape(text) for text in re.findall(r'<p class="fault"[^>]*>(.*?)</p>', self.text)]


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


def visit(url: str, form: dict[str, str] | None = None, *, headers: dict[str, str] | None = None) -> Page:
    """GET a page, or POST a form to it; redirects are shown, not followed."""
    body = urllib.parse.urlencode(form).encode() if form is not None else None
    request = urllib.request.Request(url, body, headers or {})
    try:
        answer = urllib.request.build_opener(_Stay).open(request, timeout=10)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        return Page(answer.status, answer.headers["Location"], answer.read().decode())


CARD = {"expiry": "12 / 34", "cvc": "123", "name": "Ada Vale", "country": "DE"}


def card(number: str, **more: str) -> dict[str, str]:
    """A filled-in card form."""
    return {**CARD, "number": number, **more}


@dataclass
class Receiver:
    """A webhook endpoint of ours. `answers` are the statuses to give, the last for ever."""

    url: str
    answers: list[int] = field(default_factory=lambda: [200])
    received: "queue.Queue[tuple[Message, bytes]]" = field(default_factory=queue.Queue)

    def take(self, type: str, *, seconds: float = 10) -> tuple[Message, bytes]:
        """The next event of a type, as it came over the wire."""
        while True:
            headers, body = self.received.get(timeout=seconds)
            if json.loads(body)["type"] == type:
                return headers, body


@contextlib.contextmanager
def listening() -> Iterator[Receiver]:
    """A receiver on a free port."""
    receiver = Receiver("")

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.received.put((self.headers, body))
            status = receiver.answers.pop(0) if len(receiver.answers) > 1 else receiver.answers[0]
            self.send_response(status)
            if status == 307:
                self.send_header("Location", receiver.url)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Quiet."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.url = f"http://127.0.0.1:{server.server_port}/hook"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
