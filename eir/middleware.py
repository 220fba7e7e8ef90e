"""Middleware that belongs to the site as a whole."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render

Handler = Callable[[HttpRequest], HttpResponse]


def maintenance(get_response: Handler) -> Handler:
    """Answer every page with 503 while `MAINTENANCE` is on; the health check still answers."""

    def handle(request: HttpRequest) -> HttpResponse:
        if settings.MAINTENANCE and request.path != "/healthz":
            closed = render(request, "503.html", status=503)
            closed["Retry-After"] = "600"
            return closed
        return get_response(request)

    return handle


def sound_query(get_response: Handler) -> Handler:
    """Refuse with 400 what has a NUL in its query: nobody types one, and PostgreSQL takes none."""

    def handle(request: HttpRequest) -> HttpResponse:
        if "%00" in request.META.get("QUERY_STRING", ""):
            return HttpResponseBadRequest("This address cannot be read.", content_type="text/plain")
        return get_response(request)

    return handle


def admin_content_policy(get_response: Handler) -> Handler:
    """Give the admin the wider content security policy that its scripts need, less what a view forbids."""

    def handle(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.path.startswith("/admin/"):
            own = getattr(response, "_csp_replace", {})
            response._csp_replace = {**settings.ADMIN_CONTENT_SECURITY_POLICY, **own}  # type: ignore[attr-defined]  # noqa: SLF001 (django-csp's own decorators set it)
        return response

    return handle
