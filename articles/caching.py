"""What browsers and proxies may keep of a public page."""

from collections.abc import Callable
from functools import wraps

from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import conditional_page

from articles.passes import METER_COOKIE, give_pass
from articles.paywall import Reader

VISITOR_SECONDS = 60

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


def _is_personal(request: HttpRequest) -> bool:
    reader: Reader | None = getattr(request, "reader", None)
    has_more = bool(reader and (reader.grants or reader.lapsed or reader.opening))
    has_more = has_more or METER_COOKIE in request.COOKIES
    return request.user.is_authenticated or has_more or getattr(get_messages(request), "used", False)
