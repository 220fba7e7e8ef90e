"""A story: the whole or its free part, as the paywall says; and what stands where one was withdrawn."""

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import http_date

from articles.caching import public_page
from articles.context import current_reader
from articles.models import Article
from articles.queries import find_moved_story, find_story, find_withdrawn_story
from articles.story import story_page


@public_page
def article(request: HttpRequest, slug: str) -> HttpResponse:
    now = timezone.now()
    story = find_story(slug, at=now)
    if story is None:
        return _without_story(request, slug, at=now)
    page = story_page(story, current_reader(request), at=now)
    response = render(request, "articles/article.html", page)
    response["Last-Modified"] = http_date(_changed_at(story).timestamp())
    return response


def _without_story(request: HttpRequest, slug: str, *, at: datetime) -> HttpResponse:
    """Lead from a former address to the present one in one step (rule W9), or say what was withdrawn (W7).

    The page of a withdrawn story repeats nothing of it, not even its headline: that may be what was wrong.
    """
    if moved := find_moved_story(slug, at=at):
        return redirect(moved, permanent=True)
    if withdrawn := find_withdrawn_story(slug, at=at):
        return render(request, "articles/withdrawn.html", {"withdrawn": withdrawn}, status=410)
    raise Http404("There is no story at this address.")


def _changed_at(story: Article) -> datetime:
    """When the page became what it is: a story changed before its embargo lifted is new when it lifts."""
    return max(filter(None, (story.changed_at, story.published_at, story.embargo_until)))
