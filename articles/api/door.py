"""What holds for every answer of the API, whatever it says: who may keep it, who may ask from where."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control

from articles.api.problems import NOT_ALLOWED, NOT_FOUND, Refused, problem_response
from kit.limits import Allowance

View = Callable[..., HttpResponse]

METHODS = "GET, HEAD, OPTIONS"
EXPOSED = "Link, RateLimit, RateLimit-Policy, Retry-After"
PREFLIGHT = {
    "Access-Control-Allow-Methods": METHODS,
    "Access-Control-Allow-Headers": "Authorization",
    "Access-Control-Max-Age": "86400",
}


def api_door(view: View) -> View:
    """Answer reads alone, privately; let scripts of any origin ask: a key, not a cookie, says who asks.

    The limits are told by the IETF's draft “RateLimit header fields for HTTP”.
    """

    @wraps(view)
    def handle(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        response = _answer(view, request, *args, **kwargs)
        patch_cache_control(response, private=True, no_store=True)
        response["X-Robots-Tag"] = "noindex"
        response["Access-Control-Allow-Origin"] = "*"
        response["Access-Control-Expose-Headers"] = EXPOSED
        allowance: Allowance | None = getattr(request, "allowance", None)
        if allowance is not None:
            response["RateLimit-Policy"] = f'"key";q={allowance.limit};w={allowance.window}'
            response["RateLimit"] = f'"key";r={allowance.left};t={allowance.reset}'
        return response

    handle.csrf_exempt = True  # type: ignore[attr-defined]  # nothing is changed, and no cookie is read
    return handle


def _answer(view: View, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
    if request.method == "OPTIONS":
        return HttpResponse(status=204, headers={"Allow": METHODS, **PREFLIGHT})
    if request.method not in {"GET", "HEAD"}:
        refused = Refused(NOT_ALLOWED, f"{request.method} is not answered.", headers={"Allow": METHODS})
        return problem_response(refused)
    asked, request.method = request.method, "GET"  # the library knows no HEAD; the server drops the body
    try:
        return view(request, *args, **kwargs)
    finally:
        request.method = asked


def nowhere(request: HttpRequest, rest: str) -> HttpResponse:
    """An address below the API's at which nothing stands."""
    return problem_response(Refused(NOT_FOUND, f"Nothing stands at {request.path}."))
