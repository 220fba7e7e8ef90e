"""A story: the whole or its free part, as the paywall says; and what stands where one was withdrawn."""

from datetime import datetime
from http import HTTPStatus
from typing import Any

from allauth.core import ratelimit
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from accounts.models import User
from articles.actions.gift_links import count_reading
from articles.actions.meters import MeterIsEmpty, open_story, start_meter
from articles.arriving import is_arriving, is_from_here, is_program
from articles.caching import public_page
from articles.models import Article, GiftLink
from articles.openings import gives_away, opening_by_gift, opening_by_mail
from articles.passes import METER_COOKIE, keep_cookie
from articles.paywall import By, Opening, Reader, Verdict
from articles.queries import find_moved_story, find_story
from articles.readers import meter_key, read_story, sign_meter_key, user_of
from articles.story import story_page
from articles.views.absent import without_story

METER_COOKIE_SECONDS = 62 * 24 * 3600
"""Longer than a month, so that a meter does not end before what it counts."""


@public_page
def article(request: HttpRequest, slug: str) -> HttpResponse:
    """The story. Whoever has a meter opens it by coming; other visitors are asked first (`open_article`)."""
    now = timezone.now()
    story = find_story(slug, at=now)
    if story is None:
        return without_story(request, slug, at=now)
    reader, reading = read_story(request, story, at=now)
    owner = user_of(request) or meter_key(request)
    if reading.decision.verdict is Verdict.TEASER and owner and is_arriving(request):
        _open(story, owner, at=now)
        reader, reading = read_story(request, story, at=now)
    page = story_page(story, reader, reading=reading, at=now) | _giving(request, reader)
    response = render(request, "articles/article.html", page)
    if isinstance(owner, str) and owner and reading.decision.by == By.METER:
        # A meter that is in use does not run out.
        keep_cookie(response, METER_COOKIE, request.COOKIES[METER_COOKIE], METER_COOKIE_SECONDS)
    return response


@csrf_exempt  # a visitor's page sets no cookie, so it has no token: `is_from_here` tells instead
@require_POST
def open_article(request: HttpRequest, slug: str) -> HttpResponse:
    """Open the story with one of the free ones, and begin a visitor's meter with it if need be.

    A program gets the same answer, and nothing is opened.
    """
    now = timezone.now()
    story = find_story(slug, at=now)
    if story is None or not is_from_here(request):
        raise Http404("There is no story to open at this address.")
    response = redirect(story)
    _, reading = read_story(request, story, at=now)
    if reading.decision.verdict is not Verdict.TEASER or is_program(request):
        return response
    owner = user_of(request) or meter_key(request)
    if not owner:
        limited: HttpResponse | None = ratelimit.consume_or_429(request, action="start_meter")
        if limited:
            return limited
        owner = start_meter(at=now).key or ""
        keep_cookie(response, METER_COOKIE, sign_meter_key(owner), METER_COOKIE_SECONDS)
    _open(story, owner, at=now)
    return response


def gift_link(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """The story by a link that a subscriber gave away (rule P7); one that has ended leads to the story."""
    now = timezone.now()
    links = GiftLink.objects.open(at=now).select_related("user")
    link = links.filter(token=token, user__is_active=True).first()
    if link is None:
        return redirect("article", slug)
    response = _by_link(request, slug, token, opening_by_gift(link), at=now)
    if response.status_code == HTTPStatus.OK and is_arriving(request) and user_of(request) != link.user:
        count_reading(link=link)
    return response


def mail_link(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """The story by a link in one of our letters; one that has ended leads to the story's page."""
    opening = opening_by_mail(token)
    if opening is None:
        return redirect("article", slug)
    return _by_link(request, slug, token, opening, at=timezone.now())


def _by_link(request: HttpRequest, slug: str, token: str, opening: Opening, *, at: datetime) -> HttpResponse:
    """The story, or the way to where it stands now, or the story's page where the link does not open it.

    Its links and forms tell no one the token: they send the site's own address at most. (With no-referrer
    browsers would send forms with `Origin: null`, which Django refuses.)
    """
    story, moved = find_story(slug, at=at), find_moved_story(slug, at=at)
    if story and opening.opens(story.pk, at):
        reader, reading = read_story(request, story, opening=opening, at=at)
        page = story_page(story, reader, reading=reading, at=at) | {"by_link": True}
        response = render(request, "articles/article.html", page)
    elif moved and opening.opens(moved.pk, at) and request.resolver_match:
        response = redirect(request.resolver_match.view_name, moved.slug, token)
    else:
        return redirect("article", slug)
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"], response["Referrer-Policy"] = "noindex", "strict-origin"
    return response


def _giving(request: HttpRequest, reader: Reader) -> dict[str, Any]:
    """Whether the story can be given away by whoever reads it, and for how many days."""
    can_give = user_of(request) is not None and gives_away(reader.grants)
    return {"can_give": can_give, "gift_days": settings.GIFT_LINK_DAYS}


def _open(story: Article, owner: User | str, *, at: datetime) -> None:
    try:
        open_story(article=story, owner=owner, at=at)
    except MeterIsEmpty:
        return
