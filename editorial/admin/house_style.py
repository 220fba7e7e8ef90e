"""The house's dictionary: words to avoid, and what is written in their place."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from unfold.widgets import UnfoldAdminTextareaWidget

from accounts.queries import signed_in_user
from editorial.actions.house_style import COLUMNS, TermLine, add_terms, read_terms
from editorial.admin.audited import AuditedAdmin
from editorial.models import HouseStyleTerm
from kit.desk import desk_context
from kit.spreadsheet import csv_download


class PasteForm(forms.Form):
    """Many terms at once."""

    lines = forms.CharField(
        max_length=200_000,
        label="One term a line",
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 14}),
        help_text="avoid, prefer, note, language: parted by commas, semicolons or tabs, as copied from a "
        "spreadsheet; or “avoid → prefer”. All but the first may be missing. A known term is changed.",
    )


@admin.register(HouseStyleTerm)
class HouseStyleTermAdmin(AuditedAdmin):
    list_display = ("avoid", "prefer", "language", "note")
    list_filter = ("language",)
    search_fields = ("avoid", "prefer", "note")
    fields = (("avoid", "prefer"), "note", "language")
    list_per_page = 100
    change_list_template = "editorial/house_style.html"

    def told(self, row: HouseStyleTerm) -> str:
        return row.note

    def get_urls(self) -> list[URLPattern]:
        guard = self.admin_site.admin_view
        return [
            path("csv/", guard(self.csv_view), name="editorial_housestyleterm_csv"),
            path("paste/", guard(self.paste_view), name="editorial_housestyleterm_paste"),
            *super().get_urls(),
        ]

    def csv_view(self, request: HttpRequest) -> HttpResponseBase:
        """The whole dictionary, in the form that `paste_view` reads."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = HouseStyleTerm.objects.values_list(*COLUMNS)
        return csv_download([COLUMNS, *rows], name="house-style")

    def paste_view(self, request: HttpRequest) -> HttpResponse:
        """First what the lines would do, then, with `confirm`, doing it."""
        if not (self.has_add_permission(request) and self.has_change_permission(request)):
            raise PermissionDenied
        form = PasteForm(request.POST or None)
        context: dict[str, Any] = {"form": form, "lines": []}
        if request.method == "POST" and form.is_valid():
            lines = read_terms(form.cleaned_data["lines"])
            if "confirm" in request.POST and not any(line.problem for line in lines):
                return self._add(request, lines)
            context |= {"lines": lines, "is_sound": not any(line.problem for line in lines)}
        return render(request, "editorial/paste_terms.html", desk_context(request, "Paste terms", **context))

    def _add(self, request: HttpRequest, lines: list[TermLine]) -> HttpResponse:
        count = add_terms(lines=lines, by=signed_in_user(request), at=timezone.now())
        messages.success(request, f"Terms added or changed: {count}.")
        return redirect("admin:editorial_housestyleterm_changelist")
