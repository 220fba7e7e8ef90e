"""The index of the ordinary sitemaps (rule N7)."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from articles.caching import public_file
from articles.sitemaps import SITEMAPS


@public_file
def sitemap_index(request: HttpRequest) -> HttpResponse:
    """Every file of every sitemap at this site's own address, whatever host the request came by."""
    parts = []
    for name, kind in SITEMAPS.items():
        sitemap = kind()
        address = settings.SITE_URL + reverse("sitemap_part", args=(name,))
        changed_at = sitemap.get_latest_lastmod()
        pages = sitemap.paginator.num_pages
        parts += [
            (address if page == 1 else f"{address}?p={page}", changed_at) for page in range(1, pages + 1)
        ]
    return render(request, "articles/sitemap_index.xml", {"parts": parts}, content_type="application/xml")
