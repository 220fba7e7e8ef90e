"""The list of stories in the admin: its columns, filters, bulk moves, and a count that knows when to stop."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from unfold.decorators import display
from unfold.views import ChangeList

from accounts.queries import signed_in_user
from articles.models import Access, Article, State
from articles.models.article import ArticleQuerySet
from editorial.admin.story_filters import (
    AccessFilter,
    AssigneeFilter,
    DueFilter,
    MarkFilter,
    PileFilter,
    WhoseFilter,
)
from editorial.bulk import MOST_AT_ONCE, move_all
from editorial.models import ReviewStep
from editorial.queries import planned
from kit.paging import BoundedPaginator

LABELS = {
    State.DRAFT.label: "warning",
    State.IN_REVIEW.label: "info",
    State.CHANGES_REQUESTED.label: "warning",
    State.APPROVED.label: "success",
    State.SCHEDULED.label: "info",
    State.PUBLISHED.label: "success",
    State.UNPUBLISHED.label: "danger",
    State.KILLED.label: "danger",
}


class StoryPaginator(BoundedPaginator):
    template_name = "editorial/_pagination.html"


class StoryChangeList(ChangeList):  # type: ignore[misc]  # the library has no types
    """The stories with their plans at hand, and what says who may read them."""

    def get_queryset(self, request: HttpRequest, *args: Any, **kwargs: Any) -> QuerySet[Article]:
        found: ArticleQuerySet = super().get_queryset(request, *args, **kwargs)
        return planned(found.with_what_rules_weigh(), at=timezone.now())

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.full_result_count = self.result_count  # nothing to tell above the list: its foot has the number


class StoryList:
    """The part of the stories' admin that is a list."""

    list_display = (
        "show_story",
        "show_state",
        "section",
        "show_assignee",
        "show_due",
        "show_access",
        "show_time",
    )
    list_filter = (
        PileFilter,
        "state",
        "section",
        AssigneeFilter,
        WhoseFilter,
        DueFilter,
        AccessFilter,
        "story_type",
        MarkFilter,
    )
    list_select_related = ("section",)
    list_per_page = 50
    list_before_template = "editorial/_list_head.html"
    paginator = StoryPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    search_fields = ("headline", "slugline", "standfirst")
    actions = ("submit_stories", "approve_stories", "publish_stories", "unpublish_stories")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return StoryChangeList

    @display(description="story", ordering="headline")
    def show_story(self, article: Article) -> str | SafeString:
        marks = [("held", "legal hold")] if getattr(article, "is_held", False) else []
        if article.has_working_draft:
            marks.append(("drafted", f"readers see revision {article.public_version}"))
        shown = format_html_join("", ' <span class="mark mark--{}">{}</span>', marks)
        return format_html("{}{}", article, shown)

    @display(description="state", ordering="state", label=LABELS)
    def show_state(self, article: Article) -> str:
        return str(article.get_state_display())

    @display(description="assignee", ordering="assignment__assignee__name")
    def show_assignee(self, article: Article) -> str:
        plan = getattr(article, "assignment", None)
        return str(plan.assignee) if plan and plan.assignee else ""

    @display(description="due", ordering="assignment__due_at")
    def show_due(self, article: Article) -> str | SafeString:
        plan = getattr(article, "assignment", None)
        if not plan or not plan.due_at:
            return ""
        due = f"{timezone.localtime(plan.due_at):%b %-d, %H:%M}"
        is_late = getattr(article, "is_overdue", False)
        return format_html('{} <strong class="late">overdue</strong>', due) if is_late else due

    @display(description="who may read", ordering="access")
    def show_access(self, article: Article) -> str:
        """The ruling and why: `everyone (rule: The archive is free)`."""
        ruling = article.ruling(at=timezone.now())
        why = ruling.because.removesuffix(".")
        return f"{Access(ruling.access).label} ({why[:1].lower()}{why[1:]})"

    @display(description="time", ordering="changed_at")
    def show_time(self, article: Article) -> str:
        moment = article.scheduled_for or (article.published_at if article.state == State.PUBLISHED else None)
        if moment:
            return f"{timezone.localtime(moment):%b %-d, %Y, %H:%M}"
        return f"edited {timesince(article.changed_at)} ago"

    # Moves for several at once, offered to those who may make them with any story at all.

    def has_submit_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("articles.submit_article")

    def has_approve_permission(self, request: HttpRequest) -> bool:
        user = signed_in_user(request)
        may = user.has_perm("articles.approve_article")
        return may or ReviewStep.objects.filter(group__user=user).exists()

    def has_publish_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("articles.publish_article")

    @admin.action(description="Submit for review", permissions=["submit"])
    def submit_stories(self, request: HttpRequest, queryset: QuerySet[Article]) -> None:
        move_chosen(request, queryset, "submit", "submitted for review")

    @admin.action(description="Approve", permissions=["approve"])
    def approve_stories(self, request: HttpRequest, queryset: QuerySet[Article]) -> None:
        move_chosen(request, queryset, "approve", "approved by you")

    @admin.action(description="Publish now", permissions=["publish"])
    def publish_stories(self, request: HttpRequest, queryset: QuerySet[Article]) -> None:
        move_chosen(request, queryset, "publish", "published")

    @admin.action(description="Unpublish", permissions=["publish"])
    def unpublish_stories(self, request: HttpRequest, queryset: QuerySet[Article]) -> None:
        move_chosen(request, queryset, "unpublish", "unpublished")


def move_chosen(request: HttpRequest, chosen: QuerySet[Article], name: str, done: str) -> None:
    """Make the move with each story that was ticked, and say of every one what came of it."""
    stories = list(chosen[: MOST_AT_ONCE + 1])
    if len(stories) > MOST_AT_ONCE:
        messages.error(request, f"Choose at most {MOST_AT_ONCE} stories at once.")
        return
    outcome = move_all(name, stories, by=signed_in_user(request), at=timezone.now())
    if outcome.moved:
        rows = format_html_join("", "<li>{}</li>", ((story,) for story in outcome.moved))
        messages.success(request, format_html("{} {}:<ul>{}</ul>", len(outcome.moved), done, rows))
    if outcome.refused:
        rows = format_html_join("", "<li>{}: {}</li>", outcome.refused)
        messages.error(request, format_html("{} not {}:<ul>{}</ul>", len(outcome.refused), done, rows))
