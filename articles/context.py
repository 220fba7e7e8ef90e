"""What every page of the site needs to know."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from articles.models import Page, Section


def publication(request: HttpRequest) -> dict[str, Any]:
    """The magazine, its sections and standing pages; both lists are fetched only when a template asks."""
    return {
        "publication": settings.PUBLICATION,
        "site_url": settings.SITE_URL,
        "sections": Section.objects.all(),
        "footer_pages": Page.objects.filter(in_footer=True).defer("text"),
    }
