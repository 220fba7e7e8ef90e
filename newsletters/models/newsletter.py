"""A letter that is sent again and again, and who wants it."""

from typing import ClassVar

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models


class NewsletterQuerySet(models.QuerySet["Newsletter"]):
    def active(self) -> "NewsletterQuerySet":
        """Letters that readers can have."""
        return self.filter(is_active=True)


class Newsletter(models.Model):
    """A list in the sense of RFC 2919. `for_subscribers`: part of a subscription until its reader says no."""

    name = models.CharField(max_length=80, unique=True)
    slug = models.SlugField(max_length=60, unique=True)
    description = models.CharField(
        max_length=240, blank=True, help_text="What it brings and when; readers see it."
    )
    for_subscribers = models.BooleanField(
        "goes to every subscriber",
        default=True,
        help_text="Until they unsubscribe. Others get it when they ask.",
    )
    stories_per_section = models.PositiveSmallIntegerField(
        default=3,
        validators=[MinValueValidator(1)],
        help_text="At most, when an edition is compiled by itself.",
    )
    is_active = models.BooleanField("active", default=True)

    objects: ClassVar[models.Manager["Newsletter"]] = NewsletterQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.name


class Preference(models.Model):
    """What one reader said about one letter. Without a row the letter's own rule holds."""

    newsletter = models.ForeignKey(Newsletter, models.CASCADE, related_name="preferences")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="newsletter_preferences")
    is_wanted = models.BooleanField("wants it")
    source = models.CharField(
        max_length=40, help_text="Where they said so: sign-up, account page, one click…"
    )
    changed_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("newsletter", "user"), name="preference_once"),)

    def __str__(self) -> str:
        return f"{self.user} {'wants' if self.is_wanted else 'does not want'} {self.newsletter}"
