"""The reader's pass: a check of rights, signed into a cookie that holds for a minute or so.

A pass only ever allows what was found true when it was made; where it opens nothing, the database is asked.
It is bound to the browser's own cookies, so that it is void once its reader signs in or out, and to the
network address where that is what gave the right.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.crypto import salted_hmac
from django.utils.dateparse import parse_datetime

from accounts.queries import network_address
from articles.models import month_of
from articles.paywall import MeterFact, Reader
from subscriptions.models import Source
from subscriptions.queries import GrantFact

PASS_COOKIE, METER_COOKIE = "pass", "meter"
LONGEST = 3800
"""Browsers drop a cookie of more than 4,096 bytes, name and attributes included (RFC 6265, 6.1)."""
SALT = "articles.pass.1"
"""Its number changes with what a pass holds, so that none is read that an earlier release made."""


def read_pass(request: HttpRequest, *, at: datetime) -> Reader | None:
    """The reader that the request's pass speaks of; None without one that is genuine, fresh and their own."""
    try:
        facts = signing.loads(request.COOKIES[PASS_COOKIE], salt=SALT)
    except (KeyError, signing.BadSignature):
        return None
    age = at.timestamp() - facts["at"]
    if not 0 <= age < settings.PASS_SECONDS or facts["of"] != _bearer(request, facts["by_network"]):
        return None
    meter = None
    if facts["opened"] and facts["month"] == str(month_of(at)):
        limit, last = facts["meter"]
        meter = MeterFact(limit, frozenset(facts["opened"]), last=last)
    grants = [
        GrantFact(source, reason, _moment(start), _moment(end) if end else None)
        for source, reason, start, end in facts["grants"]
    ]
    current = tuple(grant for grant in grants if grant.is_current(at))
    return Reader(is_signed_in=facts["is_signed_in"], grants=current, meter=meter)


def give_pass(request: HttpRequest, response: HttpResponseBase, reader: Reader, *, at: datetime) -> None:
    """Set the cookie for a reader whose rights were just checked; none for one who has none."""
    opened = reader.meter.opened if reader.meter else frozenset()
    if not settings.PASS_SECONDS or not (reader.grants or opened):
        return
    by_network = any(grant.source == Source.INSTITUTION for grant in reader.grants)
    facts = {
        "at": at.timestamp(),
        "of": _bearer(request, by_network),
        "by_network": by_network,
        "is_signed_in": reader.is_signed_in,
        "grants": [_row(grant) for grant in reader.grants[:1]],
        "opened": sorted(opened),
        "meter": [reader.meter.limit, reader.meter.last] if reader.meter else [0, 0],
        "month": str(month_of(at)),
    }
    value = signing.dumps(facts, salt=SALT, compress=True)
    if len(value) <= LONGEST:
        keep_cookie(response, PASS_COOKIE, value, settings.PASS_SECONDS)


def keep_cookie(response: HttpResponseBase, name: str, value: str, seconds: int) -> None:
    """A cookie that only the server reads."""
    secure = settings.SESSION_COOKIE_SECURE
    response.set_cookie(name, value, max_age=seconds, httponly=True, samesite="Lax", secure=secure)


def _bearer(request: HttpRequest, by_network: bool) -> str:
    cookies: Mapping[str, str] = request.COOKIES
    parts = [cookies.get(settings.SESSION_COOKIE_NAME, ""), cookies.get(METER_COOKIE, "")]
    if by_network:
        parts.append(network_address(request))
    return salted_hmac(SALT, "\n".join(parts), algorithm="sha256").hexdigest()


def _row(grant: GrantFact) -> list[Any]:
    ends_at = grant.ends_at.isoformat() if grant.ends_at else None
    return [grant.source, grant.reason, grant.starts_at.isoformat(), ends_at]


def _moment(text: str) -> datetime:
    found = parse_datetime(text)
    if found is None:
        raise signing.BadSignature("A pass without its times.")
    return found
