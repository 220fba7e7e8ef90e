"""Which reviews a story needs, and what the reviewers said."""

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models

from articles.models import Article, Section


class ReviewPath(models.Model):
    """The reviews of a section's stories; the path without a section holds for all that have none."""

    section = models.OneToOneField(
        Section,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="review_path",
        help_text="Empty: for all sections without a path of their own.",
    )
    needs_two_people = models.BooleanField(
        default=False,
        help_text="At least two people must have approved, and nobody counts who wrote any of the text.",
    )

    class Meta:
        ordering = ("section__position", "pk")

    def __str__(self) -> str:
        return f"Reviews for {self.section}" if self.section else "Reviews of the house"

    def clean(self) -> None:
        others = ReviewPath.objects.exclude(pk=self.pk)
        if self.section is None and others.filter(section=None).exists():
            raise ValidationError({"section": "There is a path for the house already: change that one."})


class ReviewStep(models.Model):
    """One review: by whom, and by how many of them. Steps are due one after the other."""

    path = models.ForeignKey(ReviewPath, models.CASCADE, related_name="steps")
    name = models.CharField(max_length=60, help_text="For instance: fact check.")
    group = models.ForeignKey(Group, models.PROTECT, related_name="review_steps")
    approvals = models.PositiveSmallIntegerField(default=1, validators=[MinValueValidator(1)])
    position = models.PositiveSmallIntegerField("order", default=0)

    class Meta:
        ordering = ("position", "pk")

    def __str__(self) -> str:
        return self.name


class Verdict(models.TextChoices):
    APPROVED = "approved", "approved"
    CHANGES = "changes", "asked for changes"


class Review(models.Model):
    """What one person said of one very text; a later text needs new words (rule W2)."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="reviews")
    version = models.PositiveIntegerField(help_text="The revision that was read.")
    step = models.ForeignKey(ReviewStep, models.SET_NULL, null=True, blank=True, related_name="+")
    step_name = models.CharField(max_length=60, blank=True)
    verdict = models.CharField(max_length=8, choices=Verdict.choices)
    note = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    by_label = models.CharField("who", max_length=254, help_text="Kept when the account is deleted.")
    link = models.ForeignKey(
        "editorial.GuestLink", models.SET_NULL, null=True, blank=True, related_name="reviews"
    )
    at = models.DateTimeField("when")

    class Meta:
        ordering = ("at", "pk")
        indexes = (models.Index(fields=("article", "version"), name="review_version"),)

    def __str__(self) -> str:
        return f"{self.by_label} {self.get_verdict_display()} revision {self.version}"
