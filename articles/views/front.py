"""The front page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from articles.caching import public_page
from articles.queries import front_page_layout


@public_page
def front_page(request: HttpRequest) -> HttpResponse:
    layout = front_page_layout(at=timezone.now())
    return render(request, "articles/front_page.html", {"layout": layout})
