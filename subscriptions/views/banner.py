"""Waving the banner away, where nothing is at stake."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from subscriptions.templatetags.reader_banner import DISMISSED
from subscriptions.views.plans import local_path

KEPT, LONGEST = 20, 80


@require_POST
@login_required
def dismiss(request: HttpRequest) -> HttpResponse:
    """Show this one no more while the reader stays signed in, and go back to the page they were on."""
    key = request.POST.get("key", "")[:LONGEST]
    before = [each for each in request.session.get(DISMISSED, []) if each != key]
    request.session[DISMISSED] = [*before, key][-KEPT:]
    return redirect(local_path(request.POST.get("next", "")) or "front_page")
