"""Asking Stripe no faster than agreed, and waiting when it is busy."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import stripe

BUSY = 429
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
"""Seconds to wait when Stripe is busy: doubled each time."""


@dataclass
class Pace:
    """At most `per_second` requests a second; a request refused as one too many is sent up to `tries` times.

    See docs.stripe.com/rate-limits. With the pauses above, eight tries bear two minutes of refusals.
    """

    per_second: int
    tries: int = 8
    first_pause: float = FIRST_PAUSE
    asked: int = 0
    _next_at: float = field(default=0.0, repr=False)

    def wait(self) -> None:
        """Sleep until the next request may go out, and count it."""
        now = time.monotonic()
        time.sleep(max(0.0, self._next_at - now))
        self._next_at = max(now, self._next_at) + 1 / self.per_second
        self.asked += 1

    def rest(self, refusals: int, headers: Mapping[str, str]) -> None:
        """Sleep after the `refusals`-th refusal in a row, at least as long as Stripe asks for."""
        asked_for = headers.get("Retry-After", "")
        least = float(asked_for) if asked_for.isdigit() else 0.0
        time.sleep(min(max(least, self.first_pause * 2 ** (refusals - 1)), LONGEST_PAUSE))


_pace: ContextVar[Pace | None] = ContextVar("pace", default=None)


@contextmanager
def paced(pace: Pace) -> Iterator[Pace]:
    """Within this block requests to Stripe keep `pace`; those of other threads and tasks do not."""
    token = _pace.set(pace)
    try:
        yield pace
    finally:
        _pace.reset(token)


class PacedClient(stripe.RequestsClient):
    """The library's HTTP client, which keeps the pace of the block it is called in."""

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        **options: Any,
    ) -> tuple[Any, int, Mapping[str, str]]:
        pace = _pace.get()
        if pace is None:
            return super().request(method, url, headers, post_data, **options)
        for refusals in range(1, pace.tries + 1):
            pace.wait()
            answer = super().request(method, url, headers, post_data, **options)
            if answer[1] != BUSY or refusals == pace.tries:
                break
            pace.rest(refusals, answer[2])
        return answer
