"""The writing desk: stories in the admin, and the moves of the workflow."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from unfold.admin import ModelAdmin

from accounts.models import AuditEntry
from accounts.queries import signed_in_user
from articles.models import Article
from editorial.actions import (
    CannotMove,
    CannotSave,
    accept_applied,
    place_article,
    save_draft,
    settle_sitting,
)
from editorial.admin.story_list import StoryList
from editorial.admin.story_read import StoryRead
from editorial.buttons import make_move, with_words
from editorial.content import latest_text
from editorial.desk import desk_of
from editorial.forms import PLACED, ArticleForm
from editorial.numbers import whole_number
from editorial.queries import can_edit, can_place, visible_to_staff
from editorial.refusal import Refusal, base_in, refuse
from editorial.typed import posted_text
from editorial.views.unsaved import given_back


@admin.register(Article)
class ArticleAdmin(StoryList, StoryRead, ModelAdmin):  # type: ignore[misc]  # the library has no types
    form = ArticleForm
    view_on_site = False  # the desk links there, once the story is public
    autocomplete_fields = ("topics", "lead_picture")
    change_form_before_template = "editorial/_desk.html"
    compressed_fields = False  # the text wants the whole width, with its label above
    fieldsets = (
        (None, {"fields": ("headline", "standfirst", "body", "base", "tab", "accepted_suggestions")}),
        ("Byline", {"fields": ("byline",)}),
        ("Dateline", {"fields": (("dateline_place", "dateline_date", "dateline_source"),)}),
        ("Filing", {"fields": (("slugline", "slug"), ("section", "topics"), "language")}),
        ("Picture", {"fields": ("lead_picture",)}),
        (
            "Placing",
            {
                "fields": (("access", "story_type", "prominence"), ("embargo_until", "unpublish_at")),
                "description": "These hold as soon as they are saved, and no review is asked again.",
            },
        ),
        (
            "Search engines",
            {"fields": ("seo_title", "seo_description", "canonical_url"), "classes": ("tab",)},
        ),
    )

    # Who may do what

    def get_queryset(self, request: HttpRequest) -> QuerySet[Article]:
        return visible_to_staff(signed_in_user(request)).defer("body")

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Article | None:
        """With the latest text, whether or not readers see it."""
        found: Article | None = super().get_object(request, object_id, from_field)
        return latest_text(found) if found else None

    def has_change_permission(self, request: HttpRequest, obj: Article | None = None) -> bool:
        if obj is None:
            return bool(super().has_change_permission(request))
        return can_edit(obj, signed_in_user(request))

    def has_delete_permission(self, request: HttpRequest, obj: Article | None = None) -> bool:
        """Only what was never public, and what no legal hold keeps as it is.

        A published story is unpublished or killed, and its address kept.
        """
        may = bool(super().has_delete_permission(request))
        if obj is None:
            return may
        return may and obj.first_published_at is None and not obj.holds.filter(lifted_at=None).exists()

    def get_readonly_fields(self, request: HttpRequest, obj: Article | None = None) -> tuple[str, ...]:
        is_theirs = obj is None or can_place(obj, signed_in_user(request))
        return () if is_theirs else PLACED

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """No bulk deletion: it would take published stories along."""
        offered: dict[str, Any] = super().get_actions(request)
        offered.pop("delete_selected", None)
        return offered

    # Saving and moving

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """A story begins with its plan; its page opens once it has a row to keep every word in."""
        return redirect("desk:begin")

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Whoever may no longer change the story is refused, but keeps what they typed."""
        key = whole_number(object_id)
        if request.method == "POST" and key is not None:
            story = self.get_queryset(request).filter(pk=key).first()
            by = signed_in_user(request)
            if story is None and (typed := posted_text(request.POST)):
                return given_back(request, key, typed)
            if story and not can_edit(story, by):
                not_now = CannotSave("This story is not yours to change as it stands now.")
                refusal = refuse(request.POST, latest_text(story), not_now, by=by, at=timezone.now())
                if refusal.is_kept:
                    messages.error(request, refusal.message)
                    return redirect(refusal.address)
        response: HttpResponse = super().change_view(request, object_id, form_url, extra_context)
        return response

    def save_form(self, request: HttpRequest, form: ArticleForm, change: bool) -> Article:
        """The row as it is stored: what was typed goes through `save_draft`."""
        return Article.objects.get(pk=form.instance.pk)

    def save_model(self, request: HttpRequest, obj: Article, form: ArticleForm, change: bool) -> None:
        """Text and placing are two things: what hinders the one does not lose the other."""
        by, at = signed_in_user(request), timezone.now()
        try:
            save_draft(article=obj, content=form.content(), base=base_in(request.POST, obj, by), by=by, at=at)
            settle_sitting(article=obj, user=by, tab=form.cleaned_data["tab"], at=at)
            accepted = form.cleaned_data["accepted_suggestions"]
            accept_applied(article=obj, suggestions=accepted, by=by, at=at)
        except CannotSave as refused:
            request.refusal = refuse(request.POST, obj, refused, by=by, at=at)  # type: ignore[attr-defined]  # for `response_change`
        try:
            place_article(article=obj, by=by, at=at, **form.placing())
        except CannotMove as refused:
            messages.error(request, str(refused))

    def save_related(self, request: HttpRequest, form: ArticleForm, *args: Any) -> None:
        """Topics and bylines are part of the text, and saved with it."""

    def log_change(self, request: HttpRequest, obj: Article, message: Any) -> None:
        """The audit trail has what happened."""

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Article]) -> None:
        by, at = signed_in_user(request), timezone.now()
        for story in queryset:
            AuditEntry.record("delete story", story, by=by, at=at, from_state=story.state)

    def response_change(self, request: HttpRequest, obj: Article) -> HttpResponse:
        refusal: Refusal | None = getattr(request, "refusal", None)
        if refusal:
            messages.error(request, refusal.message)
            return redirect(refusal.address)
        if "_move" in request.POST:
            return self._move(request, obj)
        response: HttpResponse = super().response_change(request, obj)
        return response

    def _move(self, request: HttpRequest, article: Article) -> HttpResponse:
        """The move that was asked for with the text; one without a text is for `desk:move`."""
        try:
            done = make_move(request.POST, article=article, by=signed_in_user(request), at=timezone.now())
        except CannotMove as reason:
            messages.error(request, with_words(f"{reason} What you wrote is saved.", request.POST))
        else:
            messages.success(request, done)
        return redirect("admin:articles_article_change", article.pk)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        article: Article | None = context.get("original")
        if article:
            context |= desk_of(
                article, signed_in_user(request), at=timezone.now(), typed=request.POST or None
            )
        return super().render_change_form(request, context, *args, **kwargs)
