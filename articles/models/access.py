"""What it takes to read a story."""

from django.db import models


class Access(models.TextChoices):
    FREE = "free", "everyone"
    REGISTERED = "registered", "registered readers"
    SUBSCRIBERS = "subscribers", "subscribers"
