"""Addresses that must not be mailed again, whoever asks, and what mail servers told of their mail."""

import hashlib
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import SHA256, Lower

from newsletters.models.delivery import Delivery


def address_digest(address: str) -> str:
    """What is kept of a suppressed address: the SHA-256 of it in small letters, in hex (rule G3).

    Without a key on purpose: the list has to outlive every key, and a backup.
    """
    return hashlib.sha256(address.strip().lower().encode()).hexdigest()


class AddressDigest(SHA256):
    """`address_digest` in SQL. PostgreSQL knows SHA-256 itself; Django would ask its extension pgcrypto."""

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        template = "ENCODE(SHA256(CONVERT_TO(%(expressions)s, 'UTF8')), 'hex')"
        return self.as_sql(compiler, connection, template=template, **extra)


class SuppressionQuerySet(models.QuerySet["Suppression"]):
    def of(self, column: models.F | models.OuterRef | str) -> "SuppressionQuerySet":
        """The row for the address in `column`, for use in a subquery."""
        return self.filter(digest=AddressDigest(Lower(column)))


class Suppression(models.Model):
    """One address, as a digest only, that no letter goes to. No import and no sign-up form revives it.

    What its reader says themselves by a confirmed sign-up lifts an unsubscribe-all; a bounce or a complaint
    is lifted by staff alone, an erasure by nobody.
    """

    class Reason(models.TextChoices):
        BOUNCE = "bounce", "address does not exist"
        COMPLAINT = "complaint", "marked as spam"
        ALL = "all", "unsubscribed from everything"
        ERASED = "erased", "erased on request"

    digest = models.CharField(max_length=64, unique=True)
    reason = models.CharField(max_length=9, choices=Reason.choices)
    since_at = models.DateTimeField()
    note = models.CharField(max_length=300, blank=True, help_text="What the mail server said.")

    objects: ClassVar[models.Manager["Suppression"]] = SuppressionQuerySet.as_manager()

    class Meta:
        ordering = ("-since_at",)

    def __str__(self) -> str:
        return f"{self.digest[:12]}…: {self.get_reason_display()}"


class MailEvent(models.Model):
    """What a mail server or provider told of a message after taking it; the same news is kept once."""

    class Kind(models.TextChoices):
        DELIVERED = "delivered", "delivered"
        BOUNCED = "bounced", "bounced for good"
        SOFT_BOUNCED = "soft", "bounced for now"
        COMPLAINED = "complained", "marked as spam"
        UNSUBSCRIBED = "unsubscribed", "unsubscribed at the provider"

    key = models.CharField(
        max_length=120, unique=True, help_text="The provider's name for this piece of news."
    )
    kind = models.CharField(max_length=12, choices=Kind.choices)
    delivery = models.ForeignKey(
        Delivery,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="events",
        help_text="Unknown for others' mail.",
    )
    digest = models.CharField(max_length=64, db_index=True, help_text="Of the address it is about.")
    happened_at = models.DateTimeField()
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("-happened_at", "-pk")
        indexes = (
            models.Index(fields=("digest", "-happened_at"), condition=Q(kind="soft"), name="mail_event_soft"),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.happened_at:%B %-d, %Y, %H:%M}"
