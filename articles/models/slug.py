"""Addresses a story had before, kept so that they still lead to it (rule W9)."""

from django.db import models

from articles.models.article import Article


class FormerSlug(models.Model):
    article = models.ForeignKey(Article, models.CASCADE, related_name="former_slugs")
    slug = models.SlugField(max_length=200, unique=True)
    until_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.slug
