"""Letters about money and access: each is due once, and is sent once."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models

from subscriptions.models.invoice import Invoice
from subscriptions.models.subscription import Subscription


class NoticeQuerySet(models.QuerySet["Notice"]):
    def waiting(self, *, at: datetime) -> "NoticeQuerySet":
        """Letters whose turn it is, the longest waiting first."""
        unsent = self.filter(sent_at__isnull=True, dropped_at__isnull=True)
        return unsent.filter(due_at__lte=at).order_by("due_at", "pk")


class Notice(models.Model):
    """A letter to one reader. `key` names what it is about, so that the same step never writes twice."""

    class Kind(models.TextChoices):
        WELCOME = "welcome", "welcome"
        TRIAL_ENDS = "trial_ends", "trial about to end"
        RENEWS = "renews", "renewal ahead"
        PAYMENT_FAILED = "payment_failed", "payment failed, will be tried again"
        CARD_REFUSED = "card_refused", "card refused for good"
        CONFIRM_PAYMENT = "confirm_payment", "bank asks to confirm"
        ACCESS_STOPPED = "access_stopped", "access stopped for want of payment"
        CARD_EXPIRES = "card_expires", "card about to expire"
        RECOVERED = "recovered", "payment went through after all"
        PAUSED = "paused", "paused"
        CANCELLED = "cancelled", "cancellation confirmed"
        ENDED = "ended", "subscription ended"
        CHANGED = "changed", "plan changed"
        REFUNDED = "refunded", "refund"
        DISPUTED = "disputed", "payment disputed"
        PRICE_RISE = "price_rise", "new price ahead"
        GIFT = "gift", "gift"
        GIFT_RECEIPT = "gift_receipt", "receipt for a gift"
        SEAT_INVITATION = "seat_invitation", "invitation to a seat"
        SEAT_RETURNED = "seat_returned", "seat taken back"
        WITHDRAWAL = "withdrawal", "withdrawal received"
        COMP = "comp", "complimentary access"

    kind = models.CharField(max_length=20, choices=Kind.choices)
    key = models.CharField(
        max_length=160, help_text="What it is about: an invoice's attempt, a period's end."
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="notices"
    )
    address = models.EmailField("to", help_text="Where it goes, with an account or without.")
    subscription = models.ForeignKey(
        Subscription, models.CASCADE, null=True, blank=True, related_name="notices"
    )
    invoice = models.ForeignKey(Invoice, models.CASCADE, null=True, blank=True, related_name="notices")
    facts = models.JSONField(default=dict, blank=True, help_text="What the letter says besides.")
    given_at = models.DateTimeField("arose")
    due_at = models.DateTimeField(db_index=True, help_text="When it is tried next.")
    sent_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(
        "given up", null=True, blank=True, help_text="It will not go out, for the reason noted."
    )
    subject = models.CharField(max_length=200, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    trouble = models.CharField("why it did not go out", max_length=300, blank=True)

    objects: ClassVar[models.Manager["Notice"]] = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ("-due_at", "-id")
        constraints = (models.UniqueConstraint(fields=("kind", "key"), name="notice_once"),)

    def __str__(self) -> str:
        return f"{self.get_kind_display()} to {self.address}"
