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
    cancel_at_period_end = models.BooleanField("ends with the period", default=False)
    started_at = models.DateTimeField()
    period_end_at = models.DateTimeField(null=True, blank=True)
    trial_end_at = models.DateTimeField(null=True, blank=True)
    past_due_since_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    synced_at = models.DateTimeField("last fetched from Stripe")

    class Meta:
        ordering = ("-started_at",)

    def __str__(self) -> str:
        return f"{self.customer.user}: {self.get_status_display()}"
