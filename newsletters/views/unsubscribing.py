"""Unsubscribing by the address in the letter, for mail programs and for people (RFC 8058).

The address itself is the proof: no sign-in, no cookie, no form token, no redirect. Whatever is posted to it
unsubscribes, and everyone gets the same answer, so that nobody learns which addresses are real (rules U3 to
U6).
"""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from newsletters.actions import set_preference
from newsletters.actions import unsubscribe as unsubscribe_reader
from newsletters.tokens import read_token
from newsletters.views.private import private_page


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    if request.method != "POST":
        return private_page(request, "newsletters/unsubscribe.html", token=token)
    if known := read_token(token):
        unsubscribe_reader(
            newsletter=known.newsletter, user=known.user, source="one click", at=timezone.now()
        )
    return private_page(request, "newsletters/unsubscribed.html", token=token)


@csrf_exempt
@never_cache
@require_POST
def resubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """The way back from the page that says they are unsubscribed."""
    if known := read_token(token):
        now = timezone.now()
        set_preference(newsletter=known.newsletter, user=known.user, is_wanted=True, source="undo", at=now)
    return private_page(request, "newsletters/resubscribed.html", token=token)
