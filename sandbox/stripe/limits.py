"""The rate limit of the API (docs.stripe.com/rate-limits), off unless a number is set."""

from collections import deque

from sandbox.stripe.errors import ApiError


class Limiter:
    """Lets `per_second` requests through in any second; None lets all of them."""

    def __init__(self, per_second: int | None) -> None:
        self.per_second = per_second
        self._passed: deque[float] = deque()

    def take(self, now: float) -> None:
        """Count a request at `now` (seconds of any steady clock). Raises ApiError 429 for one too many."""
        if self.per_second is None:
            return
        while self._passed and self._passed[0] <= now - 1:
            self._passed.popleft()
        if len(self._passed) >= self.per_second:
            more = "Learn more about rate limits here: https://docs.stripe.com/rate-limits."
            raise ApiError(429, f"Request rate limit exceeded. {more}", code="rate_limit")
        self._passed.append(now)
