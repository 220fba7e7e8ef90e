"""Settings whose every change stands in the audit trail, in the transaction that made it."""

from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.admin import ModelAdmin

from accounts.models import AuditEntry
from accounts.queries import signed_in_user


class AuditedAdmin(ModelAdmin):  # type: ignore[misc]  # the library has no types
    """Django's admin calls these where it would write its own log."""

    warn_unsaved_form = True

    def told(self, row: Any) -> str:
        """What the trail says of the row as it now is, beside its name."""
        return ""

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> None:
        self._record("add", request, obj)

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> None:
        if message:  # what was changed; nothing, when a form was saved as it stood
            self._record("change", request, obj)

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Model]) -> None:
        for row in queryset:
            self._record("delete", request, row)

    def _record(self, verb: str, request: HttpRequest, row: Model) -> None:
        action = f"{verb} {self.opts.verbose_name}"
        by, at = signed_in_user(request), timezone.now()
        AuditEntry.record(action, row, by=by, at=at, reason=self.told(row))
