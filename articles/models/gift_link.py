"""A story given away by a subscriber: whoever has the link reads it for some days."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models

from articles.models.article import Article


class GiftLinkQuerySet(models.QuerySet["GiftLink"]):
    def open(self, *, at: datetime) -> "GiftLinkQuerySet":
        return self.filter(created_at__lte=at, expires_at__gt=at)


class GiftLink(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="gift_links")
    article = models.ForeignKey(Article, models.CASCADE, related_name="gift_links")
    token = models.CharField(max_length=43, unique=True, editable=False)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    reads = models.PositiveIntegerField(default=0)

    objects: ClassVar[GiftLinkQuerySet] = GiftLinkQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ("-created_at", "-pk")
        indexes = (models.Index(fields=("user", "-created_at"), name="gift_link_user"),)

    def __str__(self) -> str:
        return f"{self.article}, given by {self.user}"
