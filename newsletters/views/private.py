"""Pages whose address acts for its reader: not passed on, not indexed."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

PRIVATE = {"X-Robots-Tag": "noindex", "Referrer-Policy": "no-referrer"}


def private_page(
    request: HttpRequest, template: str, *, status: HTTPStatus = HTTPStatus.OK, **context: object
) -> HttpResponse:
    """The page; the caller keeps it out of caches."""
    return HttpResponse(render_to_string(template, context, request), status=status, headers=PRIVATE)
