"""All that happened to a story, day by day, the latest first."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import AuditEntry
from editorial.timeline import days_of
from editorial.views.guard import story_at_desk
from kit.desk import desk_context, desk_page

PER_PAGE = 100


@desk_page("articles.view_article")
@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """For whoever may see the story at the desk."""
    story = story_at_desk(request, pk)
    page = Paginator(AuditEntry.about(story).select_related("by"), PER_PAGE).get_page(request.GET.get("page"))
    context = desk_context(request, f"Timeline: {story}", story=story, page=page, days=days_of(page))
    return render(request, "editorial/timeline.html", context)
