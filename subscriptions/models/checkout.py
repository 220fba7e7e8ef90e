"""A visit to Stripe Checkout that we began."""

from django.conf import settings
from django.db import models

from subscriptions.models.gift import Gift
from subscriptions.models.offer import Offer
from subscriptions.models.plan import Plan
from subscriptions.models.subscription import Subscription


class Checkout(models.Model):
    class State(models.TextChoices):
        OPEN = "open", "open"
        COMPLETE = "complete", "complete"
        EXPIRED = "expired", "expired"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="checkouts")
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="+")
    gift = models.OneToOneField(Gift, models.PROTECT, null=True, blank=True, related_name="checkout")
    offer = models.ForeignKey(Offer, models.SET_NULL, null=True, blank=True, related_name="+")
    group_name = models.CharField(max_length=120, blank=True)
    quantity = models.PositiveIntegerField("seats", default=1)
    amount = models.PositiveIntegerField("price in minor units", default=0, help_text="For one seat.")
    currency = models.CharField(max_length=3, default="usd")
    stripe_id = models.CharField(max_length=120, unique=True)
    price_id = models.CharField("Stripe price", max_length=80, blank=True)
    url = models.URLField(max_length=1000)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    return_path = models.CharField("page that led here", max_length=300, blank=True)
    wall = models.CharField("wall that led here", max_length=20, blank=True)
    subscription = models.OneToOneField(
        Subscription, models.SET_NULL, null=True, blank=True, related_name="checkout"
    )
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        ordering = ("-created_at",)
        indexes = (models.Index(fields=("user", "state"), name="checkout_open"),)

    def __str__(self) -> str:
        return f"{self.user} → {self.plan.name}: {self.state}"
