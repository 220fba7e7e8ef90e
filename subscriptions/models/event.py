"""Stripe's events, stored once; a signal that something changed, never the data itself."""

from django.db import models


class StripeEvent(models.Model):
    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        DONE = "done", "done"
        IGNORED = "ignored", "ignored"
        FAILED = "failed", "failed"

    stripe_id = models.CharField(max_length=80, unique=True)
    type = models.CharField(max_length=80, db_index=True)
    subject = models.CharField(
        "about", max_length=80, blank=True, db_index=True, help_text="The Stripe object to fetch."
    )
    livemode = models.BooleanField()
    body = models.TextField(help_text="As received; scrubbed of personal data in time.")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING, db_index=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    note = models.TextField(blank=True, help_text="Why it was ignored or how it failed.")
    received_at = models.DateTimeField(db_index=True)
    try_after_at = models.DateTimeField(
        "next try", null=True, blank=True, help_text="While it waits for Stripe."
    )
    settled_at = models.DateTimeField(null=True, blank=True)
    scrubbed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-received_at",)
        verbose_name = "Stripe event"

    def __str__(self) -> str:
        return f"{self.type} {self.stripe_id}"
