"""A new price for those who already subscribe, told beforehand."""

from django.conf import settings
from django.db import models
from django.utils.timezone import localtime

from subscriptions.models.plan import Plan
from subscriptions.models.subscription import Subscription


class PriceRise(models.Model):
    """From `starts_at` on, renewals of `plan` cost the plan's present price."""

    class State(models.TextChoices):
        DRAFT = "draft", "not announced"
        ANNOUNCED = "announced", "announced"
        DONE = "done", "done"
        WITHDRAWN = "withdrawn", "withdrawn"

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="price_rises")
    starts_at = models.DateTimeField("first renewals at the new price")
    notice_days = models.PositiveSmallIntegerField(
        "days of notice", default=30, help_text="Nobody pays more before having been told this long ago."
    )
    reason = models.TextField(help_text="Readers see it in the letter.")
    state = models.CharField(max_length=9, choices=State.choices, default=State.DRAFT)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    announced_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ("-starts_at",)

    def __str__(self) -> str:
        return f"{self.plan.name}, from {localtime(self.starts_at):%Y-%m-%d}"


class PriceRiseStep(models.Model):
    """One subscription's part in a price rise."""

    rise = models.ForeignKey(PriceRise, models.CASCADE, related_name="steps")
    subscription = models.ForeignKey(Subscription, models.CASCADE, related_name="+")
    old_amount = models.PositiveIntegerField(help_text="Minor units, for one seat.")
    new_amount = models.PositiveIntegerField(help_text="Minor units, for one seat.")
    from_at = models.DateTimeField(
        "first renewal that costs more", null=True, blank=True, help_text="As the letter says."
    )
    notified_at = models.DateTimeField(null=True, blank=True)
    applied_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField("left out because", max_length=200, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("rise", "subscription"), name="rise_once"),)

    def __str__(self) -> str:
        return f"{self.subscription}: {self.old_amount} → {self.new_amount}"
