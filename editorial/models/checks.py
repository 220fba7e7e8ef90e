"""What the preflight looks for: how strict each check is, the house style, and which links are dead."""

from django.db import models


class CheckRule(models.Model):
    """How much one check of `editorial.preflight` weighs; a check without a rule has its own default."""

    class Level(models.TextChoices):
        BLOCK = "block", "blocks publication"
        WARN = "warn", "warns"
        OFF = "off", "is not made"

    check_name = models.CharField("check", max_length=40, unique=True)
    level = models.CharField(max_length=5, choices=Level.choices)

    class Meta:
        ordering = ("check_name",)

    def __str__(self) -> str:
        return self.check_name


class HouseStyleTerm(models.Model):
    """A word or phrase of the house's style: what to avoid, and what to write in its place."""

    avoid = models.CharField(max_length=80, unique=True)
    prefer = models.CharField(max_length=80, blank=True, help_text="Empty: leave it out.")
    note = models.CharField(max_length=200, blank=True)
    language = models.CharField(
        max_length=12, blank=True, help_text="A language code such as en; empty: in every language."
    )

    class Meta:
        ordering = ("avoid",)
        verbose_name = "house style term"

    def __str__(self) -> str:
        return f"{self.avoid} → {self.prefer}" if self.prefer else self.avoid


class CheckedLink(models.Model):
    """What was last found at an address that some text links to."""

    class State(models.TextChoices):
        UNCHECKED = "unchecked", "not checked yet"
        ALIVE = "alive", "answers"
        DEAD = "dead", "does not answer"

    url = models.URLField(max_length=500, unique=True)
    state = models.CharField(max_length=9, choices=State.choices, default=State.UNCHECKED)
    detail = models.CharField(max_length=200, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True, db_index=True)

    class Meta:
        ordering = ("url",)

    def __str__(self) -> str:
        return self.url
