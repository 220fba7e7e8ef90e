"""What the new columns say of stories that were there before."""

from typing import Any

from django.db import migrations
from django.db.models import F


def fill(apps: Any, schema_editor: Any) -> None:
    """Every text becomes revision 1; an approval without its review is asked for again."""
    stories = apps.get_model("articles", "Article").objects
    stories.update(version=1)
    stories.filter(state="published").update(public_version=1)
    stories.filter(state="scheduled").update(scheduled_for=F("published_at"))
    stories.filter(state="unpublished").update(published_at=None)
    stories.filter(state="approved").update(state="in_review")


class Migration(migrations.Migration):
    dependencies = (("articles", "0002_desk"),)
    operations = (migrations.RunPython(fill, migrations.RunPython.noop),)
