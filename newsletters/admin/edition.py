"""The desk where an edition is arranged, looked at and let go."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet, TextField
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget

from accounts.models import AuditEntry
from accounts.queries import signed_in_user
from newsletters.actions import arrange_edition
from newsletters.admin import desk
from newsletters.models import Delivery, Edition, EditionStory, Variant
from newsletters.queries import hidden_headlines, state_counts

REFRESH_SECONDS = 5
LABELS = {
    Edition.State.DRAFT.label: "warning",
    Edition.State.SENDING.label: "info",
    Edition.State.SENT.label: "success",
    Edition.State.HELD.label: "danger",
}


class StoryInline(TabularInline):  # type: ignore[misc]  # the library has no types
    model = EditionStory
    fields = ("position", "article", "teaser")
    autocomplete_fields = ("article",)
    ordering_field = "position"
    hide_title = True
    extra = 0
    formfield_overrides = {TextField: {"widget": UnfoldAdminTextareaWidget(attrs={"rows": 2})}}


@admin.register(Edition)
class EditionAdmin(ModelAdmin):  # type: ignore[misc]
    list_display = ("__str__", "subject", "show_state", "due_at", "sent_at")
    list_filter = ("state", "newsletter")
    list_select_related = ("newsletter",)
    search_fields = ("subject",)
    date_hierarchy = "edition_date"
    inlines = (StoryInline,)
    fields = (("newsletter", "edition_date"), "subject", "introduction")
    change_form_outer_before_template = "newsletters/admin/_desk.html"

    @display(description="state", ordering="state", label=LABELS)  # type: ignore[untyped-decorator]
    def show_state(self, edition: Edition) -> str:
        return str(edition.get_state_display())

    # Who may do what

    def has_change_permission(self, request: HttpRequest, obj: Edition | None = None) -> bool:
        return bool(super().has_change_permission(request)) and (obj is None or obj.can_be_arranged)

    def has_delete_permission(self, request: HttpRequest, obj: Edition | None = None) -> bool:
        return bool(super().has_delete_permission(request)) and (obj is None or obj.can_be_arranged)

    def has_send_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("newsletters.send_edition"))

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """No bulk deletion: it would take the ledger along."""
        offered: dict[str, Any] = super().get_actions(request)
        offered.pop("delete_selected", None)
        return offered

    def get_queryset(self, request: HttpRequest) -> QuerySet[Edition]:
        editions: QuerySet[Edition] = super().get_queryset(request)
        return editions.select_related("newsletter")

    def get_readonly_fields(self, request: HttpRequest, obj: Edition | None = None) -> tuple[str, ...]:
        return ("newsletter",) if obj else ()

    # Saving and the pages of the desk

    def save_related(self, request: HttpRequest, form: Any, formsets: list[Any], change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if form.changed_data or any(formset.has_changed() for formset in formsets):
            arrange_edition(edition=form.instance, by=signed_in_user(request), at=timezone.now())

    def get_urls(self) -> list[URLPattern]:
        def page(route: str, view: Callable[..., HttpResponse], name: str) -> URLPattern:
            guarded = self.admin_site.admin_view(partial(view, self))
            pattern: URLPattern = path(route, guarded, name=f"newsletters_edition_{name}")
            return pattern

        return [
            page("<int:pk>/preview/", desk.preview, "preview"),
            page("<int:pk>/preview/<str:variant>/<str:form>/", desk.preview_letter, "letter"),
            page("<int:pk>/compile/", desk.compile_from_week, "compile"),
            page("<int:pk>/trial/", desk.trial, "trial"),
            page("<int:pk>/send/", desk.send, "send"),
            page("<int:pk>/hold/", desk.hold, "hold"),
            *super().get_urls(),
        ]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        edition: Edition | None = context.get("original")
        if edition is None:
            return super().render_change_form(request, context, *args, **kwargs)
        counts = state_counts(edition)
        context |= {
            "can_send": self.has_send_permission(request),
            "can_arrange": self.has_change_permission(request, edition),
            "hidden_headlines": hidden_headlines(edition, at=timezone.now()),
            "counts": [(label, counts[state], state) for state, label in Delivery.State.choices],
            "total": sum(counts.values()),
            "done": sum(count for state, count in counts.items() if state not in Delivery.OPEN),
            "variants": Variant.choices,
            "preview_url": reverse("admin:newsletters_edition_preview", args=(edition.pk,)),
            "send_url": reverse("admin:newsletters_edition_send", args=(edition.pk,)),
            "trail": AuditEntry.about(edition)[:6],
        }
        response = super().render_change_form(request, context, *args, **kwargs)
        if edition.state == Edition.State.SENDING:
            response["Refresh"] = str(REFRESH_SECONDS)
        return response
