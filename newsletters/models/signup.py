"""Asking for letters without an account: nothing is sent before the address has said yes itself."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models

from newsletters.models.newsletter import Newsletter

TRIES_FOR = timedelta(hours=1)
"""After that the letter that asks for the yes is not sent any more: whoever asked has gone."""

KEPT_FOR = timedelta(days=30)
"""How long a request stays that nobody confirmed."""


class SignUpQuerySet(models.QuerySet["SignUp"]):
    def to_mail(self, *, at: datetime) -> "SignUpQuerySet":
        """Requests whose letter is due at the moment `at`."""
        return self.filter(mailed_at=None, confirmed_at=None, asked_at__gt=at - TRIES_FOR)

    def forgotten(self, *, at: datetime) -> "SignUpQuerySet":
        """Requests that nobody confirmed in time."""
        return self.filter(confirmed_at=None, asked_at__lte=at - KEPT_FOR)


class SignUp(models.Model):
    """What was asked for an address, in which words, from where; a consent once it is confirmed (rule G5).

    Until then nobody knows whether the address belongs to whoever typed it, so it is no reader of ours yet.
    """

    address = models.EmailField(max_length=254, db_index=True)
    newsletters = models.ManyToManyField(Newsletter, related_name="+")
    text = models.TextField("words agreed to")
    source = models.CharField("page", max_length=200)
    network = models.CharField(max_length=50, blank=True, help_text="The address they came from, truncated.")
    asked_at = models.DateTimeField()
    mailed_at = models.DateTimeField("letter sent", null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="letter_signups"
    )

    objects: ClassVar[models.Manager["SignUp"]] = SignUpQuerySet.as_manager()

    class Meta:
        ordering = ("-asked_at",)
        verbose_name = "sign-up"
        constraints = (
            models.CheckConstraint(
                condition=models.Q(confirmed_at__isnull=True) | models.Q(user__isnull=False),
                name="signup_confirmed_is_someone",
            ),
        )

    def __str__(self) -> str:
        return f"{self.address}, {self.asked_at:%B %-d, %Y}"


class Wishes(models.Model):
    """What a reader wants of all letters together; without a row, nothing special."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="mail_wishes")
    paused_until = models.DateTimeField(
        null=True, blank=True, help_text="No letter goes to them before; account mail does."
    )

    class Meta:
        verbose_name_plural = "wishes"

    def __str__(self) -> str:
        return f"{self.user}"
