"""A letter that is sent again and again, who gets it unasked, and what readers say about it."""

from typing import ClassVar

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models

from subscriptions.models import Plan


class Audience(models.TextChoices):
    """Who gets a letter without asking, until they say no."""

    ASKED = "asked", "nobody: those who ask for it"
    REGISTERED = "registered", "every reader with an account"
    SUBSCRIBERS = "subscribers", "every subscriber"


class Cadence(models.TextChoices):
    """How often a reader wants a letter, at most."""

    EACH = "each", "every edition"
    WEEKLY = "weekly", "at most one a week"
    MONTHLY = "monthly", "at most one a month"


class NewsletterQuerySet(models.QuerySet["Newsletter"]):
    def active(self) -> "NewsletterQuerySet":
        """Letters that readers can have."""
        return self.filter(is_active=True)

    def offered(self) -> "NewsletterQuerySet":
        """Letters that anyone may ask for."""
        return self.active().filter(is_offered=True)


class Newsletter(models.Model):
    """A list in the sense of RFC 2919. `goes_to`: who has it as part of what they are, until they say no."""

    name = models.CharField(max_length=80, unique=True)
    slug = models.SlugField(max_length=60, unique=True)
    description = models.CharField(
        max_length=240, blank=True, help_text="What it brings and when; readers see it."
    )
    goes_to = models.CharField(
        "goes, unasked, to",
        max_length=11,
        choices=Audience.choices,
        default=Audience.SUBSCRIBERS,
        help_text="Until they unsubscribe. Others get it when they ask, if it is offered.",
    )
    plans = models.ManyToManyField(
        Plan,
        blank=True,
        related_name="+",
        help_text="Only subscribers of these; none chosen: of every plan, and whoever else may read.",
    )
    is_offered = models.BooleanField(
        "offered to everyone", default=True, help_text="Shown on sign-up pages; anyone may ask for it."
    )
    position = models.PositiveSmallIntegerField(
        "order", default=0, help_text="Among the letters readers see."
    )
    stories_per_section = models.PositiveSmallIntegerField(
        default=3,
        validators=[MinValueValidator(1)],
        help_text="At most, when an edition is compiled by itself.",
    )
    is_active = models.BooleanField("active", default=True)

    objects: ClassVar[models.Manager["Newsletter"]] = NewsletterQuerySet.as_manager()

    class Meta:
        ordering = ("position", "pk")
        permissions = (("import_newsletter", "Can take in and hand out lists of readers"),)

    def __str__(self) -> str:
        return self.name


class Preference(models.Model):
    """What one reader said about one letter. Without a row the letter's own rule holds."""

    newsletter = models.ForeignKey(Newsletter, models.CASCADE, related_name="preferences")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="newsletter_preferences")
    is_wanted = models.BooleanField("wants it")
    cadence = models.CharField("how often", max_length=7, choices=Cadence.choices, default=Cadence.EACH)
    source = models.CharField(
        max_length=40, help_text="Where they said so: sign-up, account page, one click…"
    )
    changed_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("newsletter", "user"), name="preference_once"),)

    def __str__(self) -> str:
        return f"{self.user} {'wants' if self.is_wanted else 'does not want'} {self.newsletter}"
