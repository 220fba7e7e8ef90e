"""Legal hold: nothing of the story goes out until someone entitled lifts it."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from articles.models import Article


class LegalHold(models.Model):
    article = models.ForeignKey(Article, models.CASCADE, related_name="holds")
    reason = models.TextField()
    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    placed_at = models.DateTimeField()
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_because = models.TextField(blank=True)

    class Meta:
        ordering = ("-placed_at",)
        permissions = (("lift_legalhold", "Can lift a legal hold"),)
        constraints = (
            models.UniqueConstraint(
                fields=("article",), condition=Q(lifted_at__isnull=True), name="one_hold_at_a_time"
            ),
        )

    def __str__(self) -> str:
        return f"Legal hold on {self.article}"
