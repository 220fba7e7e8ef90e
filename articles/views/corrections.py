"""All corrections, the newest first."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from articles.caching import public_page
from articles.queries import list_page, public_corrections


@public_page
def corrections(request: HttpRequest) -> HttpResponse:
    page = list_page(public_corrections(at=timezone.now()), request.GET.get("page"))
    return render(request, "articles/corrections.html", {"page": page})
