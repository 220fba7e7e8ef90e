"""What plans and offers have in common in the admin: saving one puts it on sale in Stripe."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from unfold.admin import ModelAdmin
from unfold.decorators import action

from accounts.models import AuditEntry
from accounts.queries import signed_in_user
from subscriptions.actions.on_sale import put_on_sale


class SoldAdmin(ModelAdmin):  # type: ignore[misc]  # the library has no types
    """Rows that readers buy by. Nothing is deleted: those who have it keep it."""

    actions_list = ("show_sale",)

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    @action(description="Put on sale", url_path="sale")  # type: ignore[untyped-decorator]
    def show_sale(self, request: HttpRequest) -> HttpResponseRedirect:
        return redirect("sale")

    def save_related(self, request: HttpRequest, form: ModelForm, formsets: Any, change: bool) -> None:  # type: ignore[type-arg]
        super().save_related(request, form, formsets, change)
        fields = [
            *form.changed_data,
            *(name for each in formsets if each.has_changed() for name in (each.prefix,)),
        ]
        noun = self.opts.verbose_name
        AuditEntry.record(
            f"{'change' if change else 'add'} {noun}",
            form.instance,
            by=signed_in_user(request),
            at=timezone.now(),
            reason=", ".join(fields),
        )
        # Stripe is asked once what was saved stands; a list of rows is saved as one.
        if not getattr(request, "goes_on_sale", False):
            request.goes_on_sale = True  # type: ignore[attr-defined]
            transaction.on_commit(lambda: self._put_on_sale(request))

    def _put_on_sale(self, request: HttpRequest) -> None:
        outcome = put_on_sale(by=signed_in_user(request), at=timezone.now())
        for line in outcome.lines:
            if ": matched" not in line:
                self.message_user(request, line, messages.SUCCESS)
        if outcome.trouble:
            text = "Saved, but not on sale yet. Stripe says: {} <a href='{}'>Try again</a>."
            self.message_user(request, format_html(text, outcome.trouble, reverse("sale")), messages.ERROR)
