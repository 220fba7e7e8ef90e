"""What the publisher sells."""

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from subscriptions.models import Plan


@admin.register(Plan)
class PlanAdmin(ModelAdmin):  # type: ignore[misc]  # the library has no types
    list_display = ("name", "price", "interval", "trial_days", "position", "is_active", "stripe_price_id")
    list_editable = ("position", "is_active")
    readonly_fields = ("stripe_price_id",)
    prepopulated_fields = {"key": ("name",)}

    def has_delete_permission(self, request: HttpRequest, obj: Plan | None = None) -> bool:
        return False  # those who have it keep it: take it off sale instead
