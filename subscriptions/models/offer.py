"""Reductions: codes that readers type, and offers made to those who leave or have left."""

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q

from kit.money import format_money
from subscriptions.models.plan import Plan


class Offer(models.Model):
    """Mirrored in Stripe as a coupon and, for a code, a promotion code (`manage.py sync_plans`)."""

    class Kind(models.TextChoices):
        CODE = "code", "code to type at the till"
        WIN_BACK = "win_back", "for readers whose subscription ended"
        RETENTION = "retention", "for readers about to cancel"

    class Duration(models.TextChoices):
        ONCE = "once", "the first charge"
        REPEATING = "repeating", "some months"
        FOREVER = "forever", "every charge"

    name = models.CharField(max_length=40, help_text="Readers see it on their invoices.")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.CODE)
    code = models.CharField(
        max_length=40,
        blank=True,
        validators=[RegexValidator(r"^[A-Za-z0-9-]{3,}$", "Letters, digits and hyphens, three or more.")],
        help_text="For a code: what readers type.",
    )
    percent_off = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    amount_off = models.PositiveIntegerField("amount off, in minor units", null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True, help_text="Of the amount off.")
    duration = models.CharField(max_length=9, choices=Duration.choices, default=Duration.ONCE)
    months = models.PositiveSmallIntegerField(null=True, blank=True, help_text="For how many, if some.")
    plans = models.ManyToManyField(
        Plan, blank=True, related_name="offers", help_text="None chosen: every plan."
    )
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    max_redemptions = models.PositiveIntegerField("how often at most", null=True, blank=True)
    is_active = models.BooleanField("open", default=True)
    stripe_coupon_id = models.CharField(max_length=80, blank=True, editable=False)
    stripe_promotion_id = models.CharField(max_length=80, blank=True, editable=False)

    class Meta:
        ordering = ("kind", "name")
        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            models.CheckConstraint(
                condition=Q(percent_off__isnull=False, amount_off__isnull=True)
                | (Q(percent_off__isnull=True, amount_off__isnull=False) & ~Q(currency="")),
                name="offer_percent_or_amount",
            ),
            models.UniqueConstraint(fields=("code",), condition=~Q(code=""), name="offer_code_once"),
        )

    def __str__(self) -> str:
        return f"{self.name}: {self.reduction}"

    @property
    def reduction(self) -> str:
        """`20% off`, `$5 off for 3 months`."""
        off = (
            f"{self.percent_off}%" if self.percent_off else format_money(self.amount_off or 0, self.currency)
        )
        length = {"once": "the first charge", "repeating": f"{self.months} months", "forever": "every charge"}
        return f"{off} off {'for ' if self.duration == 'repeating' else ''}{length[self.duration]}"


class OfferShowing(models.Model):
    """An offer was put before a reader; each reader sees each offer once."""

    offer = models.ForeignKey(Offer, models.CASCADE, related_name="showings")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    shown_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("offer", "user"), name="offer_shown_once"),)

    def __str__(self) -> str:
        return f"{self.offer} → {self.user}"
