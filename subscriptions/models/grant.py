"""The access ledger: every right to read is a row here."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from subscriptions.models.subscription import Subscription


class Source(models.TextChoices):
    STRIPE = "stripe", "subscription"
    COMP = "comp", "complimentary"
    GIFT = "gift", "gift"
    SEAT = "seat", "group seat"
    INSTITUTION = "institution", "institution"
    STAFF = "staff", "staff"


class GrantQuerySet(models.QuerySet["Grant"]):
    def current(self, *, at: datetime) -> "GrantQuerySet":
        """Grants in force at the moment `at`: the start counts, the end does not."""
        return self.filter(starts_at__lte=at).filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at))


class Grant(models.Model):
    """Someone may read subscribers' stories from `starts_at` until `ends_at` (open when null)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="grants")
    source = models.CharField(max_length=12, choices=Source.choices)
    subscription = models.OneToOneField(
        Subscription, models.CASCADE, null=True, blank=True, related_name="grant"
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=200, help_text="In plain words; the reader sees it.")
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager["Grant"]] = GrantQuerySet.as_manager()

    class Meta:
        ordering = ("-starts_at",)
        indexes = (models.Index(fields=("user", "starts_at", "ends_at"), name="grant_lookup"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(source=Source.STRIPE, subscription__isnull=False)
                | (~Q(source=Source.STRIPE) & Q(subscription__isnull=True)),
                name="grant_subscription_only_from_stripe",
            ),
        )

    def __str__(self) -> str:
        return f"{self.user}: {self.get_source_display()}"
