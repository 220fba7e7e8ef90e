"""The preflight of a story as it is being typed."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from editorial.content import head_content
from editorial.preflight import as_typed, findings
from editorial.views.guard import story_at_desk
from kit.desk import desk_page


@desk_page("articles.view_article")
@require_POST
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """The findings in what the story's form says now, as a part of the page; nothing is stored."""
    typed = as_typed(request.POST, head_content(story_at_desk(request, pk)))
    response = render(request, "editorial/_findings.html", {"findings": findings(typed), "may_edit": True})
    response["Cache-Control"] = "private, no-store"
    return response
