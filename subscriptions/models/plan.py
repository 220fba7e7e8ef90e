"""What readers can buy."""

from typing import ClassVar

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models

from kit.money import format_money


class Interval(models.TextChoices):
    MONTH = "month", "month"
    YEAR = "year", "year"


class PlanQuerySet(models.QuerySet["Plan"]):
    def on_sale(self) -> "PlanQuerySet":
        """Plans a reader can buy now, in the order the publisher chose."""
        return self.filter(is_active=True).exclude(stripe_price_id="").order_by("position", "amount")


class Plan(models.Model):
    """A price for reading, mirrored in Stripe as one product with one price (`manage.py sync_plans`)."""

    key = models.SlugField(
        unique=True, help_text="Stripe's lookup key for the price; never shown to readers."
    )
    name = models.CharField(max_length=80)
    description = models.CharField(max_length=200, blank=True)
    amount = models.PositiveIntegerField(
        "price in minor units",
        validators=[MinValueValidator(1)],
        help_text="Cents, pence, yen: 900 is $9.00.",
    )
    currency = models.CharField(
        max_length=3,
        default="usd",
        validators=[RegexValidator(r"^[a-z]{3}$", "Three small letters, such as usd.")],
    )
    interval = models.CharField(
        "charged every", max_length=5, choices=Interval.choices, default=Interval.MONTH
    )
    trial_days = models.PositiveSmallIntegerField(default=0)
    position = models.PositiveSmallIntegerField("order", default=0)
    is_active = models.BooleanField("on sale", default=True)
    stripe_price_id = models.CharField(
        "Stripe price", max_length=80, blank=True, editable=False, db_index=True
    )

    objects: ClassVar[models.Manager["Plan"]] = PlanQuerySet.as_manager()

    class Meta:
        ordering = ("position", "amount")

    def __str__(self) -> str:
        return f"{self.name} ({self.price} a {self.interval})"

    @property
    def price(self) -> str:
        """The price as readers see it: `$9`, `€79.50`."""
        return format_money(self.amount, self.currency)
