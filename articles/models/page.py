"""Standing pages: about, terms, privacy."""

from django.db import models
from django.urls import reverse

from articles.fields import BodyField


class Page(models.Model):
    title = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60, unique=True)
    text = BodyField(blank=True)
    in_footer = models.BooleanField("link in the footer", default=True)
    position = models.PositiveSmallIntegerField("order", default=0)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("position", "title")

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("page", args=(self.slug,))
