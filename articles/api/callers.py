"""Who asks: the account behind a key, with the rights it has at this moment and never a meter."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer

from articles.actions.reading_keys import use_key
from articles.api.problems import TOO_MANY, UNAUTHORIZED, Refused
from articles.models import ReadingKey
from articles.paywall import Reader
from kit.limits import Allowance, count_use
from subscriptions.queries import rights_of

WINDOW = 60
"""Seconds over which a key's requests are counted."""


@dataclass(frozen=True)
class Caller:
    """A key that is good, what its account may read at `at`, and how often it may still ask."""

    key: ReadingKey
    reader: Reader
    allowance: Allowance
    at: datetime


class KeyInHeader(HttpBearer):
    """`Authorization: Bearer KEY` (RFC 6750), with keys of the kind made for the API."""

    openapi_description = "A key that the publication made for you, sent as `Authorization: Bearer KEY`."

    def __call__(self, request: HttpRequest) -> Caller:
        """The caller, in two queries at most times. Raises `Refused`."""
        caller = super().__call__(request)
        if isinstance(caller, Caller):
            return caller
        detail = "Send a key: “Authorization: Bearer KEY”. The address in “type” says how to get one."
        raise Refused(UNAUTHORIZED, detail, headers={"WWW-Authenticate": "Bearer"})

    def authenticate(self, request: HttpRequest, token: str) -> Caller:
        now = timezone.now()
        key = use_key(token, kind=ReadingKey.Kind.API, at=now)
        if key is None:
            detail = "This key opens nothing: it is none of ours, or it was revoked."
            raise Refused(UNAUTHORIZED, detail, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
        allowance = spend(key, at=now)
        request.allowance = allowance  # type: ignore[attr-defined]  # the door tells of it in headers
        if allowance.is_exceeded:
            detail = f"This key may ask {allowance.limit} times a minute. Wait {allowance.reset} seconds."
            raise Refused(TOO_MANY, detail, headers={"Retry-After": str(allowance.reset)})
        rights = rights_of(key.user, at=now)
        reader = Reader(is_signed_in=True, grants=rights.current, lapsed=rights.lapsed)
        return Caller(key, reader, allowance, now)


def spend(key: ReadingKey, *, at: datetime) -> Allowance:
    """Count one request of the key."""
    return count_use(f"api-{key.pk}", limit=settings.API_REQUESTS_PER_MINUTE, window=WINDOW, at=at)


def caller_of(request: HttpRequest) -> Caller:
    """Whoever `KeyInHeader` let in."""
    caller = request.auth  # type: ignore[attr-defined]  # set by ninja
    assert isinstance(caller, Caller)
    return caller
