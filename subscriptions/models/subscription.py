"""Our copy of a Stripe subscription, set only from a fresh fetch (rule S5)."""

from django.db import models

from subscriptions.models.customer import Customer
from subscriptions.models.plan import Plan


class Status(models.TextChoices):
    """Stripe's eight subscription states."""

    INCOMPLETE = "incomplete", "payment not finished"
    INCOMPLETE_EXPIRED = "incomplete_expired", "never paid"
    TRIALING = "trialing", "on trial"
    ACTIVE = "active", "active"
    PAST_DUE = "past_due", "payment overdue"
    UNPAID = "unpaid", "unpaid"
    PAUSED = "paused", "paused"
    CANCELED = "canceled", "ended"


class Subscription(models.Model):
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="subscriptions")
    plan = models.ForeignKey(Plan, models.PROTECT, null=True, blank=True, related_name="subscriptions")
    stripe_id = models.CharField(max_length=80, unique=True)
    status = models.CharField(max_length=20, choices=Status.choices)
    started_at = models.DateTimeField("began")
    period_start_at = models.DateTimeField("period began")
    period_end_at = models.DateTimeField("period ends")
    trial_end_at = models.DateTimeField("trial ends", null=True, blank=True)
    cancels_at = models.DateTimeField(
        "cancelled to", null=True, blank=True, help_text="When it will end, once its reader has cancelled."
    )
    ended_at = models.DateTimeField("ended", null=True, blank=True)
    pay_url = models.URLField("page to pay an open invoice", max_length=1000, blank=True)
    synced_at = models.DateTimeField("last fetched from Stripe")

    class Meta:
        ordering = ("-started_at",)

    def __str__(self) -> str:
        return f"{self.customer.user}: {self.get_status_display()}"


class SyncTicket(models.Model):
    """The order of fetches of one Stripe object.

    Whoever fetches draws a number first and writes only if no later number has been written, so that
    of two overlapping fetches the one begun later wins, without a lock held over a network call.
    """

    stripe_id = models.CharField(max_length=80, unique=True)
    drawn = models.PositiveBigIntegerField(default=0)
    written = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.stripe_id}: {self.written} of {self.drawn}"
