"""The sitemap for Google News (rules N1 to N6), always at the same addresses."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from articles.caching import public_file
from articles.models import Article
from articles.queries.sitemaps import news_stories
from kit.xml import for_xml

PART_LENGTH = 1000
"""As many stories as Google takes in one file."""
MOST_PARTS = 50_000
"""As many files as it takes in one index (rule N2)."""
XML = "application/xml"
TAIWANESE = ("zh-tw", "zh-hk", "zh-mo", "zh-hant")


@public_file
def news_sitemap(request: HttpRequest) -> HttpResponse:
    """The stories of the last two days; with more than one file takes, the index of the parts."""
    stories = list(news_stories(at=timezone.now()))
    if len(stories) <= PART_LENGTH:
        return _part(request, stories)
    parts = range(1, -(-len(stories) // PART_LENGTH) + 1)
    addresses = [(settings.SITE_URL + reverse("news_sitemap_part", args=(part,)), None) for part in parts]
    return render(request, "articles/sitemap_index.xml", {"parts": addresses}, content_type=XML)


@public_file
def news_sitemap_part(request: HttpRequest, part: int) -> HttpResponse:
    begin = (part - 1) * PART_LENGTH
    is_possible = 0 < part <= MOST_PARTS
    stories = list(news_stories(at=timezone.now())[begin : begin + PART_LENGTH]) if is_possible else []
    if not stories and part != 1:
        raise Http404("There are not so many stories.")
    return _part(request, stories)


def news_language(code: str) -> str:
    """The language as Google News asks for it: ISO 639, and Chinese as zh-cn or zh-tw."""
    code = code.lower().replace("_", "-")
    language = code.split("-")[0]
    if language != "zh":
        return language
    return "zh-tw" if code.startswith(TAIWANESE) else "zh-cn"


def _part(request: HttpRequest, stories: list[Article]) -> HttpResponse:
    entries = [
        {
            "address": settings.SITE_URL + story.get_absolute_url(),
            "language": news_language(story.language),
            "at": story.first_published_at,
            "title": for_xml(story.headline),
        }
        for story in stories
    ]
    name = for_xml(settings.PUBLICATION["name"])
    context = {"entries": entries, "name": name}
    return render(request, "articles/news_sitemap.xml", context, content_type=XML)
