"""Sending events to their endpoints, signed (docs.stripe.com/webhooks#verify-manually)."""

import asyncio
import hashlib
import hmac
import http.client
import json
import time
from urllib.parse import urlsplit

from sandbox.stripe import deliveries
from sandbox.stripe.deliveries import FORWARD, Delivery
from sandbox.stripe.faults import faults
from sandbox.stripe.shapes import API_VERSION
from sandbox.stripe.store import Store
from sandbox.stripe.work import Settings

AT_ONCE = 4
TIMEOUT = 20
"""Seconds an endpoint may take to answer."""


def signature(secret: str, body: bytes, at: int) -> str:
    """The Stripe-Signature header: HMAC-SHA256 over "{t}.{body}"."""
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


class Postman:
    """Takes what is due from the store and sends it, a few at a time."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self.store, self.settings = store, settings
        self.woken = asyncio.Event()

    def wake(self) -> None:
        """Look for new deliveries now."""
        self.woken.set()

    async def step(self) -> None:
        """Send what is due now, or rest until something may be."""
        self.woken.clear()
        due = deliveries.pending(self.store, now=time.time(), limit=self._at_once())
        if due:
            await asyncio.gather(*(self._deliver(delivery) for delivery in due))
        else:
            await self._rest()

    def _at_once(self) -> int:
        """One by one while the order is what matters."""
        return 1 if faults(self.store).hold else AT_ONCE

    async def _rest(self) -> None:
        moment = deliveries.next_moment(self.store)
        pause = 1.0 if moment is None else max(0.05, min(1.0, moment - time.time()))
        try:
            await asyncio.wait_for(self.woken.wait(), pause)
        except TimeoutError:
            return

    async def _deliver(self, delivery: Delivery) -> None:
        body = self._body(delivery)
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": signature(self._secret(delivery), body, int(time.time())),
            "User-Agent": "Stripe/1.0 (sandbox)",
        }
        status, note = await asyncio.to_thread(_post, delivery.url, body, headers)
        with self.store.transaction():
            deliveries.record(self.store, delivery, status=status, note=note, at=time.time())

    def _body(self, delivery: Delivery) -> bytes:
        event = self.store.get(delivery.event) or {}
        pending = deliveries.waiting(self.store, delivery.event)
        return json.dumps(
            event | {"pending_webhooks": pending, "api_version": API_VERSION}, indent=2
        ).encode()

    def _secret(self, delivery: Delivery) -> str:
        if delivery.endpoint == FORWARD:
            return self.settings.signing_secret or ""
        return str(self.store.hidden(delivery.endpoint)["secret"])


def _post(url: str, body: bytes, headers: dict[str, str]) -> tuple[int | None, str]:
    """The status and the start of the answer, or None and what went wrong. Redirects are not followed."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.netloc, timeout=TIMEOUT)
    try:
        connection.request(
            "POST", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), body, headers
        )
        answer = connection.getresponse()
        return answer.status, answer.read(500).decode(errors="replace")
    except (OSError, http.client.HTTPException, ValueError) as error:
        return None, f"{type(error).__name__}: {error}"
    finally:
        connection.close()
