"""One issue of a letter: its stories in order, and where its sending stands."""

from django.db import models

from articles.models import Article
from newsletters.models.newsletter import Newsletter


class Edition(models.Model):
    class State(models.TextChoices):
        DRAFT = "draft", "draft"
        SENDING = "sending", "sending"
        SENT = "sent", "sent"
        HELD = "held", "held for a person"

    newsletter = models.ForeignKey(Newsletter, models.PROTECT, related_name="editions")
    subject = models.CharField(max_length=120)
    introduction = models.TextField(blank=True, help_text="A few words before the stories; may stay empty.")
    edition_date = models.DateField("date")
    stories = models.ManyToManyField(Article, through="EditionStory", related_name="editions")
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    sending_started_at = models.DateTimeField(null=True, blank=True, editable=False)
    sent_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ("-edition_date", "-pk")
        constraints = (models.UniqueConstraint(fields=("newsletter", "edition_date"), name="edition_once_a_day"),)

    def __str__(self) -> str:
        return f"{self.newsletter}, {self.edition_date:%-d %B %Y}"


class EditionStory(models.Model):
    """A story's place in an edition."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="places")
    article = models.ForeignKey(Article, models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField("order", default=0)
    teaser = models.TextField(blank=True, help_text="Instead of the standfirst; may stay empty.")

    class Meta:
        ordering = ("position", "pk")
        constraints = (models.UniqueConstraint(fields=("edition", "article"), name="edition_story_once"),)

    def __str__(self) -> str:
        return self.article.headline
