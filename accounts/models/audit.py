"""The audit trail: one row for each thing someone did, written in the transaction that did it."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models

from accounts.models.user import User


class AuditEntry(models.Model):
    """Who did what to which object, when, from which state to which, and why. Never changed afterwards."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    by_label = models.CharField("who", max_length=254, help_text="Kept when the account is deleted.")
    action = models.CharField(max_length=60, db_index=True)
    target_type = models.CharField(max_length=60)
    target_id = models.CharField(max_length=64)
    target_label = models.CharField("what", max_length=254)
    from_state = models.CharField("from", max_length=30, blank=True)
    to_state = models.CharField("to", max_length=30, blank=True)
    reason = models.TextField(blank=True)
    at = models.DateTimeField("when", db_index=True)

    class Meta:
        ordering = ("-at", "-id")
        verbose_name = "audit entry"
        verbose_name_plural = "audit trail"
        indexes = (models.Index(fields=("target_type", "target_id", "-at"), name="audit_target"),)

    def __str__(self) -> str:
        return f"{self.by_label}: {self.action} {self.target_label}"

    @classmethod
    def about(cls, target: models.Model) -> "models.QuerySet[AuditEntry]":
        """What was done to `target`, the latest first."""
        return cls.objects.filter(target_type=_kind_of(target), target_id=str(target.pk))

    @classmethod
    def record(
        cls, action: str, target: models.Model, *, by: User | None, at: datetime, **what: Any
    ) -> "AuditEntry":
        """Write one row about `target`; `what` may hold from_state, to_state and reason.

        `by=None` is the system.
        """
        return cls.objects.create(
            by=by,
            by_label=by.email if by else "system",
            action=action,
            target_type=_kind_of(target),
            target_id=str(target.pk),
            target_label=str(target)[:254],
            at=at,
            **what,
        )


def _kind_of(target: models.Model) -> str:
    return target._meta.label_lower  # noqa: SLF001 (Django's documented API)
