"""The access ledger: every right to read is a row here."""

from datetime import datetime
from functools import reduce
from operator import or_
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from subscriptions.models.gift import Gift
from subscriptions.models.group import Seat
from subscriptions.models.institution import Institution
from subscriptions.models.subscription import Subscription


class Source(models.TextChoices):
    STRIPE = "stripe", "subscription"
    COMP = "comp", "complimentary"
    GIFT = "gift", "gift"
    SEAT = "seat", "group seat"
    INSTITUTION = "institution", "institution"
    STAFF = "staff", "staff"


class GrantQuerySet(models.QuerySet["Grant"]):
    def current(self, *, at: datetime) -> "GrantQuerySet":
        """Grants in force at the moment `at`: the start counts, the end does not."""
        return self.filter(starts_at__lte=at).filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at))

    def shut(self, *, at: datetime) -> None:
        """End at `at` whatever would last longer, also what had not begun by then."""
        self.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at)).update(ends_at=at)


FOLLOWED = {
    Source.STRIPE: "subscription",
    Source.GIFT: "gift",
    Source.SEAT: "seat",
    Source.INSTITUTION: "institution",
}
"""The row that a grant of each source follows."""


def _follows(source: str) -> Q:
    followed = {f"{field}__isnull": FOLLOWED.get(Source(source)) != field for field in FOLLOWED.values()}
    return Q(source=source, **followed)


_FOLLOWS_ITS_SOURCE = reduce(or_, (_follows(source) for source in Source.values))


class Grant(models.Model):
    """Someone may read subscribers' stories from `starts_at` until `ends_at` (open when null)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="grants")
    source = models.CharField(max_length=12, choices=Source.choices)
    subscription = models.OneToOneField(
        Subscription, models.CASCADE, null=True, blank=True, related_name="grant"
    )
    gift = models.OneToOneField(Gift, models.PROTECT, null=True, blank=True, related_name="grant")
    seat = models.OneToOneField(Seat, models.CASCADE, null=True, blank=True, related_name="grant")
    institution = models.ForeignKey(Institution, models.CASCADE, null=True, blank=True, related_name="grants")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=200, help_text="In plain words; the reader sees it.")
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager["Grant"]] = GrantQuerySet.as_manager()

    class Meta:
        ordering = ("-starts_at",)
        indexes = (models.Index(fields=("user", "starts_at", "ends_at"), name="grant_lookup"),)
        constraints = (
            models.CheckConstraint(condition=_FOLLOWS_ITS_SOURCE, name="grant_follows_its_source"),
            models.UniqueConstraint(fields=("institution", "user"), name="grant_once_per_institution"),
        )

    def __str__(self) -> str:
        return f"{self.user}: {self.get_source_display()}"
