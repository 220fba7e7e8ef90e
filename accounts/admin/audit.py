"""The audit trail: to be read, searched and taken along as a table, never written by hand."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBadRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.utils.timezone import localtime
from unfold.admin import ModelAdmin

from accounts.admin.audit_filters import FILTERS, kind_label, state_label
from accounts.models import AuditEntry
from kit.paging import BoundedPaginator
from kit.spreadsheet import csv_download

READ_AT_ONCE = 2000
HEADING = ("when", "who", "action", "kind", "id", "what", "from", "to", "reason")


class TrailPaginator(BoundedPaginator):
    bound = 10_000


class TrailList(ChangeList):
    """The filters stand in a form of our own above the list, and need no script."""

    def get_filters(self, request: HttpRequest) -> Any:
        filters, _has_filters, *rest = super().get_filters(request)
        return (filters, False, *rest)


@admin.register(AuditEntry)
class AuditEntryAdmin(ModelAdmin):  # type: ignore[misc]  # the library has no types
    list_display = ("at", "by_label", "action", "target_label", "came_from", "went_to", "reason")
    list_display_links = ("at",)
    list_filter = FILTERS
    search_fields = ("by_label", "action", "target_label", "target_id", "reason")
    show_full_result_count = False
    paginator = TrailPaginator
    list_max_show_all = 0
    sortable_by = ("at",)

    @admin.display(description="from", empty_value="–")
    def came_from(self, entry: AuditEntry) -> str:
        return state_label(entry.from_state)

    @admin.display(description="to", empty_value="–")
    def went_to(self, entry: AuditEntry) -> str:
        return state_label(entry.to_state)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: AuditEntry | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: AuditEntry | None = None) -> bool:
        return False

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return TrailList

    def get_urls(self) -> list[URLPattern]:
        guarded = self.admin_site.admin_view(self.csv_view)
        return [path("csv/", guarded, name="accounts_auditentry_csv"), *super().get_urls()]

    def csv_view(self, request: HttpRequest) -> HttpResponseBase:
        """What the list's filters, search and order show, all of it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            entries = self.get_changelist_instance(request).queryset
        except IncorrectLookupParameters:
            return HttpResponseBadRequest("These filters make no sense; set them anew in the list.")
        return csv_download(_table(entries), name="audit-trail")


def _table(entries: QuerySet[AuditEntry]) -> Iterator[tuple[str, ...]]:
    """The heading and a row for each entry; times are the newsroom's, in ISO 8601."""
    yield HEADING
    for entry in entries.iterator(chunk_size=READ_AT_ONCE):
        yield (
            localtime(entry.at).isoformat(timespec="seconds"),
            entry.by_label,
            entry.action,
            kind_label(entry.target_type),
            entry.target_id,
            entry.target_label,
            entry.from_state,
            entry.to_state,
            entry.reason,
        )
