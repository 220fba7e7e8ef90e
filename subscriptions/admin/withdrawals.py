"""Withdrawals from contracts: those that wait for a decision, and what became of the others."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from subscriptions.admin.read_only import ReadOnlyAdmin
from subscriptions.models import Withdrawal


@admin.register(Withdrawal)
class WithdrawalAdmin(ReadOnlyAdmin):
    list_display = ("name", "email", "contract", "confirmed_at", "state", "refund", "settled_by")
    list_filter = ("state",)
    search_fields = ("name", "email", "contract", "user__email")
    list_select_related = ("settled_by",)
    date_hierarchy = "confirmed_at"

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("withdrawal_desk", pk=object_id)
