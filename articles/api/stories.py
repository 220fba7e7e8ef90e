"""Stories: a list of them, and one."""

from collections.abc import Callable
from typing import TypeVar

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from ninja import Query, Router

from articles import models
from articles.api.callers import Caller, caller_of
from articles.api.cursors import Order, link_next
from articles.api.parameters import OneStory, Wanted, refuse_unknown
from articles.api.problems import NOT_FOUND, WITHDRAWN, Refused, unknown_value
from articles.api.schemas import Stories, Story, TextForm
from articles.api.shown import Shown, story_address
from articles.queries import find_moved_story, find_story, find_withdrawn_story
from articles.queries.partners import StoryFilter, authors_in_use, stories_for_partners, topics_in_use

router = Router(tags=["Stories"])

NEWEST_FIRST = Order("stories", "published_at", is_by_time=True)
GONE = "This story was withdrawn."

Filed = TypeVar("Filed", models.Section, models.Topic, models.Author)


@router.get(
    "/stories", response=Stories, url_name="api_stories", operation_id="list_stories", summary="List stories"
)
def stories(request: HttpRequest, response: HttpResponse, wanted: Query[Wanted]) -> Stories:
    """Stories the public may see, the newest first, page by page. All filters given have to fit.

    To keep a copy up to date, ask with `updated_since`. A story that is no longer listed was withdrawn:
    its own address says so.
    """
    refuse_unknown(request, wanted)
    caller = caller_of(request)
    rows = stories_for_partners(_filter(wanted, caller), at=caller.at)
    if wanted.text is not TextForm.NONE:
        rows = rows.defer(None)
    page = NEWEST_FIRST.page(rows, cursor=wanted.cursor, limit=wanted.limit)
    shown = Shown(caller.reader, wanted.text, caller.at)
    return Stories(items=shown.stories(page.rows), next=link_next(request, response, page.next))


@router.get(
    "/stories/{slug:slug}",
    response=Story,
    url_name="api_story",
    operation_id="get_story",
    summary="Read a story",
)
def story(request: HttpRequest, slug: str, wanted: Query[OneStory]) -> Story | HttpResponse:
    """One story, with as much of its text as the key's account may read.

    What is not open to it is no error: `is_whole` is false, the text is its free part, and `decision` says
    what would open the rest. A former address leads to the present one (301).
    """
    refuse_unknown(request, wanted)
    caller = caller_of(request)
    found = find_story(slug, at=caller.at)
    if found is None:
        return _elsewhere(request, slug, caller)
    return Shown(caller.reader, wanted.text, caller.at).stories([found])[0]


def _elsewhere(request: HttpRequest, slug: str, caller: Caller) -> HttpResponse:
    """The way from a former address to the present one (rule W9). Raises `Refused`: withdrawn, unknown."""
    if moved := find_moved_story(slug, at=caller.at):
        query = f"?{request.GET.urlencode()}" if request.GET else ""
        return HttpResponsePermanentRedirect(story_address(moved) + query)
    if withdrawn := find_withdrawn_story(slug, at=caller.at):
        raise Refused(WITHDRAWN, withdrawn.withdrawal_notice or GONE)
    raise Refused(NOT_FOUND, f"There is no story “{slug}”.")


def _filter(wanted: Wanted, caller: Caller) -> StoryFilter:
    at = caller.at
    return StoryFilter(
        section=_named("section", wanted.section, models.Section.objects.all),
        topic=_named("topic", wanted.topic, lambda: topics_in_use(at=at)),
        author=_named("author", wanted.author, lambda: authors_in_use(at=at)),
        language=wanted.language,
        access=wanted.access.value if wanted.access else None,
        published_since=wanted.published_since,
        published_until=wanted.published_until,
        updated_since=wanted.updated_since,
        updated_until=wanted.updated_until,
    )


def _named(kind: str, slug: str | None, rows: Callable[[], QuerySet[Filed]]) -> Filed | None:
    """The section, topic or author with this slug. Raises `Refused` when there is none."""
    if slug is None:
        return None
    found = rows().filter(slug=slug).first()
    if found is None:
        raise unknown_value(kind, slug)
    return found
