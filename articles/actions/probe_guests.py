"""The accounts the leak probe looks through, none of which has any right to read."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module
from secrets import token_urlsafe

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from accounts.models import User
from articles.actions.reading_keys import digest_of
from articles.models import Meter, ReadingKey
from articles.passes import PASS_COOKIE, give_pass
from articles.paywall import REGISTERED, SUBSCRIBER
from articles.probing.guests import CRAWLING, VISITING, Guest
from subscriptions.actions.grants import give_comp

HOST = "leak-probe.invalid"
"""No mail can be sent there (RFC 2606), so nobody can sign in to these accounts."""
REASON = "For the leak probe: it has ended."
SESSION_SECONDS = 3600


@dataclass(frozen=True)
class Guests:
    """Everyone who may not read, and the one who may."""

    kept_out: tuple[Guest, ...]
    control: Guest


@contextmanager
def guests_for_probe(*, at: datetime) -> Iterator[Guests]:
    """Readers of every kind, signed in for as long as the context lasts.

    The sessions are made past the sign-in, so that nothing that follows from one happens. The control has no
    grant: its right is a pass (`articles.passes`), signed anew for each request and good for a minute.
    """
    plain, ended = probe_account(at=at), lapsed_probe_account(at=at)
    with (
        _signed_in(plain) as plain_cookies,
        _signed_in(ended) as ended_cookies,
        _keys(plain, at=at) as plain_key,
        _keys(ended, at=at) as ended_key,
    ):
        kept_out = (
            VISITING,
            CRAWLING,
            Guest("registered reader", REGISTERED, lambda: plain_cookies, plain_key),
            Guest("lapsed subscriber", REGISTERED, lambda: ended_cookies, ended_key),
        )
        control = Guest("subscriber", SUBSCRIBER, lambda: plain_cookies | _pass(plain_cookies))
        yield Guests(kept_out, control)


@transaction.atomic
def probe_account(*, at: datetime, name: str = "registered") -> User:
    """The account of this name, made when it is missing; its meter opens nothing."""
    user, _ = User.objects.get_or_create(
        email=f"{name}@{HOST}", defaults={"name": f"Leak probe ({name})", "password": "!", "joined_at": at}
    )
    Meter.objects.update_or_create(
        user=user, defaults={"allowance": 0}, create_defaults={"allowance": 0, "created_at": at}
    )
    return user


@transaction.atomic
def lapsed_probe_account(*, at: datetime) -> User:
    """The account whose complimentary access ended on the day before it was made."""
    user = probe_account(at=at, name="lapsed")
    if not user.grants.exists():
        day = timedelta(days=1)
        give_comp(user=user, ends_at=at - day, reason=REASON, by=None, at=at - 2 * day)
    return user


@contextmanager
def _signed_in(user: User) -> Iterator[dict[str, str]]:
    """The cookies of a session of this account, which ends with the context."""
    session: SessionBase = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.set_expiry(SESSION_SECONDS)
    session.save()
    try:
        yield {settings.SESSION_COOKIE_NAME: session.session_key or ""}
    finally:
        session.delete()


@contextmanager
def _keys(user: User, *, at: datetime) -> Iterator[Callable[[], dict[str, str]]]:
    """The API's header with a key of this account, a new one before the limit of one is reached."""
    made: list[int] = []
    secret, uses = "", 0

    def header() -> dict[str, str]:
        nonlocal secret, uses
        if uses % settings.API_REQUESTS_PER_MINUTE == 0:
            secret = token_urlsafe(32)
            facts = {"name": "Leak probe", "digest": digest_of(secret), "created_at": at}
            made.append(ReadingKey.objects.create(user=user, kind=ReadingKey.Kind.API, **facts).pk)
        uses += 1
        return {"Authorization": f"Bearer {secret}"}

    try:
        yield header
    finally:
        ReadingKey.objects.filter(pk__in=made).delete()


def _pass(own: dict[str, str]) -> dict[str, str]:
    """A subscriber's pass for the browser with these cookies."""
    request, response = RequestFactory().get("/"), HttpResponse()
    request.COOKIES.update(own)
    give_pass(request, response, SUBSCRIBER, at=timezone.now())
    return {name: response.cookies[name].value for name in (PASS_COOKIE,) if name in response.cookies}
