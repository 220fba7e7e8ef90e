"""What every page of the site needs to know."""

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from articles.models import Page, Section
from articles.readers import current_reader


def publication(request: HttpRequest) -> dict[str, Any]:
    """The magazine, its sections and standing pages, each fetched only when a template asks."""

    @cache
    def is_subscriber() -> bool:
        return bool(current_reader(request, at=timezone.now()).grants)

    return {
        "publication": settings.PUBLICATION,
        "site_url": settings.SITE_URL,
        "sections": Section.objects.all(),
        "footer_pages": Page.objects.filter(in_footer=True).defer("text"),
        "is_subscriber": is_subscriber,
    }
