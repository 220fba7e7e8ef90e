"""Comparisons of our books with Stripe's, and the drift they found."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from subscriptions.models.customer import Customer


class Reconciliation(models.Model):
    """One comparison of everything. It can be stopped, and goes on from `phase` and `cursor`."""

    class State(models.TextChoices):
        RUNNING = "running", "running"
        STOPPED = "stopped", "stopped"
        DONE = "done", "done"

    state = models.CharField(max_length=7, choices=State.choices, default=State.RUNNING)
    phase = models.CharField(max_length=20, blank=True)
    cursor = models.CharField(max_length=80, blank=True, help_text="The last object of Stripe's compared.")
    compared = models.PositiveIntegerField(default=0, help_text="Objects compared so far.")
    expected = models.PositiveIntegerField(default=0, help_text="Objects the last comparison had.")
    found = models.PositiveIntegerField("drift found", default=0)
    repaired = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField()
    touched_at = models.DateTimeField("last sign of life")
    finished_at = models.DateTimeField(null=True, blank=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    trouble = models.TextField(blank=True, help_text="Why it stopped.")

    class Meta:
        ordering = ("-started_at",)
        constraints = (
            models.UniqueConstraint(
                fields=("state",), condition=Q(state="running"), name="one_reconciliation_at_a_time"
            ),
        )

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M}: {self.get_state_display()}"


class Drift(models.Model):
    """Something our books and Stripe's disagree on."""

    class Kind(models.TextChoices):
        MISSED_EVENT = "missed_event", "change we were never told of"
        FAILED_HANDLER = "failed_handler", "event that could not be acted on"
        WRONG_PERIOD = "wrong_period", "wrong end of period"
        WRONG_GRANT = "wrong_grant", "access that does not follow from the subscription"
        MISSED_INVOICE = "missed_invoice", "invoice or payment missing or changed"
        WRONG_PRICE = "wrong_price", "price that differs from its plan"
        FOREIGN_PRICE = "foreign_price", "reader of ours on a price that is not ours"
        DOUBLE = "double", "reader charged for two subscriptions"
        ORPHAN = "orphan", "not known to Stripe"
        STRANGER = "stranger", "subscription to our plan without an account here"
        CUSTOMER_DELETED = "customer_deleted", "customer deleted at Stripe"

    class State(models.TextChoices):
        OPEN = "open", "open"
        REPAIRED = "repaired", "repaired"
        GONE = "gone", "gone by itself"
        DISMISSED = "dismissed", "left as it is"

    kind = models.CharField(max_length=20, choices=Kind.choices)
    stripe_id = models.CharField("Stripe object", max_length=80)
    customer = models.ForeignKey(Customer, models.CASCADE, null=True, blank=True, related_name="drifts")
    ours = models.CharField(max_length=300, blank=True, help_text="What our books say.")
    theirs = models.CharField(max_length=300, blank=True, help_text="What Stripe's say.")
    state = models.CharField(max_length=9, choices=State.choices, default=State.OPEN)
    found_at = models.DateTimeField()
    seen_at = models.DateTimeField("last seen")
    alarmed_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("-found_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("kind", "stripe_id"), condition=Q(state="open"), name="open_drift_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.stripe_id}"
