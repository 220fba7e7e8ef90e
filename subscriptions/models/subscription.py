"""Our copy of a Stripe subscription, set only from a fresh fetch (rule S5)."""

from django.db import models

from kit.money import format_money
from subscriptions.models.customer import Customer
from subscriptions.models.plan import Interval, Plan


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
    cancelled_at = models.DateTimeField(
        "asked to end", null=True, blank=True, help_text="When its reader, or whoever ended it, did so."
    )
    ended_at = models.DateTimeField("ended", null=True, blank=True)
    pay_url = models.URLField("page to pay an open invoice", max_length=1000, blank=True)
    price_id = models.CharField("Stripe price", max_length=80, blank=True)
    item_id = models.CharField("Stripe item", max_length=80, blank=True)
    amount = models.PositiveIntegerField("price in minor units", default=0, help_text="For one seat.")
    currency = models.CharField(max_length=3, default="usd")
    interval = models.CharField(
        "charged every", max_length=5, choices=Interval.choices, default=Interval.MONTH
    )
    quantity = models.PositiveIntegerField("seats", default=1)
    discount = models.CharField(max_length=80, blank=True, help_text="Stripe's name of the coupon.")
    pause_behavior = models.CharField("collection paused", max_length=20, blank=True)
    resumes_at = models.DateTimeField("collection resumes", null=True, blank=True)
    has_pending_update = models.BooleanField(default=False, help_text="A change waits for its payment.")
    end_reason = models.CharField(
        max_length=40, blank=True, help_text="Why it was cancelled, in Stripe's word."
    )
    card_brand = models.CharField(max_length=20, blank=True)
    card_last4 = models.CharField(max_length=4, blank=True)
    card_expires = models.CharField(max_length=7, blank=True, help_text="Month and year: 04/2031.")
    covered_until_at = models.DateTimeField(
        "invoiced and settled until", null=True, blank=True, help_text="Free periods count."
    )
    paid_until_at = models.DateTimeField(
        "paid until", null=True, blank=True, help_text="By money that was not given back."
    )
    money_back_at = models.DateTimeField(
        "money given back",
        null=True,
        blank=True,
        help_text="For the period that runs: refund or lost dispute.",
    )
    disputed_at = models.DateTimeField(
        "payment disputed", null=True, blank=True, help_text="While a dispute is open."
    )
    synced_at = models.DateTimeField("last fetched from Stripe")

    class Meta:
        ordering = ("-started_at",)
        indexes = (models.Index(fields=("status", "period_end_at"), name="subscription_due"),)

    def __str__(self) -> str:
        return f"{self.customer.user}: {self.get_status_display()}"

    @property
    def price(self) -> str:
        """What is charged each time, before discount and tax: `$9`."""
        return format_money(self.amount * self.quantity, self.currency)


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
