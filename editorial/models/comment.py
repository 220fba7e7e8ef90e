"""Words in the margin: comments on a passage, replies, and suggested edits."""

from django.conf import settings
from django.db import models

from articles.models import Article


class Comment(models.Model):
    """A comment (or a reply, when it has a parent); with a replacement, a suggested edit.

    `start` and `end` count characters of `articles.markup.anchors.passage_text` of the latest text; both are
    null when the comment is about the whole story or its passage is gone, and `quote` keeps its words.
    """

    class State(models.TextChoices):
        OPEN = "open", "open"
        RESOLVED = "resolved", "resolved"
        ACCEPTED = "accepted", "accepted"
        REJECTED = "rejected", "rejected"

    article = models.ForeignKey(Article, models.CASCADE, related_name="comments")
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="replies")
    text = models.TextField(max_length=4000, blank=True)
    start = models.PositiveIntegerField(null=True, blank=True)
    end = models.PositiveIntegerField(null=True, blank=True)
    quote = models.TextField(blank=True)
    is_suggestion = models.BooleanField(default=False)
    replacement = models.TextField(blank=True, help_text="What to write in place of the passage.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    by_label = models.CharField("who", max_length=254, help_text="Kept when the account is deleted.")
    link = models.ForeignKey(
        "editorial.GuestLink", models.SET_NULL, null=True, blank=True, related_name="comments"
    )
    at = models.DateTimeField("when")
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    closed_by_label = models.CharField(max_length=254, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("at", "pk")
        indexes = (models.Index(fields=("article", "state"), name="comment_state"),)

    def __str__(self) -> str:
        return f"{self.by_label}: {self.text[:60]}"

    @property
    def passage(self) -> tuple[int, int] | None:
        """Where its words stand in the latest text; None for the whole story, or when they are gone."""
        return None if self.start is None or self.end is None else (self.start, self.end)

    @passage.setter
    def passage(self, place: tuple[int, int] | None) -> None:
        self.start, self.end = place or (None, None)
