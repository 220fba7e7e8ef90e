"""One issue of a letter: its stories in order, and where its sending stands."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from articles.models import Article
from newsletters.models.newsletter import Newsletter
from newsletters.models.variant import Variant


class EditionQuerySet(models.QuerySet["Edition"]):
    def released(self) -> "EditionQuerySet":
        """Editions that were let go to readers, whole or in part."""
        return self.filter(sending_started_at__isnull=False)


class Edition(models.Model):
    """Draft → sending → sent; held while a person has to decide whether it still goes out."""

    class State(models.TextChoices):
        DRAFT = "draft", "draft"
        SENDING = "sending", "sending"
        SENT = "sent", "sent"
        HELD = "held", "held for a person"

    newsletter = models.ForeignKey(Newsletter, models.PROTECT, related_name="editions")
    subject = models.CharField(
        max_length=120, blank=True, help_text="Empty: the headline of the first story."
    )
    introduction = models.TextField(blank=True, help_text="A few words before the stories; may stay empty.")
    edition_date = models.DateField("date")
    stories = models.ManyToManyField(Article, through="EditionStory", related_name="editions")
    state = models.CharField(
        max_length=8, choices=State.choices, default=State.DRAFT, editable=False, db_index=True
    )
    held_because = models.CharField(max_length=200, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    arranged_at = models.DateTimeField("arranged by hand", null=True, blank=True, editable=False)
    arranged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    due_at = models.DateTimeField("due", null=True, blank=True, editable=False)
    sending_started_at = models.DateTimeField("first let go", null=True, blank=True, editable=False)
    released_at = models.DateTimeField("last let go", null=True, blank=True, editable=False)
    recipients_fixed_at = models.DateTimeField(null=True, blank=True, editable=False)
    sent_at = models.DateTimeField("sent", null=True, blank=True, editable=False)

    objects: ClassVar[models.Manager["Edition"]] = EditionQuerySet.as_manager()

    class Meta:
        ordering = ("-edition_date", "-pk")
        permissions = (("send_edition", "Can send an edition and decide about its deliveries"),)
        constraints = (
            models.UniqueConstraint(
                fields=("newsletter", "edition_date"),
                name="edition_once_a_day",
                violation_error_message="There is an edition of this letter for that day already.",
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(state="held") | Q(released_at__isnull=False),
                name="edition_sent_was_released",
            ),
        )

    def __str__(self) -> str:
        return f"{self.newsletter}, {self.edition_date:%B %-d, %Y}"

    def get_absolute_url(self) -> str:
        return reverse("newsletter_edition", args=(self.newsletter.slug, self.edition_date))

    @property
    def can_be_arranged(self) -> bool:
        """Stories and words may change until the first recipients were fixed."""
        return self.state == self.State.DRAFT or (
            self.state == self.State.HELD and self.recipients_fixed_at is None
        )

    def waiting_since(self) -> datetime | None:
        """From when rule E5 counts: when it was due, or when somebody last let it go."""
        moments = [moment for moment in (self.due_at, self.released_at) if moment]
        return max(moments, default=None)


class EditionStory(models.Model):
    """A story's place in an edition."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="places")
    article = models.ForeignKey(
        Article,
        models.PROTECT,
        related_name="+",
        limit_choices_to={"published_at__isnull": False},
    )
    position = models.PositiveSmallIntegerField("order", default=0)
    teaser = models.TextField(blank=True, help_text="Instead of the standfirst; may stay empty.")

    class Meta:
        ordering = ("position", "pk")
        verbose_name = "story"
        verbose_name_plural = "stories"
        constraints = (
            models.UniqueConstraint(
                fields=("edition", "article"),
                name="edition_story_once",
                violation_error_message="This story is in the edition already.",
            ),
        )

    def __str__(self) -> str:
        return self.article.headline


class EditionCopy(models.Model):
    """What one kind of reader gets, rendered once when the edition is let go, the personal marks left open.

    Holds paid text: it is read by the sender alone, never by a page.
    """

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="copies")
    variant = models.CharField(max_length=10, choices=Variant.choices)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField()
    story_ids = models.JSONField(
        default=list, help_text="The stories in it, so that a withdrawn one can stop it."
    )
    made_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("edition", "variant"), name="copy_once"),)

    def __str__(self) -> str:
        return f"{self.edition} for a {self.get_variant_display()}"
