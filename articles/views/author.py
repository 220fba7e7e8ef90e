"""An author: who they are and what they wrote, the newest first."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from articles.caching import public_page
from articles.models import Author
from articles.queries import list_page, stories_by_author


@public_page
def author(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Author, slug=slug)
    stories = stories_by_author(found, at=timezone.now())
    context = {"author": found, "page": list_page(stories, request.GET.get("page"))}
    return render(request, "articles/author.html", context)
