"""Who asks, as the paywall sees them: found once per request, from their pass where that suffices."""

from dataclasses import replace
from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.core import signing
from django.http import HttpRequest

from accounts.models import User
from accounts.queries import network_address
from articles.models import Article
from articles.passes import METER_COOKIE, read_pass
from articles.paywall import MeterFact, Opening, Reader, Reading, read
from articles.queries import fresh_meter, meter_of
from subscriptions.queries import rights_of

METER_SALT = "articles.meter"


def current_reader(request: HttpRequest, *, at: datetime) -> Reader:
    """The reader with the rights they have; the meter is looked at where a story asks for it alone."""
    kept: Reader | None = getattr(request, "reader", None)
    if kept is None:
        kept = read_pass(request, at=at)
        if kept is None or not kept.grants:
            kept = checked_reader(request, at=at)
        request.reader = kept  # type: ignore[attr-defined]
    return kept


def read_story(
    request: HttpRequest, story: Article, *, opening: Opening | None = None, at: datetime
) -> tuple[Reader, Reading]:
    """What whoever asks may read of `story`: no query with a pass that opens it, otherwise two at most."""
    from_pass = read_pass(request, at=at)
    if from_pass is not None:
        reading = read(story, replace(from_pass, opening=opening), at=at)
        if reading.is_whole:
            request.reader = from_pass  # type: ignore[attr-defined]
            return from_pass, reading
    reader = replace(checked_reader(request, at=at), opening=opening)
    reading = read(story, reader, at=at)
    if not reading.is_whole:
        reader = replace(reader, meter=meter_of_request(request, at=at))
        reading = read(story, reader, at=at)
    request.reader = request.checked_reader = reader  # type: ignore[attr-defined]
    return reader, reading


def checked_reader(request: HttpRequest, *, at: datetime) -> Reader:
    """The reader by the ledger: an account's rights and those of the network it asks from, in one query."""
    user = user_of(request)
    rights = rights_of(user or AnonymousUser(), address=network_address(request), at=at)
    reader = Reader(is_signed_in=user is not None, grants=rights.current, lapsed=rights.lapsed)
    request.checked_reader = reader  # type: ignore[attr-defined]
    return reader


def meter_of_request(request: HttpRequest, *, at: datetime) -> MeterFact:
    """The account's meter, or the browser's; a fresh one, without a query, for a browser that has none."""
    owner = user_of(request) or meter_key(request)
    return meter_of(owner, at=at) if owner else fresh_meter(is_signed_in=False)


def user_of(request: HttpRequest) -> User | None:
    user = getattr(request, "user", None)
    return user if isinstance(user, User) else None


def meter_key(request: HttpRequest) -> str:
    """The key of the browser's meter; empty when it has none, or one that is not ours."""
    try:
        return str(signing.loads(request.COOKIES.get(METER_COOKIE, ""), salt=METER_SALT))
    except signing.BadSignature:
        return ""


def sign_meter_key(key: str) -> str:
    return signing.dumps(key, salt=METER_SALT)
