"""The meter: how many gated stories someone without a subscription has opened this month."""

from datetime import date, datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.timezone import localtime

from articles.models.article import Article


def month_of(at: datetime) -> date:
    """The first day of the month that `at` falls in, by the newsroom's clock."""
    return localtime(at).date().replace(day=1)


class Meter(models.Model):
    """One reader's meter: an account's, or a browser's that holds its key in a signed cookie."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="meter"
    )
    key = models.CharField(max_length=43, null=True, blank=True, unique=True, editable=False)
    allowance = models.PositiveSmallIntegerField(
        "stories a month", null=True, blank=True, help_text="Empty: as for everyone."
    )
    created_at = models.DateTimeField(editable=False)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(user__isnull=True, key__isnull=False) | Q(user__isnull=False, key__isnull=True),
                name="meter_of_account_or_browser",
            ),
        )

    def __str__(self) -> str:
        return f"Meter of {self.user}" if self.user else "A visitor's meter"


class MeterReadQuerySet(models.QuerySet["MeterRead"]):
    def in_month_of(self, at: datetime) -> "MeterReadQuerySet":
        return self.filter(month=month_of(at))


class MeterRead(models.Model):
    """A gated story that was opened in a month; opening it again that month costs nothing."""

    meter = models.ForeignKey(Meter, models.CASCADE, related_name="reads")
    article = models.ForeignKey(Article, models.CASCADE, related_name="+")
    month = models.DateField()
    at = models.DateTimeField()

    objects: ClassVar[MeterReadQuerySet] = MeterReadQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("at", "pk")
        constraints = (models.UniqueConstraint(fields=("meter", "article", "month"), name="meter_read_once"),)
        indexes = (models.Index(fields=("month",), name="meter_read_month"),)

    def __str__(self) -> str:
        return f"{self.article} in {self.month:%B %Y}"
