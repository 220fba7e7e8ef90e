"""The right to withdraw within 14 days (Directive 2011/83/EU as changed by 2023/2673, article 11a)."""

from django.conf import settings
from django.db import models

from kit.money import format_money
from subscriptions.models.gift import Gift
from subscriptions.models.subscription import Subscription


class Withdrawal(models.Model):
    """A consumer's statement, kept as sent, and what was done about it."""

    class State(models.TextChoices):
        RECEIVED = "received", "received"
        ACCEPTED = "accepted", "accepted, to be carried out"
        EXECUTED = "executed", "carried out"
        REFUSED = "refused", "refused"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="withdrawals"
    )
    subscription = models.ForeignKey(
        Subscription, models.PROTECT, null=True, blank=True, related_name="withdrawals"
    )
    gift = models.ForeignKey(Gift, models.PROTECT, null=True, blank=True, related_name="withdrawals")
    submission = models.UUIDField(
        unique=True, null=True, editable=False, help_text="So that one form counts once."
    )
    name = models.CharField(max_length=120)
    email = models.EmailField("confirmation to")
    contract = models.CharField(
        "what they withdraw from", max_length=200, help_text="As they wrote it: invoice, order, plan."
    )
    statement = models.TextField()
    confirmed_at = models.DateTimeField("sent", help_text="When they pressed the confirming button.")
    state = models.CharField(max_length=8, choices=State.choices, default=State.RECEIVED)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    refund_amount = models.PositiveIntegerField(default=0, help_text="Minor units.")
    currency = models.CharField(max_length=3, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ("-confirmed_at",)

    def __str__(self) -> str:
        return f"{self.name}: {self.contract}"

    @property
    def refund(self) -> str:
        """What was given back, as readers see it: `$9`; empty for nothing."""
        return format_money(self.refund_amount, self.currency) if self.refund_amount else ""
