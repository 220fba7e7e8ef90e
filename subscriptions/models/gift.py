"""Subscriptions bought for someone else."""

from django.conf import settings
from django.db import models

from kit.money import format_money
from subscriptions.models.plan import Plan


class Gift(models.Model):
    """One period of a plan, paid once by its giver and read by whoever redeems the code."""

    class State(models.TextChoices):
        UNPAID = "unpaid", "not paid yet"
        PAID = "paid", "paid"
        DELIVERED = "delivered", "delivered"
        REDEEMED = "redeemed", "redeemed"
        REFUNDED = "refunded", "refunded"

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="gifts")
    giver = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="gifts_given")
    giver_name = models.CharField("from", max_length=100)
    recipient_name = models.CharField("for", max_length=100)
    recipient_email = models.EmailField("their e-mail address")
    message = models.TextField(max_length=1000, blank=True)
    deliver_on = models.DateField("deliver on", help_text="A day in the newsroom's time zone.")
    code = models.CharField(max_length=24, unique=True, editable=False)
    amount = models.PositiveIntegerField("price in minor units")
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=9, choices=State.choices, default=State.UNPAID, db_index=True)
    intent_id = models.CharField("Stripe payment intent", max_length=80, blank=True, db_index=True)
    created_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    redeemed_at = models.DateTimeField(null=True, blank=True)
    redeemed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="gifts_redeemed"
    )
    refunded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return f"{self.plan.name} for {self.recipient_name}, from {self.giver_name}"

    @property
    def price(self) -> str:
        return format_money(self.amount, self.currency)
