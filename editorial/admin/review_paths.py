"""Which reviews stories need, by section, and what a change means for those under way."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from unfold.admin import TabularInline

from articles.models import Article
from editorial.admin.audited import AuditedAdmin
from editorial.models import ReviewPath, ReviewStep
from editorial.queries.people import UNDER_REVIEW


class StepInline(TabularInline):  # type: ignore[misc]  # the library has no types
    """At least one step: with none, nothing of the section could ever be approved."""

    model = ReviewStep
    fields = ("position", "name", "group", "approvals")
    extra = 0
    min_num = 1
    verbose_name = "review"
    verbose_name_plural = "reviews, due one after the other"

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        return super().get_formset(request, obj, validate_min=True, **kwargs)


@admin.register(ReviewPath)
class ReviewPathAdmin(AuditedAdmin):
    """The house's path is always there, once; a section's own holds in its place until it is deleted."""

    list_display = ("__str__", "show_steps", "needs_two_people")
    fields = ("section", "needs_two_people")
    inlines = (StepInline,)
    change_form_before_template = "editorial/_review_path.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReviewPath]:
        found: QuerySet[ReviewPath] = super().get_queryset(request)
        return found.select_related("section").prefetch_related("steps__group")

    @admin.display(description="reviews")
    def show_steps(self, path: ReviewPath) -> str:
        return steps_in_words(path)

    def told(self, row: ReviewPath) -> str:
        """Read anew: the row in memory has the steps it was opened with."""
        path = ReviewPath.objects.get(pk=row.pk)
        both = " Two people." if path.needs_two_people else ""
        return f"{steps_in_words(path)}.{both}"

    def get_readonly_fields(self, request: HttpRequest, obj: ReviewPath | None = None) -> tuple[str, ...]:
        """A path stays where it is: moved away, it would leave stories to another one unseen."""
        return ("section",) if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: ReviewPath | None = None) -> bool:
        is_house = obj is not None and obj.section_id is None
        return bool(super().has_delete_permission(request, obj)) and not is_house

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """No bulk deletion, which could take the house's path along."""
        offered: dict[str, Any] = super().get_actions(request)
        offered.pop("delete_selected", None)
        return offered

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        path: ReviewPath | None = context.get("original")
        if path:
            context["under_way"] = {
                state.label: stories_under(path).filter(state=state).count() for state in UNDER_REVIEW
            }
        return super().render_change_form(request, context, *args, **kwargs)

    def save_related(self, request: HttpRequest, form: Any, formsets: Iterable[Any], change: bool) -> None:
        super().save_related(request, form, formsets, change)
        for sentence in impossible_steps(form.instance):
            messages.warning(request, sentence)


def steps_in_words(path: ReviewPath) -> str:
    """“Editing (Editor), Fact check (Editor, 2 approvals)”."""
    return ", ".join(
        f"{step.name} ({step.group}{f', {step.approvals} approvals' if step.approvals > 1 else ''})"
        for step in path.steps.all()
    )


def stories_under(path: ReviewPath) -> QuerySet[Article]:
    """The stories whose reviews the path says: its section's, or those of all sections without their own."""
    if path.section_id:
        return Article.objects.filter(section=path.section_id)
    return Article.objects.filter(section__review_path=None)


def impossible_steps(path: ReviewPath) -> list[str]:
    """A sentence for each step that asks for more approvals than there are people to give them."""
    people = Count("group__user", filter=Q(group__user__is_active=True, group__user__is_staff=True))
    return [
        f"“{step.name}” asks for more approvals ({step.approvals}) than {step.group} has people "
        f"({step.people}): nothing will get past it."
        for step in path.steps.select_related("group").annotate(people=people)
        if step.people < step.approvals
    ]
