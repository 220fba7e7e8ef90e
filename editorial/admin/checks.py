"""How strict the preflight is: all checks on one page."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminSelectWidget

from accounts.queries import signed_in_user
from editorial.actions.checks import set_check_levels
from editorial.models import CheckRule
from editorial.preflight import CHECKS, levels
from kit.desk import desk_context


class LevelsForm(forms.Form):
    """One choice for each check."""

    def __init__(self, *args: Any, is_open: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = levels()
        for check in CHECKS:
            default = CheckRule.Level(check.default).label
            self.fields[check.name] = forms.ChoiceField(
                choices=CheckRule.Level.choices,
                initial=now[check.name],
                label=check.label,
                help_text=f"By default it {default}.",
                widget=UnfoldAdminSelectWidget,
                disabled=not is_open,
            )


@admin.register(CheckRule)
class CheckRuleAdmin(ModelAdmin):  # type: ignore[misc]  # the library has no types
    """The checks are those of the code: rows are made by setting a level, in no other way."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: CheckRule | None = None) -> bool:
        return False

    def change_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        raise PermissionDenied

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """GET for whoever may see the levels, POST for whoever may set them."""
        may_change = self.has_change_permission(request)
        if not (may_change or self.has_view_permission(request)) or (
            request.method == "POST" and not may_change
        ):
            raise PermissionDenied
        form = LevelsForm(request.POST or None, is_open=may_change)
        if request.method == "POST" and form.is_valid():
            changed = set_check_levels(
                levels=form.cleaned_data, by=signed_in_user(request), at=timezone.now()
            )
            messages.success(request, f"Saved. Changed: {len(changed)}.")
            return redirect("admin:editorial_checkrule_changelist")
        context = desk_context(request, "Checks of the preflight", form=form, may_change=may_change)
        return render(request, "editorial/checks.html", context)
