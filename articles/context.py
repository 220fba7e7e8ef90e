"""What every page of the site needs to know."""

from dataclasses import replace
from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils import timezone

from accounts.queries import network_address
from articles.models import Page, Section
from articles.paywall import Reader
from articles.queries import reader_of
from subscriptions.queries import access_by_network


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
        kept = _find_reader(request)
        request.reader = kept  # type: ignore[attr-defined]
    return kept


def _find_reader(request: HttpRequest) -> Reader:
    """An account's own rights first; where it has none, those of the network it comes from."""
    now = timezone.now()
    reader = reader_of(getattr(request, "user", AnonymousUser()), at=now)
    return (
        reader
        if reader.grants
        else replace(reader, grants=access_by_network(network_address(request), at=now))
    )
