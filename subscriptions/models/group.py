"""Subscriptions that several people read on: their owner buys seats and gives them out."""

from typing import ClassVar

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from subscriptions.models.subscription import Subscription

DOMAIN = RegexValidator(
    r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$", "A domain such as example.org, in small letters."
)


class Group(models.Model):
    """The seats of one subscription (`Subscription.quantity` of them). Its owner reads without taking one."""

    subscription = models.OneToOneField(Subscription, models.PROTECT, related_name="group")
    name = models.CharField(max_length=120)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name

    @property
    def bought(self) -> int:
        """How many seats there are: none once its owner went over to a plan for one."""
        plan = self.subscription.plan
        return self.subscription.quantity if plan and plan.is_for_groups else 0


class GroupDomain(models.Model):
    """Whoever proves an e-mail address of this domain may take a free seat."""

    group = models.ForeignKey(Group, models.CASCADE, related_name="domains")
    domain = models.CharField(max_length=253, validators=[DOMAIN])

    class Meta:
        ordering = ("domain",)
        constraints = (models.UniqueConstraint(fields=("group", "domain"), name="group_domain_once"),)

    def __str__(self) -> str:
        return self.domain


class SeatQuerySet(models.QuerySet["Seat"]):
    def held(self) -> "SeatQuerySet":
        """Seats given out and not taken back, in the order in which they count against those bought."""
        return self.filter(returned_at__isnull=True).order_by("invited_at", "pk")


class Seat(models.Model):
    """A place given to an e-mail address; taken once its owner accepts, free again when taken back."""

    group = models.ForeignKey(Group, models.CASCADE, related_name="seats")
    email = models.EmailField()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="seats"
    )
    invited_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True, blank=True)
    returned_at = models.DateTimeField("taken back", null=True, blank=True)

    objects: ClassVar[models.Manager["Seat"]] = SeatQuerySet.as_manager()

    class Meta:
        ordering = ("invited_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("group", "email"), condition=Q(returned_at__isnull=True), name="seat_once_per_address"
            ),
            models.UniqueConstraint(
                fields=("group", "user"),
                condition=Q(returned_at__isnull=True, user__isnull=False),
                name="seat_once_per_reader",
            ),
        )

    def __str__(self) -> str:
        return f"{self.email} in {self.group}"
