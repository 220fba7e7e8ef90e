"""The two forms in which an edition goes out."""

from django.db import models


class Variant(models.TextChoices):
    SUBSCRIBER = "subscriber", "subscriber"
    FREE = "free", "free reader"
