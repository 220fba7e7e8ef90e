"""Links by which someone without an account sees a story before the public does."""

from datetime import datetime

from django.conf import settings
from django.db import models

from articles.models import Article


class GuestLink(models.Model):
    """A link for one guest: to look, or to comment and give a verdict under their name.

    The address holds a signed token; whether it still opens is told by this row alone.
    """

    article = models.ForeignKey(Article, models.CASCADE, related_name="guest_links")
    name = models.CharField(max_length=120, help_text="Whom it is for; what they say stands under it.")
    email = models.EmailField("e-mail address", blank=True)
    may_review = models.BooleanField("may comment and give a verdict", default=False)
    step = models.ForeignKey(
        "editorial.ReviewStep",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="The review step that the verdict counts for.",
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField("last opened", null=True, blank=True)

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return f"Link for {self.name}"

    def is_open(self, *, at: datetime) -> bool:
        return self.revoked_at is None and at < self.expires_at
