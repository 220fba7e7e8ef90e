"""What stories are filed under, who wrote them, and what was wrong in them."""

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from articles import models
from articles.api import shown
from articles.api.callers import caller_of
from articles.api.cursors import Order, link_next
from articles.api.parameters import Paging, refuse_unknown
from articles.api.problems import NOT_FOUND, Refused
from articles.api.schemas import Author, Authors, Corrections, Section, Sections, Topic, Topics
from articles.queries import public_corrections
from articles.queries.partners import authors_in_use, topics_in_use

router = Router(tags=["Filed under"])

TOPICS = Order("topics", "name", is_by_time=False)
AUTHORS = Order("authors", "name", is_by_time=False)
CORRECTIONS = Order("corrections", "at", is_by_time=True)


@router.get(
    "/sections",
    response=Sections,
    url_name="api_sections",
    operation_id="list_sections",
    summary="List sections",
)
def sections(request: HttpRequest) -> Sections:
    """The departments of the magazine."""
    return Sections(items=[shown.section(found) for found in models.Section.objects.all()])


@router.get(
    "/sections/{slug:slug}",
    response=Section,
    url_name="api_section",
    operation_id="get_section",
    summary="Read a section",
)
def section(request: HttpRequest, slug: str) -> Section:
    """One section by its slug."""
    found = models.Section.objects.filter(slug=slug).first()
    if found is None:
        raise Refused(NOT_FOUND, f"There is no section “{slug}”.")
    return shown.section(found)


@router.get(
    "/topics", response=Topics, url_name="api_topics", operation_id="list_topics", summary="List topics"
)
def topics(request: HttpRequest, response: HttpResponse, paging: Query[Paging]) -> Topics:
    """Topics with stories, by name."""
    refuse_unknown(request, paging)
    rows = topics_in_use(at=caller_of(request).at)
    page = TOPICS.page(rows, cursor=paging.cursor, limit=paging.limit)
    items = [shown.topic(found) for found in page.rows]
    return Topics(items=items, next=link_next(request, response, page.next))


@router.get(
    "/topics/{slug:slug}",
    response=Topic,
    url_name="api_topic",
    operation_id="get_topic",
    summary="Read a topic",
)
def topic(request: HttpRequest, slug: str) -> Topic:
    """One topic by its slug."""
    found = topics_in_use(at=caller_of(request).at).filter(slug=slug).first()
    if found is None:
        raise Refused(NOT_FOUND, f"There is no topic “{slug}”.")
    return shown.topic(found)


@router.get(
    "/authors", response=Authors, url_name="api_authors", operation_id="list_authors", summary="List authors"
)
def authors(request: HttpRequest, response: HttpResponse, paging: Query[Paging]) -> Authors:
    """Those whose names stand over stories, by name."""
    refuse_unknown(request, paging)
    rows = authors_in_use(at=caller_of(request).at)
    page = AUTHORS.page(rows, cursor=paging.cursor, limit=paging.limit)
    items = [shown.author(found) for found in page.rows]
    return Authors(items=items, next=link_next(request, response, page.next))


@router.get(
    "/authors/{slug:slug}",
    response=Author,
    url_name="api_author",
    operation_id="get_author",
    summary="Read an author",
)
def author(request: HttpRequest, slug: str) -> Author:
    """One author by their slug."""
    found = authors_in_use(at=caller_of(request).at).filter(slug=slug).first()
    if found is None:
        raise Refused(NOT_FOUND, f"There is no author “{slug}”.")
    return shown.author(found)


@router.get(
    "/corrections",
    response=Corrections,
    url_name="api_corrections",
    operation_id="list_corrections",
    summary="List corrections",
)
def corrections(request: HttpRequest, response: HttpResponse, paging: Query[Paging]) -> Corrections:
    """What was wrong in stories, the latest first. A notice outlives the story it was made for."""
    refuse_unknown(request, paging)
    rows = public_corrections(at=caller_of(request).at)
    page = CORRECTIONS.page(rows, cursor=paging.cursor, limit=paging.limit)
    items = [shown.correction(found, is_readable=found.is_readable) for found in page.rows]  # type: ignore[attr-defined]  # annotated
    return Corrections(items=items, next=link_next(request, response, page.next))
