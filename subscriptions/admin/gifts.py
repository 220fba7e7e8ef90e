"""Gifts, to look at: support gives their money back on the reader's page."""

from django.contrib import admin

from subscriptions.admin.read_only import ReadOnlyAdmin
from subscriptions.models import Gift


@admin.register(Gift)
class GiftAdmin(ReadOnlyAdmin):
    list_display = ("plan", "giver", "recipient_name", "recipient_email", "price", "state", "deliver_on")
    list_filter = ("state", "plan")
    search_fields = ("giver__email", "recipient_email", "recipient_name", "code", "intent_id")
    list_select_related = ("plan", "giver")
    date_hierarchy = "created_at"
