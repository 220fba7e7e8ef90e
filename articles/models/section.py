"""A department of the magazine."""

from django.db import models
from django.urls import reverse

from articles.models.access import Access


class Section(models.Model):
    name = models.CharField(max_length=60, unique=True)
    slug = models.SlugField(max_length=60, unique=True)
    description = models.CharField(max_length=240, blank=True)
    access = models.CharField(
        "who may read", max_length=12, choices=Access.choices, default=Access.SUBSCRIBERS
    )
    position = models.PositiveSmallIntegerField("order", default=0)

    class Meta:
        ordering = ("position", "name")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("section", args=(self.slug,))
