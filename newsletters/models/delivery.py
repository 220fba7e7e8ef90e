"""The mail ledger: one row per edition and recipient, whatever happens (rules E1 to E9)."""

from django.conf import settings
from django.db import models

from newsletters.models.edition import Edition


class Variant(models.TextChoices):
    SUBSCRIBER = "subscriber", "subscriber"
    FREE = "free", "free reader"


class Delivery(models.Model):
    """One message to one reader. `claimed` rows of a dead worker become `unknown`, for a person to decide."""

    class State(models.TextChoices):
        QUEUED = "queued", "queued"
        CLAIMED = "claimed", "being sent"
        ACCEPTED = "accepted", "accepted"
        FAILED = "failed", "failed"
        SKIPPED = "skipped", "no longer wanted"
        UNKNOWN = "unknown", "unknown"

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="deliveries")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="deliveries")
    address = models.EmailField(max_length=254)
    variant = models.CharField(max_length=10, choices=Variant.choices)
    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    claimed_by = models.CharField(max_length=40, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before_at = models.DateTimeField("try again", null=True, blank=True)
    note = models.CharField(max_length=300, blank=True, help_text="What the mail server said.")

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = (models.UniqueConstraint(fields=("edition", "address"), name="delivery_once"),)
        indexes = (models.Index(fields=("edition", "state"), name="delivery_state"),)

    def __str__(self) -> str:
        return f"{self.address}: {self.get_state_display()}"
