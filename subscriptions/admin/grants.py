"""The access ledger in the admin."""

from datetime import datetime

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone
from unfold.admin import ModelAdmin

from accounts.queries import signed_in_user
from subscriptions.actions.grants import CannotGrant, end_grant, give_comp
from subscriptions.admin.reader_link import link_to_reader
from subscriptions.models import Grant


class GrantForm(ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    class Meta:
        model = Grant
        fields = ("user", "ends_at", "reason")

    def clean_ends_at(self) -> datetime | None:
        ends_at: datetime | None = self.cleaned_data["ends_at"]
        if ends_at and ends_at <= timezone.now():
            raise ValidationError("Choose a time to come, or leave it empty for no end.")
        return ends_at


@admin.register(Grant)
class GrantAdmin(ModelAdmin):  # type: ignore[misc]  # the library has no types
    """The access ledger. Staff add complimentary access and end it; nothing is deleted."""

    list_display = ("user", "source", "starts_at", "ends_at", "reason", "reader_page")
    list_filter = ("source",)
    search_fields = ("user__email", "user__name", "reason")
    list_select_related = ("user",)
    autocomplete_fields = ("user",)
    form = GrantForm
    actions = ("end_now",)

    @admin.display(description="reader")
    def reader_page(self, grant: Grant) -> str:
        return link_to_reader(grant.user)

    def has_change_permission(self, request: HttpRequest, obj: Grant | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Grant | None = None) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: Grant | None = None) -> tuple[str, ...]:
        shown = ("user", "source", "subscription", "starts_at", "ends_at", "reason", "granted_by")
        return shown if obj else ("user", "ends_at", "reason")

    def save_model(self, request: HttpRequest, obj: Grant, form: GrantForm, change: bool) -> None:
        given = give_comp(
            user=obj.user,
            ends_at=obj.ends_at,
            reason=obj.reason,
            by=signed_in_user(request),
            at=timezone.now(),
        )
        obj.pk, obj.source, obj.starts_at = given.pk, given.source, given.starts_at

    @admin.action(description="End this access now", permissions=("add",))
    def end_now(self, request: HttpRequest, queryset: QuerySet[Grant]) -> None:
        for grant in queryset:
            try:
                end_grant(
                    grant=grant, reason="Ended by staff.", by=signed_in_user(request), at=timezone.now()
                )
            except CannotGrant as reason:
                self.message_user(request, f"{grant}: {reason}", messages.ERROR)
