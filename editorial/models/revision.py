"""Every saved text of a story."""

from django.conf import settings
from django.db import models

from articles.models import Article, State


class Revision(models.Model):
    """One saved text, never changed afterwards; `number` counts from 1 within the story."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    content = models.JSONField(help_text="editorial.content.Content as JSON.")
    word_count = models.PositiveIntegerField(default=0)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    by_label = models.CharField("who", max_length=254, help_text="Kept when the account is deleted.")
    at = models.DateTimeField("when")
    state = models.CharField(max_length=20, choices=State.choices, help_text="Where the story stood.")
    name = models.CharField(max_length=80, blank=True, help_text="For instance: as sent to the lawyer.")
    note = models.CharField(max_length=200, blank=True, help_text="How it came about, if not by writing.")

    class Meta:
        ordering = ("-number",)
        constraints = (models.UniqueConstraint(fields=("article", "number"), name="revision_number_once"),)

    def __str__(self) -> str:
        return self.name or f"Revision {self.number}"
