"""Search: what was found among the stories, in the words whoever asks may read."""

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import SafeString

from articles.caching import public_page
from articles.forms import SearchForm
from articles.markup.lead import plain_text
from articles.models import Article
from articles.paywall import Reader, read
from articles.readers import current_reader
from articles.search.documents import audience_of
from articles.search.engines import SearchUnavailable
from articles.search.finding import MOST, Asked, Found, find_stories, wanted_in_all_languages
from articles.search.snippets import Marked, highlight, passage, words_to_mark

logger = logging.getLogger(__name__)

PAGE_LENGTH = 10


@dataclass(frozen=True)
class Result:
    """A story found, its texts with the words marked."""

    story: Article
    headline: SafeString
    standfirst: SafeString
    passage: SafeString


@public_page
def search(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    form = SearchForm(request.GET, at=now)
    asked, reader = form.asked(), current_reader(request, at=now)
    reader = Reader(is_signed_in=reader.is_signed_in, grants=reader.grants)
    is_away, found = False, Found()
    try:
        found = find_stories(asked, audience_of(reader, at=now), at=now)
    except SearchUnavailable:
        logger.exception("A search was not answered.")
        is_away = True
    page = Paginator(found.stories, PAGE_LENGTH).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "asked": asked,
        "is_asked": bool(asked.text.strip() or asked.has_filters),
        "is_away": is_away,
        "found": found,
        "most": MOST,
        "page": page,
        "results": _results(page.object_list, asked, reader, at=now),
        "address": _address(request),
        "single_words": _single_words(asked.text),
    }
    response = render(request, "articles/search.html", context, status=503 if is_away else 200)
    response["X-Robots-Tag"] = "noindex"
    return response


def _results(keys: Any, asked: Asked, reader: Reader, *, at: datetime) -> list[Result]:
    if not keys:
        return []
    marked = words_to_mark(wanted_in_all_languages(asked.text))
    stories = Article.objects.visible(at=at).for_lists().defer(None).filter(pk__in=keys)
    by_key = {story.pk: story for story in stories}
    return [_result(by_key[key], marked, reader, at=at) for key in keys if key in by_key]


def _result(story: Article, marked: Marked, reader: Reader, *, at: datetime) -> Result:
    """Its passage is of the text this reader may read, and no meter opens any."""
    text = plain_text(read(story, reader, at=at).text)
    return Result(
        story=story,
        headline=highlight(story.headline, marked, story.language),
        standfirst=highlight(story.standfirst, marked, story.language),
        passage=passage(text, marked, story.language),
    )


def _address(request: HttpRequest) -> str:
    """The question as a query string, to which the number of a page is added."""
    asked = request.GET.copy()
    asked.pop("page", None)
    for name in [name for name, value in asked.items() if not value]:
        asked.pop(name)
    return f"?{asked.urlencode()}&" if asked else "?"


def _single_words(text: str) -> list[str]:
    """Searches to try when nothing was found for all words together."""
    words = list(dict.fromkeys(word for word in text.split() if len(word) > 2 and not word.startswith("-")))
    return [word.strip("\"“”„'.,") for word in words[:6]] if len(words) > 1 else []
