"""Since when someone has a story open."""

from django.db import migrations, models
from django.utils import timezone


class Migration(migrations.Migration):
    dependencies = (("editorial", "0003_desk_rows"),)
    operations = (
        migrations.AddField(
            "sitting", "opened_at", models.DateTimeField(default=timezone.now), preserve_default=False
        ),
        migrations.AlterField(
            "sitting",
            "content",
            models.JSONField(blank=True, help_text="editorial.typed: typed and not saved yet.", null=True),
        ),
    )
