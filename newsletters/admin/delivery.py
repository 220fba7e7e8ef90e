"""The mail ledger, to be read; about messages nobody knows of, a person decides here."""

from typing import Any, cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.admin import ModelAdmin
from unfold.decorators import display

from accounts.models import User
from kit.queue import enqueue_on_commit
from newsletters.actions import resolve_unknown
from newsletters.models import Delivery
from newsletters.tasks import send_edition

LABELS = {
    Delivery.State.ACCEPTED.label: "success",
    Delivery.State.FAILED.label: "danger",
    Delivery.State.UNKNOWN.label: "warning",
    Delivery.State.CLAIMED.label: "info",
    Delivery.State.SENDING.label: "info",
}


@admin.register(Delivery)
class DeliveryAdmin(ModelAdmin):  # type: ignore[misc]  # the library has no types
    list_display = ("address", "edition", "variant", "show_state", "attempts", "settled_at", "note")
    list_filter = ("state", "variant", "edition__newsletter", "edition__edition_date")
    list_select_related = ("edition__newsletter",)
    search_fields = ("address",)
    show_full_result_count = False
    actions = ("send_again", "leave")

    @display(description="state", ordering="state", label=LABELS)  # type: ignore[untyped-decorator]
    def show_state(self, delivery: Delivery) -> str:
        return str(delivery.get_state_display())

    @admin.action(description="Unknown: send again", permissions=("decide",))
    def send_again(self, request: HttpRequest, deliveries: QuerySet[Delivery]) -> None:
        editions = set(self._decide(request, deliveries, resend=True))
        for edition_id in editions:
            enqueue_on_commit(send_edition, edition_id)

    @admin.action(description="Unknown: leave it at that", permissions=("decide",))
    def leave(self, request: HttpRequest, deliveries: QuerySet[Delivery]) -> None:
        self._decide(request, deliveries, resend=False)

    def _decide(self, request: HttpRequest, deliveries: QuerySet[Delivery], *, resend: bool) -> list[int]:
        """Decide about those that are unknown; returns the editions concerned."""
        by, now = cast("User", request.user), timezone.now()
        unknown = deliveries.filter(state=Delivery.State.UNKNOWN)
        decided = [row for row in unknown if resolve_unknown(delivery=row, resend=resend, by=by, at=now)]
        what = "will be sent again" if resend else "stay as they are"
        messages.info(request, f"{len(decided)} unknown messages {what}.")
        return [row.edition_id for row in decided]

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("newsletters.send_edition"))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
