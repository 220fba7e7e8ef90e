"""What every page of the site needs to know."""

from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils import timezone

from articles.models import Page, Section
from articles.paywall import Reader
from articles.queries import reader_of


def publication(request: HttpRequest) -> dict[str, Any]:
    """The magazine, its sections and standing pages, each fetched only when a template asks."""

    @cache
    def is_subscriber() -> bool:
        return bool(current_reader(request).grants)

    return {
        "publication": settings.PUBLICATION,
        "site_url": settings.SITE_URL,
        "sections": Section.objects.all(),
        "footer_pages": Page.objects.filter(in_footer=True).defer("text"),
        "is_subscriber": is_subscriber,
    }


def current_reader(request: HttpRequest) -> Reader:
    """Who asks, as the paywall sees them: found once per request."""
    kept: Reader | None = getattr(request, "reader", None)
    if kept is None:
        kept = reader_of(getattr(request, "user", AnonymousUser()), at=timezone.now())
        request.reader = kept  # type: ignore[attr-defined]
    return kept
