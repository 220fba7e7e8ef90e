"""What came of looking for paid text where it must not be."""

from django.db import models

from articles.models.article import Article


class LeakProbe(models.Model):
    """One run over all surfaces."""

    cause = models.CharField(max_length=80, help_text="The night, a publication, a person.")
    begun_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    pages = models.PositiveIntegerField("pages fetched", default=0)
    passages = models.PositiveIntegerField("passages looked for", default=0)
    trouble = models.TextField(blank=True, help_text="What could not be looked at, and why.")
    alarmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-begun_at", "-pk")
        indexes = (models.Index(fields=("-begun_at",), name="leak_probe_begun"),)

    def __str__(self) -> str:
        return f"{self.begun_at:%Y-%m-%d %H:%M}, {self.cause}"


class Leak(models.Model):
    """Paid text of a story, seen by somebody who has no right to it."""

    probe = models.ForeignKey(LeakProbe, models.CASCADE, related_name="leaks")
    article = models.ForeignKey(Article, models.CASCADE, related_name="+")
    address = models.CharField(max_length=500)
    reader = models.CharField(max_length=40, help_text="As whom it was fetched.")
    passage = models.TextField()

    class Meta:
        ordering = ("probe", "pk")

    def __str__(self) -> str:
        return f"{self.address} as {self.reader}"
