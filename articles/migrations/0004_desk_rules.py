"""The rules that hold from now on; apart, since PostgreSQL alters no table whose rows it is just changing."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("articles", "0003_desk_times"),)
    operations = (
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
