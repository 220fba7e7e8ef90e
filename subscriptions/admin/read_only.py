"""What the admin shows and never writes."""

from typing import Any

from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline


class _ReadOnly:
    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnlyAdmin(_ReadOnly, ModelAdmin):  # type: ignore[misc]  # the library has no types
    """Rows that only Stripe or an action may write."""


class ReadOnlyInline(_ReadOnly, TabularInline):  # type: ignore[misc]
    """Such rows within the page of another."""

    extra = 0
