"""The mail ledger: one row per edition and recipient, whatever happens (rules E1 to E9)."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from newsletters.models.edition import Edition
from newsletters.models.variant import Variant


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def due(self, *, at: datetime) -> "DeliveryQuerySet":
        """Messages that may be taken in hand at the moment `at`."""
        return self.filter(
            Q(not_before_at__isnull=True) | Q(not_before_at__lte=at), state=Delivery.State.QUEUED
        )

    def open(self) -> "DeliveryQuerySet":
        """Messages whose sending is not over."""
        return self.filter(state__in=Delivery.OPEN)

    def not_begun(self) -> "DeliveryQuerySet":
        """Messages of which the mail server has certainly seen nothing."""
        return self.filter(state__in=(Delivery.State.QUEUED, Delivery.State.CLAIMED))


class Delivery(models.Model):
    """One message to one reader.

    queued → claimed (in a worker's hands, nothing said to the mail server) → sending (the message has begun)
    → accepted, failed, or back to queued. When a worker dies, a claimed message goes back to the queue, for
    nothing of it was sent; a message being sent becomes unknown and waits for a person, for it may have
    arrived.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "queued"
        CLAIMED = "claimed", "in hand"
        SENDING = "sending", "being sent"
        ACCEPTED = "accepted", "accepted"
        FAILED = "failed", "failed"
        SKIPPED = "skipped", "no longer wanted"
        UNKNOWN = "unknown", "unknown"

    OPEN = (State.QUEUED, State.CLAIMED, State.SENDING)

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="deliveries")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="deliveries")
    address = models.EmailField(max_length=254)
    variant = models.CharField(max_length=10, choices=Variant.choices)
    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    claimed_by = models.CharField(max_length=60, blank=True, db_index=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before_at = models.DateTimeField("try again", null=True, blank=True)
    note = models.CharField(max_length=300, blank=True, help_text="What the mail server said.")

    objects: ClassVar[models.Manager["Delivery"]] = DeliveryQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)
        verbose_name_plural = "deliveries"
        constraints = (models.UniqueConstraint(fields=("edition", "address"), name="delivery_once"),)
        indexes = (
            models.Index(fields=("edition", "state", "id"), name="delivery_state"),
            models.Index(
                fields=("claimed_at",), condition=Q(state__in=("claimed", "sending")), name="delivery_in_hand"
            ),
        )

    def __str__(self) -> str:
        return f"{self.address}: {self.get_state_display()}"
