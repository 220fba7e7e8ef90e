"""Who asked for letters without an account, in which words, and whether the address said yes (rule G5)."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.decorators import display

from newsletters.models import SignUp


@admin.register(SignUp)
class SignUpAdmin(ModelAdmin):  # type: ignore[misc]  # the library has no types
    list_display = ("address", "show_letters", "asked_at", "mailed_at", "confirmed_at", "source", "network")
    list_filter = (("confirmed_at", admin.EmptyFieldListFilter), "newsletters")
    search_fields = ("address",)
    date_hierarchy = "asked_at"
    fields = (
        "address",
        "show_letters",
        "text",
        "source",
        "network",
        "asked_at",
        "mailed_at",
        "confirmed_at",
        "user",
    )
    readonly_fields = ("show_letters",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[SignUp]:
        signups: QuerySet[SignUp] = super().get_queryset(request)
        return signups.prefetch_related("newsletters")

    @display(description="letters")  # type: ignore[untyped-decorator]
    def show_letters(self, signup: SignUp) -> str:
        return ", ".join(letter.name for letter in signup.newsletters.all())

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
