"""What the new columns say of stories that were there before, and the rules that hold from now on."""

from typing import Any

from django.db import migrations, models
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
    operations = (
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='article',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'published'), _negated=True), ('published_at__isnull', False), _connector='OR'), name='article_published_has_time'),
        ),
        migrations.AddConstraint(
            model_name='article',
            constraint=models.CheckConstraint(condition=models.Q(('published_at__isnull', True), ('public_version__isnull', False), ('state', 'scheduled'), _connector='OR'), name='article_public_has_version'),
        ),
        migrations.AddConstraint(
            model_name='article',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('published_at__isnull', False), ('scheduled_for__isnull', False), ('state', 'scheduled')), models.Q(models.Q(('state', 'scheduled'), _negated=True), ('scheduled_for__isnull', True)), _connector='OR'), name='article_scheduled_has_time'),
        ),
        migrations.AddConstraint(
            model_name='article',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('unpublished', 'killed')), _negated=True), ('published_at__isnull', True), _connector='OR'), name='article_withdrawn_not_public'),
        ),
    )
