"""The line to Stripe, and the three ways it fails."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache, wraps
from typing import Any, ParamSpec, TypeVar

import stripe
from django.conf import settings

from subscriptions.gateways.pacing import PacedClient

P = ParamSpec("P")
T = TypeVar("T")

PAGE = 100
"""The longest page Stripe gives."""


class StripeUnavailable(Exception):
    """Stripe did not answer, or answered with a fault of its own: worth another try."""


class StripeBusy(StripeUnavailable):
    """Stripe asked us to slow down (429)."""


class StripeRefused(Exception):
    """Stripe understood and said no; the message says why. `code` is Stripe's word for it, or empty."""

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.code = code

    @property
    def is_missing(self) -> bool:
        """Whether what was asked for does not exist there."""
        return self.code == "resource_missing"


@lru_cache(maxsize=4)
def _connect(key: str, base: str, version: str, timeout: int) -> stripe.StripeClient:
    return stripe.StripeClient(
        key,
        stripe_version=version,
        base_addresses={"api": base},
        max_network_retries=2,
        http_client=PacedClient(timeout=timeout),
    )


def api() -> Any:
    """Stripe's v1 API, as the settings have it."""
    client = _connect(
        settings.STRIPE_SECRET_KEY,
        settings.STRIPE_API_BASE,
        settings.STRIPE_API_VERSION,
        settings.STRIPE_TIMEOUT_SECONDS,
    )
    return client.v1


LINES, PATIENCE_SECONDS = 4, 1
"""Calls to Stripe at once in one process, and how long one more waits for its turn.

While Stripe hangs, a server process has its other threads left for readers.
"""
_lines = threading.BoundedSemaphore(LINES)
_own = threading.local()


@contextmanager
def _line() -> Iterator[None]:
    """One of the lines; a call within a call shares it. Raises StripeBusy when none comes free."""
    if getattr(_own, "has_line", False):
        yield
        return
    if not _lines.acquire(timeout=PATIENCE_SECONDS):
        raise StripeBusy("Too many calls wait for Stripe already.")
    _own.has_line = True
    try:
        yield
    finally:
        _own.has_line = False
        _lines.release()


def in_our_words(call: Callable[P, T]) -> Callable[P, T]:
    """Turn the library's errors into those that callers act on, and let only so many call at once."""

    @wraps(call)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            with _line():
                return call(*args, **kwargs)
        except stripe.RateLimitError as error:
            raise StripeBusy(str(error)) from error
        except stripe.APIConnectionError as error:
            raise StripeUnavailable(str(error)) from error
        except stripe.StripeError as error:
            if error.http_status and error.http_status < 500:
                raise StripeRefused(error.user_message or str(error), error.code or "") from error
            raise StripeUnavailable(str(error)) from error

    return run


def pages(first: Any) -> Iterator[Any]:
    """Every object of a list, page by page."""
    yield from first.auto_paging_iter()


def moment(stamp: int | None) -> datetime | None:
    return None if stamp is None else datetime.fromtimestamp(stamp, UTC)


def surely(stamp: int) -> datetime:
    return datetime.fromtimestamp(stamp, UTC)


def id_of(value: Any) -> str:
    """The id of a field that may be null, an id, or an expanded object."""
    return value if isinstance(value, str) else value.id if value else ""
