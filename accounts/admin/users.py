"""Readers and staff. Only superusers decide who is staff, and in which role."""

from __future__ import annotations

from smtplib import SMTPException
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.db.models import ManyToManyField, QuerySet
from django.forms import ModelForm, ModelMultipleChoiceField
from django.http import HttpRequest
from django.utils import timezone
from unfold.admin import ModelAdmin
from unfold.decorators import action
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from accounts.actions import delete_user, invite_to_reset_password, record_desk_change
from accounts.models import User
from accounts.queries import has_second_factor, signed_in_user

# What these hold, people change themselves on their account pages, and nobody changes for them.
for model in (EmailAddress, Authenticator, UserSession, SocialAccount, SocialApp, SocialToken):
    admin.site.unregister(model)

RANK = ("is_staff", "is_superuser", "groups")


@admin.register(User)
class UserAdmin(ModelAdmin):  # type: ignore[misc]  # the library has no types
    list_display = ("email", "name", "roles", "is_staff", "is_active", "joined_at", "last_login")
    list_filter = ("is_staff", "is_active", "is_mail_only", "groups")
    search_fields = ("email", "name")
    ordering = ("email",)
    fieldsets = (
        (None, {"fields": ("email", "name", "is_active")}),
        ("Newsroom", {"fields": RANK}),
        ("Sign-in", {"fields": ("is_mail_only", "second_factor", "joined_at", "last_login")}),
    )
    actions_submit_line = ("invite",)
    change_form_outer_before_template = "subscriptions/_support_link.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        users: QuerySet[User] = super().get_queryset(request)
        return users.prefetch_related("groups")

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """A list filtered by the start of a password's hash would give the hash away, sign by sign."""
        allowed: bool = super().lookup_allowed(lookup, value, request)
        return allowed and not lookup.startswith("password")

    def formfield_for_manytomany(
        self, db_field: ManyToManyField[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> ModelMultipleChoiceField[Group] | None:
        """The roles are few: boxes to tick."""
        kwargs |= {"widget": UnfoldAdminCheckboxSelectMultipleWidget, "label": "Roles", "help_text": ""}
        field: ModelMultipleChoiceField[Group] | None = super().formfield_for_manytomany(
            db_field, request, **kwargs
        )
        return field

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """An address is changed by its owner, who proves the new one; rank by superusers only."""
        fixed = ("is_mail_only", "second_factor", "joined_at", "last_login", *(("email",) if obj else ()))
        return fixed if _is_superuser(request) else (*fixed, *RANK)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Staff accounts are changed by superusers only: else their helpers could shut them out."""
        allowed: bool = super().has_change_permission(request, obj)
        return allowed and (_is_superuser(request) or not isinstance(obj, User) or not _has_rank(obj))

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        allowed: bool = super().has_delete_permission(request, obj)
        return allowed and _is_superuser(request)

    def save_model(
        self,
        request: HttpRequest,
        obj: User,
        form: ModelForm,  # type: ignore[type-arg]  # not subscriptable at run time
        change: bool,
    ) -> None:
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        record_desk_change(
            user=obj,
            is_new=not change,
            changed=form.changed_data,
            by=signed_in_user(request),
            at=timezone.now(),
        )

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        delete_user(user=obj, by=signed_in_user(request), at=timezone.now())

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in queryset:
            self.delete_model(request, user)

    @action(description="Save and invite to choose a new password")  # type: ignore[untyped-decorator]
    def invite(self, request: HttpRequest, obj: User) -> None:
        try:
            invite_to_reset_password(user=obj, by=signed_in_user(request), at=timezone.now())
        except (SMTPException, OSError):
            messages.error(
                request, f"The mail server did not take the invitation to {obj.email}. Try again later."
            )
        else:
            messages.success(request, f"{obj.email} is invited to choose a new password.")

    @admin.display(description="roles")
    def roles(self, user: User) -> str:
        return ", ".join(group.name for group in user.groups.all())

    @admin.display(description="two-step sign-in", boolean=True)
    def second_factor(self, user: User) -> bool:
        return has_second_factor(user)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """What hangs on an account goes with it, whoever may see it; the permission was checked above."""
        to_delete, counts, _needed, protected = super().get_deleted_objects(objs, request)
        return to_delete, counts, set(), protected


def _is_superuser(request: HttpRequest) -> bool:
    return signed_in_user(request).is_superuser


def _has_rank(user: User) -> bool:
    return user.is_staff or user.is_superuser
