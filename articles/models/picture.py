"""Pictures with the sizes that pages need."""

from django.db import models


class Picture(models.Model):
    """An uploaded picture; its smaller sizes are made on upload (`articles.pictures`)."""

    file = models.ImageField(upload_to="pictures/%Y/%m", width_field="width", height_field="height")
    width = models.PositiveIntegerField(editable=False, default=0)
    height = models.PositiveIntegerField(editable=False, default=0)
    alt = models.CharField(
        "alternative text", max_length=300, help_text="What the picture shows, for those who cannot see it."
    )
    caption = models.CharField(max_length=400, blank=True)
    credit = models.CharField(max_length=120, blank=True)
    sizes = models.JSONField(default=list, editable=False, help_text="[{width, height, format, name}]")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return self.caption or self.alt
