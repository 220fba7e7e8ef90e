"""Someone with a story open, and what they typed and have not saved."""

from django.conf import settings
from django.db import models

from articles.models import Article


class Sitting(models.Model):
    """One person's tab on one story: presence, and a shadow draft when there is unsaved text."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="sittings")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="sittings")
    tab = models.CharField(max_length=40, help_text="Chosen by the browser, one for each tab.")
    base = models.PositiveIntegerField(help_text="The revision that was opened.")
    content = models.JSONField(null=True, blank=True, help_text="editorial.typed: typed and not saved yet.")
    opened_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    typed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-seen_at",)
        constraints = (models.UniqueConstraint(fields=("article", "user", "tab"), name="sitting_once"),)
        indexes = (models.Index(fields=("article", "-seen_at"), name="sitting_seen"),)

    def __str__(self) -> str:
        return f"{self.user} at {self.article}"
