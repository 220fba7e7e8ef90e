"""Keys with which a reader's own programs read: a feed reader, an app, a partner's server."""

from typing import ClassVar

from django.conf import settings
from django.db import models


class ReadingKeyQuerySet(models.QuerySet["ReadingKey"]):
    def living(self) -> "ReadingKeyQuerySet":
        return self.filter(revoked_at__isnull=True, user__is_active=True)


class ReadingKey(models.Model):
    """Reads as its account reads, no more: what it opens is decided anew at every request.

    Only a digest of the key is kept, so it is shown once, when it is made.
    """

    class Kind(models.TextChoices):
        FEED = "feed", "personal feed"
        API = "api", "API"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="reading_keys")
    kind = models.CharField(max_length=4, choices=Kind.choices)
    name = models.CharField(max_length=80, help_text="What it is for: a feed reader, an app, a partner.")
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(editable=False)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects: ClassVar[ReadingKeyQuerySet] = ReadingKeyQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("-created_at", "-pk")
        indexes = (models.Index(fields=("user", "kind"), name="reading_key_user_kind"),)

    def __str__(self) -> str:
        return self.name
