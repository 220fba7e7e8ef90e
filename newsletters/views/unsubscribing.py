"""Unsubscribing by the address in the letter, for mail programs and for people (RFC 8058).

The address itself is the proof: no sign-in, no cookie, no form token, no redirect. Whatever is posted to it
unsubscribes, and everyone gets the same answer, so that nobody learns which addresses are real (rules U3 to
U6).
"""

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from newsletters.actions import set_preference
from newsletters.actions import unsubscribe as unsubscribe_reader
from newsletters.tokens import read_token

PRIVATE = {"X-Robots-Tag": "noindex", "Referrer-Policy": "no-referrer"}
"""The address acts for its reader, so it is not passed on."""


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    if request.method != "POST":
        return _page(request, "newsletters/unsubscribe.html", token)
    if known := read_token(token):
        unsubscribe_reader(
            newsletter=known.newsletter, user=known.user, source="one click", at=timezone.now()
        )
    return _page(request, "newsletters/unsubscribed.html", token)


@csrf_exempt
@never_cache
@require_POST
def resubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """The way back from the page that says they are unsubscribed."""
    if known := read_token(token):
        now = timezone.now()
        set_preference(newsletter=known.newsletter, user=known.user, is_wanted=True, source="undo", at=now)
    return _page(request, "newsletters/resubscribed.html", token)


def _page(request: HttpRequest, template: str, token: str) -> HttpResponse:
    return HttpResponse(render_to_string(template, {"token": token}, request), headers=PRIVATE)
