"""Asking for letters without an account: nothing is sent before the address has said yes itself."""

from django.conf import settings
from django.db import models

from newsletters.models.newsletter import Newsletter


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
    confirmed_at = models.DateTimeField(null=True, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="letter_signups"
    )

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
