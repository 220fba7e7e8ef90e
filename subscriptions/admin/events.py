"""Stripe's events, and trying again those that failed."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.decorators import display

from accounts.queries import signed_in_user
from kit.queue import wake_on_commit
from subscriptions.actions.events import CannotProcess, process_again
from subscriptions.admin.read_only import ReadOnlyAdmin
from subscriptions.models import StripeEvent
from subscriptions.tasks import sweep_events

LABELS = {
    StripeEvent.State.DONE.label: "success",
    StripeEvent.State.FAILED.label: "danger",
    StripeEvent.State.WAITING.label: "warning",
    StripeEvent.State.WORKING.label: "info",
}


@admin.register(StripeEvent)
class StripeEventAdmin(ReadOnlyAdmin):
    list_display = ("type", "subject", "show_state", "attempts", "received_at", "settled_at", "note")
    list_filter = ("state", "type")
    search_fields = ("=stripe_id", "=subject", "type")
    date_hierarchy = "received_at"
    show_full_result_count = False
    actions = ("process_again",)

    @display(description="state", ordering="state", label=LABELS)  # type: ignore[untyped-decorator]
    def show_state(self, event: StripeEvent) -> str:
        return str(event.get_state_display())

    @admin.action(description="Process again", permissions=("process",))
    def process_again(self, request: HttpRequest, queryset: QuerySet[StripeEvent]) -> None:
        count = 0
        for event in queryset:
            try:
                process_again(event=event, by=signed_in_user(request), at=timezone.now())
                count += 1
            except CannotProcess as reason:
                messages.error(request, f"{event}: {reason}")
        wake_on_commit(sweep_events)
        messages.info(request, f"To be processed again within a minute: {count}.")

    def has_process_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("subscriptions.change_stripeevent"))
