"""What browsers and proxies may keep of a public page."""

from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from http import HTTPStatus

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

View = Callable[..., HttpResponseBase]


def public_page(view: View) -> View:
    """Let a visitor's page be kept for a minute and compared by its ETag; keep a personal one nowhere.

    Personal is what a signed-in reader gets, or whoever reads by the network or the link they come from, did
    so once or has a meter, and what tells a visitor something once, as on signing out.
    Neither is compared by its date: what a reader may see changes without the story. A page that is kept must
    set no cookie, so a visitor's page holds no form that needs a CSRF token.
    """

    @conditional_page
    @wraps(view, updated=())
    def handle(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        if _is_personal(request):
            patch_cache_control(response, private=True, no_store=True)
            response.headers.pop("Last-Modified", None)
            if reader := getattr(request, "checked_reader", None):
                give_pass(request, response, reader, at=timezone.now())
        else:
            patch_cache_control(response, public=True, max_age=VISITOR_SECONDS)
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
                since = _content_since(request.get_full_path(), response.content)
                response["Last-Modified"] = http_date(since)
                patch_cache_control(response, public=True, max_age=VISITOR_SECONDS)

        response = view(request, *args, **kwargs)
        if isinstance(response, SimpleTemplateResponse):
            response.add_post_render_callback(date)
        elif isinstance(response, HttpResponse):
            date(response)
        return response

    return handle


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
    has_more = bool(reader and (reader.grants or reader.lapsed or reader.opening))
    has_more = has_more or METER_COOKIE in request.COOKIES
    return request.user.is_authenticated or has_more or getattr(get_messages(request), "used", False)
