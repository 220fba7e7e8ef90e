"""What someone agreed to: who, when, to which words, from where (GDPR article 7; ROSCA)."""

from django.conf import settings
from django.db import models


class Consent(models.Model):
    """An agreement, kept with its words for as long as the law may ask for it (at least three years)."""

    class Kind(models.TextChoices):
        TERMS = "terms", "terms of a subscription"
        EARLY_START = "early_start", "reading before the right to withdraw has lapsed"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="consents")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    text = models.TextField("words agreed to")
    source = models.CharField("page", max_length=200)
    network = models.CharField(max_length=50, blank=True, help_text="The address they came from, truncated.")
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-given_at",)
        indexes = (models.Index(fields=("user", "kind", "-given_at"), name="consent_lookup"),)

    def __str__(self) -> str:
        return f"{self.user}: {self.get_kind_display()}"
