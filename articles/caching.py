"""What browsers and proxies may keep of a public page."""

from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from http import HTTPStatus

from django.conf import settings
from django.contrib.messages import get_messages
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import SimpleTemplateResponse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.http import http_date
from django.views.decorators.http import conditional_page

from articles.passes import METER_COOKIE, give_pass
from articles.paywall import Reader

VISITOR_SECONDS = 60
CONTENT_KNOWN_SECONDS = 30 * 24 * 3600

DATED = (HTTPStatus.OK, HTTPStatus.PAYMENT_REQUIRED)
"""Answers that hold a text, or its free part."""

View = Callable[..., HttpResponseBase]


def public_page(view: View) -> View:
    """Let a visitor's page be kept for a minute and compared by its ETag; keep a personal one nowhere.

    Personal is what a signed-in reader gets, or whoever reads by the network or the link they come from, did
    so once or has a meter, and what tells a visitor something once, as on signing out.
    Its date is when its content was first seen to be what it is, as in `public_file`: what a visitor may see
    changes without the story. A page that is kept must set no cookie, so a visitor's page holds no form that
    needs a CSRF token.
    """

    @conditional_page
    @wraps(view, updated=())
    def handle(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        if _is_personal(request):
            patch_cache_control(response, private=True, no_store=True)
            if reader := getattr(request, "checked_reader", None):
                give_pass(request, response, reader, at=timezone.now())
        elif response.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
            if response.status_code in DATED and isinstance(response, HttpResponse):
                _date_by_content(request, response)
            patch_cache_control(response, public=True, max_age=VISITOR_SECONDS)
        else:
            patch_cache_control(response, no_store=True)
        return response

    return handle


def public_file(view: View) -> View:
    """For what is the same whoever asks, a feed or a sitemap: kept for a minute, compared by ETag and date.

    The date is when the content was first seen to be what it is. No date among the stories would do: one
    that is withdrawn, deleted or moved takes its date along; whoever compares by date alone would keep it.
    """

    @conditional_page
    @wraps(view, updated=())
    def handle(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        def date(response: HttpResponse) -> None:
            if response.status_code == HTTPStatus.OK:
                _date_by_content(request, response)
                patch_cache_control(response, public=True, max_age=VISITOR_SECONDS)

        response = view(request, *args, **kwargs)
        if isinstance(response, SimpleTemplateResponse):
            response.add_post_render_callback(date)
        elif isinstance(response, HttpResponse):
            date(response)
        return response

    return handle


def _date_by_content(request: HttpRequest, response: HttpResponse) -> None:
    """No date for an address with a query: anyone can make up as many as would fill the cache."""
    if not request.GET:
        response["Last-Modified"] = http_date(_content_since(request.path, response.content))


def _content_since(path: str, content: bytes) -> float:
    """Since when this content stands at this path, as far as is known; else since now (seconds of Unix)."""
    key = f"content-since:{sha256(path.encode()).hexdigest()}"
    digest = sha256(content).hexdigest()
    kept: tuple[str, float] | None = cache.get(key)
    if kept is None or kept[0] != digest:
        kept = (digest, timezone.now().timestamp())
        cache.set(key, kept, CONTENT_KNOWN_SECONDS)
    return kept[1]


def _is_personal(request: HttpRequest) -> bool:
    reader: Reader | None = getattr(request, "reader", None)
    return (
        request.user.is_authenticated
        or _is_known(reader)
        or METER_COOKIE in request.COOKIES
        or _had_session(request)
        or getattr(get_messages(request), "used", False)
    )


def _is_known(reader: Reader | None) -> bool:
    """Whether the reader, maybe by a pass that outlives their session, is more than any visitor."""
    if reader is None:
        return False
    has_opened = bool(reader.meter and reader.meter.opened)
    return bool(reader.is_signed_in or reader.grants or reader.lapsed or reader.opening or has_opened)


def _had_session(request: HttpRequest) -> bool:
    """Whether Django will take back the cookie of a session that is over; call it once the user is known."""
    return bool(request.COOKIES.get(settings.SESSION_COOKIE_NAME)) and request.session.is_empty()
