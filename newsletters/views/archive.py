"""Editions on the site: for everyone the free form, for subscribers the whole (rule E7)."""

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from articles.caching import public_page
from articles.readers import current_reader
from newsletters.digest import make_digest
from newsletters.models import Newsletter, Variant
from newsletters.queries import released_editions

SHOWN = 60
"""Editions in the list: more than a year of a weekly."""


@public_page
def archive(request: HttpRequest) -> HttpResponse:
    context = {"newsletters": Newsletter.objects.active(), "editions": released_editions()[:SHOWN]}
    return render(request, "newsletters/archive.html", context)


@public_page
def edition(request: HttpRequest, slug: str, day: date) -> HttpResponse:
    found = get_object_or_404(released_editions(), newsletter__slug=slug, edition_date=day)
    now = timezone.now()
    variant = Variant.SUBSCRIBER if current_reader(request, at=now).grants else Variant.FREE
    digest = make_digest(found, variant=variant, at=now)
    if digest.lead is None:
        raise Http404("No story of this edition can be read any more.")
    return render(request, "newsletters/edition.html", {"edition": found, "digest": digest})
