"""What readers can buy."""

from typing import ClassVar

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q

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
    trial_needs_card = models.BooleanField(
        "card asked for at the trial's start", default=True, help_text="Without one the trial ends paused."
    )
    is_open_amount = models.BooleanField(
        "reader chooses the price", default=False, help_text="The price above is then the least they can pay."
    )
    suggested_amount = models.PositiveIntegerField(
        "suggested price", null=True, blank=True, help_text="Minor units; for plans whose price is chosen."
    )
    is_giftable = models.BooleanField("can be given", default=False)
    is_for_groups = models.BooleanField("sold by seat", default=False, help_text="The price is for one seat.")
    least_seats = models.PositiveSmallIntegerField(default=2, validators=[MinValueValidator(1)])
    most_seats = models.PositiveSmallIntegerField(default=200, validators=[MinValueValidator(1)])
    has_print = models.BooleanField("printed copy", default=False, help_text="Asks for a postal address.")
    position = models.PositiveSmallIntegerField("order", default=0)
    is_active = models.BooleanField("on sale", default=True)
    stripe_price_id = models.CharField(
        "Stripe price", max_length=80, blank=True, editable=False, db_index=True
    )

    stripe_product_id = models.CharField("Stripe product", max_length=80, blank=True, editable=False)

    objects: ClassVar[models.Manager["Plan"]] = PlanQuerySet.as_manager()

    class Meta:
        ordering = ("position", "amount")

    def __str__(self) -> str:
        return f"{self.name} ({self.price} a {self.interval})"

    @property
    def price(self) -> str:
        """The price as readers see it: `$9`, `€79.50`."""
        return format_money(self.amount, self.currency)


class PlanCurrency(models.Model):
    """What a plan costs in a further currency."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="currencies")
    currency = models.CharField(
        max_length=3, validators=[RegexValidator(r"^[a-z]{3}$", "Three small letters, such as eur.")]
    )
    amount = models.PositiveIntegerField("price in minor units", validators=[MinValueValidator(1)])

    class Meta:
        ordering = ("currency",)
        verbose_name_plural = "further currencies"
        constraints = (models.UniqueConstraint(fields=("plan", "currency"), name="one_price_per_currency"),)

    def __str__(self) -> str:
        return format_money(self.amount, self.currency)


class PlanPrice(models.Model):
    """A Stripe price that sells a plan, or once did: whoever pays one of these is a reader of ours.

    Written by `sync_plans`, and for prices that readers chose themselves when their subscription arrives.
    """

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="prices")
    stripe_id = models.CharField(max_length=80, unique=True)
    currency = models.CharField(max_length=3)
    amount = models.PositiveIntegerField("price in minor units")
    interval = models.CharField(max_length=5, choices=Interval.choices)
    is_current = models.BooleanField("on sale", default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("plan", "currency"), condition=Q(is_current=True), name="one_current_price"
            ),
        )

    def __str__(self) -> str:
        return f"{format_money(self.amount, self.currency)} a {self.interval}"

    @property
    def months(self) -> int:
        """How many months one charge pays for."""
        return 12 if self.interval == Interval.YEAR else 1
