"""A topic: its stories from all sections, the newest first."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from articles.caching import public_page
from articles.models import Topic
from articles.queries import list_page, stories_on_topic


@public_page
def topic(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Topic, slug=slug)
    stories = stories_on_topic(found, at=timezone.now())
    context = {"topic": found, "page": list_page(stories, request.GET.get("page"))}
    return render(request, "articles/topic.html", context)
