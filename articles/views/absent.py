"""What stands where no story may be seen: its present address, the word that it was withdrawn, or nothing."""

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from articles.queries import find_moved_story, find_withdrawn_story


def without_story(request: HttpRequest, slug: str, *, route: str = "article", at: datetime) -> HttpResponse:
    """Lead from a former address to the present one in one step (rule W9), or say what was withdrawn (W7).

    `route` names the address asked for. The page of a withdrawn story repeats nothing of it, not even its
    headline: that may be what was wrong. Raises `Http404` where there never was one to see.
    """
    if moved := find_moved_story(slug, at=at):
        return redirect(route, moved.slug, permanent=True)
    if withdrawn := find_withdrawn_story(slug, at=at):
        return render(request, "articles/withdrawn.html", {"withdrawn": withdrawn}, status=410)
    raise Http404("There is no story at this address.")
