"""Price rises: written here, announced and followed on a page of their own."""

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from unfold.admin import ModelAdmin

from accounts.queries import signed_in_user
from subscriptions.models import PriceRise


@admin.register(PriceRise)
class PriceRiseAdmin(ModelAdmin):  # type: ignore[misc]  # the library has no types
    """Only a draft can be changed: what was announced is promised."""

    list_display = ("plan", "starts_at", "notice_days", "state", "told", "applied", "page")
    list_filter = ("state", "plan")
    list_select_related = ("plan",)
    fields = ("plan", "starts_at", "notice_days", "reason")

    def get_queryset(self, request: HttpRequest) -> QuerySet[PriceRise]:
        rows: QuerySet[PriceRise] = super().get_queryset(request)
        return rows.annotate(told=Count("steps__notified_at"), applied=Count("steps__applied_at"))

    def has_change_permission(self, request: HttpRequest, obj: PriceRise | None = None) -> bool:
        is_open = obj is None or obj.state == PriceRise.State.DRAFT
        return is_open and bool(super().has_change_permission(request, obj))

    def has_delete_permission(self, request: HttpRequest, obj: PriceRise | None = None) -> bool:
        return obj is not None and self.has_change_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: PriceRise, form: ModelForm, change: bool) -> None:  # type: ignore[type-arg]
        if not change:
            obj.created_by = signed_in_user(request)
        super().save_model(request, obj, form, change)

    @admin.display(description="told")
    def told(self, rise: PriceRise) -> int:
        return int(vars(rise)["told"])

    @admin.display(description="applied")
    def applied(self, rise: PriceRise) -> int:
        return int(vars(rise)["applied"])

    @admin.display(description="")
    def page(self, rise: PriceRise) -> str:
        words = "Look over and announce" if rise.state == PriceRise.State.DRAFT else "Follow"
        return format_html('<a href="{}">{}</a>', reverse("price_rise", args=(rise.pk,)), words)
