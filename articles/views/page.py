"""Standing pages: about, terms, privacy."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.safestring import mark_safe

from articles.caching import public_page
from articles.markup.render import render_body
from articles.models import Page
from articles.queries import pictures_in


@public_page
def page(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Page, slug=slug)
    body = mark_safe(render_body(found.text, picture=pictures_in(found.text)))  # noqa: S308 (rendering escapes every text)
    return render(request, "articles/page.html", {"page": found, "body": body})
