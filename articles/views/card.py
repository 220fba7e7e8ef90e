"""The social card of a story, for everyone who may see that there is one."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import conditional_page, require_safe

from articles.cards import CardInTheMaking, card_image, card_of, card_path
from articles.queries import find_moved_story, find_story

CACHING = "public, max-age=31536000, s-maxage=60"
"""Browsers may keep it, as its address changes with it. Shared ones ask again: it goes with the story."""


@require_safe
@conditional_page
def card(request: HttpRequest, slug: str, digest: str) -> HttpResponse:
    """A PNG of 1200 by 630. Former addresses and former digests lead to the card as it is now."""
    now = timezone.now()
    moved = find_moved_story(slug, at=now)
    story = find_story(slug, at=now) or (moved and find_story(moved.slug, at=now))
    if not story:
        raise Http404("There is no story at this address.")
    shown = card_of(story)
    if (story.slug, shown.digest) != (slug, digest):
        response: HttpResponse = redirect(card_path(story))
        response["Cache-Control"] = "public, max-age=60"
        return response
    try:
        image = card_image(shown)
    except CardInTheMaking:
        return HttpResponse(status=503, headers={"Retry-After": "5", "Cache-Control": "no-store"})
    headers = {"Cache-Control": CACHING, "ETag": f'"{shown.digest}"'}
    return HttpResponse(image, content_type="image/png", headers=headers)
