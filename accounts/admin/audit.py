"""The audit trail: to be read, never written by hand."""

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from accounts.models import AuditEntry


@admin.register(AuditEntry)
class AuditEntryAdmin(ModelAdmin):  # type: ignore[misc]  # the library has no types
    list_display = ("at", "by_label", "action", "target_label", "from_state", "to_state", "reason")
    list_display_links = ("at",)
    list_filter = ("action", "target_type", "at")
    search_fields = ("by_label", "target_label", "target_id", "reason")
    date_hierarchy = "at"
    list_select_related = ("by",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: AuditEntry | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: AuditEntry | None = None) -> bool:
        return False
