"""What was wrong in a published story, said in public (rule W8)."""

from django.conf import settings
from django.db import models

from articles.models.article import Article


class Correction(models.Model):
    """A correction of a story: the notice readers see, and why the desk made it."""

    article = models.ForeignKey(Article, models.PROTECT, related_name="corrections")
    notice = models.TextField(max_length=1000, help_text="What was wrong and what is right, for readers.")
    reason = models.TextField(max_length=1000, help_text="How it came about, for the desk.")
    version = models.PositiveIntegerField(null=True, help_text="The revision that brought it.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    by_label = models.CharField("who", max_length=254, help_text="Kept when the account is deleted.")
    at = models.DateTimeField("when", db_index=True)

    class Meta:
        ordering = ("-at", "-id")

    def __str__(self) -> str:
        return self.notice

    @property
    def signature(self) -> str:
        """Whose word it is, for readers: the person's name, never their address; else the publication's."""
        name = self.by.name if self.by else ""
        return name if name and "@" not in name else str(settings.PUBLICATION["name"])
