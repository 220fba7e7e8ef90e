"""One-click unsubscribe as a mail provider does it (RFC 8058)."""

from __future__ import annotations

import urllib.error
import urllib.request
from email.message import Message
from typing import IO

from sandbox.mailbox.letter import ONE_CLICK

TIMEOUT_SECONDS = 10


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer here: RFC 8058 §3.1 forbids it, so the reader should see it."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> None:
        return None


def post_one_click(address: str) -> int | None:
    """POST the one-click request and return the HTTP status, or None when nothing answered.

    No cookie, no authorisation, no redirect followed and no proxy asked (RFC 8058 §3.1). The address
    comes from a message: pass only what `Letter.one_click_address` returned.
    """
    request = urllib.request.Request(address, data=ONE_CLICK.encode(), method="POST")  # noqa: S310
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirects)
    try:
        with opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code
    except OSError:
        return None
