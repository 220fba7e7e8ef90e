"""The audit trail: one row for each thing someone did, written in the transaction that did it."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, ClassVar, NoReturn

from django.conf import settings
from django.db import models

from accounts.models.user import User


class CannotRewrite(Exception):
    """The audit trail is added to, never changed and never shortened."""

    def __init__(self) -> None:
        super().__init__("The audit trail is append-only: what was recorded is neither changed nor deleted.")


class AuditEntryQuerySet(models.QuerySet["AuditEntry"]):
    """Reads and adds. Every way to change or delete rows raises `CannotRewrite`."""

    def update(self, **values: Any) -> NoReturn:
        raise CannotRewrite

    def delete(self) -> NoReturn:
        raise CannotRewrite

    def _raw_delete(self, using: str | None) -> NoReturn:
        raise CannotRewrite

    def bulk_update(
        self, objs: Iterable["AuditEntry"], fields: Iterable[str], batch_size: int | None = None
    ) -> NoReturn:
        raise CannotRewrite

    def bulk_create(
        self,
        objs: Iterable["AuditEntry"],
        batch_size: int | None = None,
        ignore_conflicts: bool = False,
        update_conflicts: bool = False,
        update_fields: Collection[str] | None = None,
        unique_fields: Collection[str] | None = None,
    ) -> list["AuditEntry"]:
        if update_conflicts:
            raise CannotRewrite
        return super().bulk_create(objs, batch_size, ignore_conflicts)


class AuditEntry(models.Model):
    """Who did what to which object, when, from which state to which, and why. Never changed afterwards.

    The one thing that happens to a row later: when an account is deleted, the database loses `by` and
    keeps `by_label`. Django does that past this class, through the plain manager.
    """

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    by_label = models.CharField("who", max_length=254, help_text="Kept when the account is deleted.")
    action = models.CharField(max_length=60)
    target_type = models.CharField(max_length=60)
    target_id = models.CharField(max_length=64)
    target_label = models.CharField("what", max_length=254)
    from_state = models.CharField("from", max_length=30, blank=True)
    to_state = models.CharField("to", max_length=30, blank=True)
    reason = models.TextField(blank=True)
    at = models.DateTimeField("when", db_index=True)

    objects: ClassVar[models.Manager["AuditEntry"]] = AuditEntryQuerySet.as_manager()

    class Meta:
        ordering = ("-at", "-id")
        verbose_name = "audit entry"
        verbose_name_plural = "audit trail"
        indexes = (
            models.Index(fields=("target_type", "target_id", "-at"), name="audit_target"),
            models.Index(fields=("action", "-at"), name="audit_action"),
            models.Index(fields=("from_state", "-at"), name="audit_from_state"),
            models.Index(fields=("to_state", "-at"), name="audit_to_state"),
        )

    def __str__(self) -> str:
        return f"{self.by_label}: {self.action} {self.target_label}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add a row. Raises `CannotRewrite` for one that is there already."""
        if not self._state.adding:
            raise CannotRewrite
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, using: str | None = None, keep_parents: bool = False) -> NoReturn:
        raise CannotRewrite

    @classmethod
    def about(cls, target: models.Model) -> "models.QuerySet[AuditEntry]":
        """What was done to `target`, the latest first."""
        return cls.objects.filter(target_type=_kind_of(target), target_id=str(target.pk))

    @classmethod
    def record(
        cls, action: str, target: models.Model, *, by: User | None, at: datetime, who: str = "", **what: Any
    ) -> "AuditEntry":
        """Write one row about `target`; `what` may hold from_state, to_state and reason.

        `by=None` is the system, or someone without an account, whom `who` names.
        """
        return cls.objects.create(
            by=by,
            by_label=by.email if by else who or "system",
            action=action,
            target_type=_kind_of(target),
            target_id=str(target.pk),
            target_label=str(target)[:254],
            at=at,
            **what,
        )


def _kind_of(target: models.Model) -> str:
    return target._meta.label_lower  # noqa: SLF001 (Django's documented API)
