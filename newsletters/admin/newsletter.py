"""The letters there are."""

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from newsletters.models import Newsletter


@admin.register(Newsletter)
class NewsletterAdmin(ModelAdmin):  # type: ignore[misc]  # the library has no types
    list_display = ("name", "description", "goes_to", "is_offered", "is_active")
    search_fields = ("name",)

    def get_readonly_fields(self, request: HttpRequest, obj: Newsletter | None = None) -> tuple[str, ...]:
        """The address stands in mail that has gone out."""
        return ("slug",) if obj else ()

    def get_prepopulated_fields(
        self, request: HttpRequest, obj: Newsletter | None = None
    ) -> dict[str, tuple[str, ...]]:
        return {} if obj else {"slug": ("name",)}
