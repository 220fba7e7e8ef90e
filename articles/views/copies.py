"""A story as a Markdown file and as a sheet to print, for whoever may read its page."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.encoding import iri_to_uri

from articles.caching import public_page
from articles.copies import plans_address, print_page, story_markdown
from articles.models import Article
from articles.paywall import Reading
from articles.queries import find_story
from articles.readers import read_story
from articles.structured import canonical_address
from articles.views.absent import without_story


@public_page
def article_markdown(request: HttpRequest, slug: str) -> HttpResponse:
    """The story as text/markdown (RFC 7763); its free part with 402 where the reader may have no more."""
    now = timezone.now()
    story = find_story(slug, at=now)
    if story is None:
        return without_story(request, slug, route="article_markdown", at=now)
    _, reading = read_story(request, story, at=now)
    response = HttpResponse(story_markdown(story, reading), content_type="text/markdown; charset=utf-8")
    if not reading.is_whole:
        response.status_code = HTTPStatus.PAYMENT_REQUIRED
    return _as_copy(response, story, reading)


@public_page
def article_print(request: HttpRequest, slug: str) -> HttpResponse:
    """The story in one column, set for paper."""
    now = timezone.now()
    story = find_story(slug, at=now)
    if story is None:
        return without_story(request, slug, route="article_print", at=now)
    _, reading = read_story(request, story, at=now)
    return _as_copy(render(request, "articles/print.html", print_page(story, reading)), story, reading)


def _as_copy(response: HttpResponse, story: Article, reading: Reading) -> HttpResponse:
    """Headers that keep a copy out of indexes and name the page it is of (RFC 8288)."""
    links = [f'<{iri_to_uri(canonical_address(story))}>; rel="canonical"']
    if not reading.is_whole:
        links.append(f'<{plans_address(story, reading)}>; rel="payment"')
    response["Link"] = ", ".join(links)
    response["X-Robots-Tag"] = "noindex"
    return response
