"""Stripe's events, and trying again those that failed."""

from django.contrib import admin, messages
from django.db import OperationalError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from subscriptions.actions.events import process_event
from subscriptions.admin.read_only import ReadOnlyAdmin
from subscriptions.gateways import StripeUnavailable
from subscriptions.models import StripeEvent


@admin.register(StripeEvent)
class StripeEventAdmin(ReadOnlyAdmin):
    list_display = ("type", "subject", "state", "attempts", "received_at", "settled_at", "note")
    list_filter = ("state", "type")
    search_fields = ("stripe_id", "type", "subject")
    date_hierarchy = "received_at"
    show_full_result_count = False
    actions = ("process_again",)

    @admin.action(description="Process again")
    def process_again(self, request: HttpRequest, queryset: QuerySet[StripeEvent]) -> None:
        for event in queryset:
            event.state = StripeEvent.State.WAITING
            try:
                process_event(event=event, at=timezone.now())
            except (StripeUnavailable, OperationalError) as trouble:
                self.message_user(request, f"{event}: {trouble}", messages.ERROR)
