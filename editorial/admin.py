"""The writing desk: stories in the admin, and the moves of the workflow."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display

from accounts.models import AuditEntry
from accounts.queries import signed_in_user
from articles.models import Article, Byline, State
from articles.paywall import REGISTERED, SUBSCRIBER, VISITOR
from articles.story import story_page
from editorial.actions import CannotMove, save_draft
from editorial.buttons import make_move
from editorial.forms import ArticleForm, BylineFormSet, MoveForm
from editorial.queries import can_edit, moves_for, visible_to_staff

LABELS = {
    State.DRAFT.label: "warning",
    State.IN_REVIEW.label: "info",
    State.APPROVED.label: "success",
    State.SCHEDULED.label: "info",
    State.PUBLISHED.label: "success",
    State.UNPUBLISHED.label: "danger",
}


PREVIEW_READERS = {"visitor": VISITOR, "registered": REGISTERED, "subscriber": SUBSCRIBER}


class BylineInline(TabularInline):  # type: ignore[misc]  # the library has no types
    """Part of the story: whoever may change that may change its bylines."""

    model = Byline
    formset = BylineFormSet
    autocomplete_fields = ("author",)
    ordering_field = "position"
    hide_ordering_field = True
    extra = 0
    tab = True

    def get_formset(
        self, request: HttpRequest, obj: Article | None = None, **kwargs: Any
    ) -> type[BylineFormSet]:
        made: type[BylineFormSet] = super().get_formset(request, obj, **kwargs)
        made.user = signed_in_user(request)
        return made

    def has_view_permission(self, request: HttpRequest, obj: Article | None = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest, obj: Article | None = None) -> bool:
        return True

    def has_change_permission(self, request: HttpRequest, obj: Article | None = None) -> bool:
        return True

    def has_delete_permission(self, request: HttpRequest, obj: Article | None = None) -> bool:
        return True


@admin.register(Article)
class ArticleAdmin(ModelAdmin):  # type: ignore[misc]
    form = ArticleForm
    list_display = ("headline", "show_state", "section", "show_access", "show_time")
    list_filter = ("state", "section", "access")
    list_select_related = ("section",)
    list_per_page = 50
    view_on_site = False  # the desk links there, once the story is public
    show_full_result_count = False
    search_fields = ("headline", "slugline", "standfirst")
    autocomplete_fields = ("topics", "lead_picture")
    prepopulated_fields = {"slug": ("headline",)}
    inlines = (BylineInline,)
    change_form_before_template = "editorial/_desk.html"
    compressed_fields = False  # the text wants the whole width, with its label above
    fieldsets = (
        (None, {"fields": ("headline", "standfirst", "body")}),
        ("Dateline", {"fields": (("dateline_place", "dateline_date", "dateline_source"),)}),
        ("Placing", {"fields": (("slugline", "slug"), ("section", "topics"), ("prominence", "language"))}),
        ("Picture", {"fields": ("lead_picture",)}),
        ("Access", {"fields": (("access", "embargo_until"),)}),
        (
            "Search engines",
            {"fields": ("seo_title", "seo_description", "canonical_url"), "classes": ("tab",)},
        ),
    )

    @display(description="state", ordering="state", label=LABELS)
    def show_state(self, article: Article) -> str:
        return str(article.get_state_display())

    @display(description="who may read", ordering="access")
    def show_access(self, article: Article) -> str:
        return (
            article.get_access_display()
            if article.access
            else f"{article.section.get_access_display()} (section)"
        )

    @display(description="time", ordering="changed_at")
    def show_time(self, article: Article) -> str | SafeString:
        if article.state in (State.PUBLISHED, State.SCHEDULED) and article.published_at:
            return timezone.localtime(article.published_at).strftime("%b %-d, %Y, %H:%M")
        return f"edited {timesince(article.changed_at)} ago"

    # Who may do what

    def get_queryset(self, request: HttpRequest) -> QuerySet[Article]:
        return visible_to_staff(signed_in_user(request)).defer("body")

    def has_change_permission(self, request: HttpRequest, obj: Article | None = None) -> bool:
        if obj is None:
            return bool(super().has_change_permission(request))
        return can_edit(obj, signed_in_user(request))

    def has_delete_permission(self, request: HttpRequest, obj: Article | None = None) -> bool:
        """Only what was never public: a published story is unpublished, and its address kept."""
        may = bool(super().has_delete_permission(request))
        return may and (obj is None or obj.first_published_at is None)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """No bulk deletion: it would take published stories along."""
        offered: dict[str, Any] = super().get_actions(request)
        offered.pop("delete_selected", None)
        return offered

    # Saving and moving

    def save_model(self, request: HttpRequest, obj: Article, form: ArticleForm, change: bool) -> None:
        if not change or form.changed_data:
            save_draft(article=obj, by=signed_in_user(request), at=timezone.now())

    def save_related(
        self, request: HttpRequest, form: ArticleForm, formsets: list[Any], change: bool
    ) -> None:
        super().save_related(request, form, formsets, change)
        if change and not form.changed_data and any(formset.has_changed() for formset in formsets):
            save_draft(article=form.instance, by=signed_in_user(request), at=timezone.now())

    def response_change(self, request: HttpRequest, obj: Article) -> HttpResponse:
        if "_move" in request.POST:
            return self._move(request, obj)
        response: HttpResponse = super().response_change(request, obj)
        return response

    def response_add(
        self, request: HttpRequest, obj: Article, post_url_continue: str | None = None
    ) -> HttpResponse:
        if "_move" in request.POST:
            return self._move(request, obj)
        response: HttpResponse = super().response_add(request, obj, post_url_continue)
        return response

    def get_urls(self) -> list[URLPattern]:
        guard = self.admin_site.admin_view
        return [
            path("<int:pk>/move/", guard(self.move_view), name="articles_article_move"),
            path("<int:pk>/preview/", guard(self.preview_view), name="articles_article_preview"),
            *super().get_urls(),
        ]

    def move_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A move by someone who may not change the text."""
        if request.method != "POST" or not self.has_view_permission(request):
            raise PermissionDenied
        return self._move(request, get_object_or_404(self.get_queryset(request), pk=pk))

    def preview_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The story as a visitor, a registered reader or a subscriber would see it now."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        article = get_object_or_404(visible_to_staff(signed_in_user(request)), pk=pk)
        seen_as = request.GET.get("as", "subscriber")
        page = story_page(article, PREVIEW_READERS.get(seen_as, SUBSCRIBER), at=timezone.now())
        page |= {"preview_as": seen_as, "preview_choices": PREVIEW_READERS}
        response = render(request, "editorial/preview.html", page)
        response["X-Robots-Tag"], response["Cache-Control"] = "noindex", "private, no-store"
        return response

    def _move(self, request: HttpRequest, article: Article) -> HttpResponse:
        try:
            done = make_move(request.POST, article=article, by=signed_in_user(request), at=timezone.now())
        except CannotMove as reason:
            messages.error(request, f"{reason} What you wrote is saved.")
        else:
            messages.success(request, done)
        return redirect("admin:articles_article_change", article.pk)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        article: Article | None = context.get("original")
        if article:
            may_edit = can_edit(article, signed_in_user(request))
            context |= {
                "moves": [move.name for move in moves_for(article, signed_in_user(request))],
                "move_form": MoveForm(is_alone=not may_edit),
                "move_url": reverse("admin:articles_article_move", args=(article.pk,)),
                "may_edit": may_edit,
                "trail": AuditEntry.about(article)[:6],
            }
        return super().render_change_form(request, context, *args, **kwargs)
