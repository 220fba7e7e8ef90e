"""A section: all its stories, the newest first."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from articles.caching import public_page
from articles.models import Section
from articles.queries import list_page, stories_in_section


@public_page
def section(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Section, slug=slug)
    stories = stories_in_section(found, at=timezone.now())
    context = {
        "section": found,
        "current_section": found,
        "page": list_page(stories, request.GET.get("page")),
    }
    return render(request, "articles/section.html", context)
