"""The roles of the desk, and the sweep that settles scheduled stories."""

from typing import Any

from django.db import migrations

from accounts.roles import EDITOR, PUBLISHER, WRITER, grant_role

WRITER_PERMISSIONS = (
    "articles.view_article",
    "articles.add_article",
    "articles.change_article",
    "articles.submit_article",
    "articles.view_section",
    "articles.view_topic",
    "articles.view_author",
    "articles.view_picture",
    "articles.add_picture",
)
EDITOR_PERMISSIONS = (
    *WRITER_PERMISSIONS,
    "articles.edit_any_article",
    "articles.approve_article",
    "articles.change_picture",
    "articles.add_topic",
    "articles.change_topic",
    "articles.add_author",
    "articles.change_author",
    "articles.view_page",
    "accounts.view_auditentry",
)
PUBLISHER_PERMISSIONS = (
    *EDITOR_PERMISSIONS,
    "articles.publish_article",
    "articles.delete_article",
    "articles.add_section",
    "articles.change_section",
    "articles.add_page",
    "articles.change_page",
    "articles.delete_page",
    "articles.delete_picture",
    "articles.delete_topic",
)


def add_roles(apps: Any, schema_editor: Any) -> None:
    grant_role(apps, WRITER, WRITER_PERMISSIONS)
    grant_role(apps, EDITOR, EDITOR_PERMISSIONS)
    grant_role(apps, PUBLISHER, PUBLISHER_PERMISSIONS)


def add_schedule(apps: Any, schema_editor: Any) -> None:
    interval, _ = apps.get_model("django_celery_beat", "IntervalSchedule").objects.get_or_create(
        every=1, period="minutes"
    )
    apps.get_model("django_celery_beat", "PeriodicTask").objects.get_or_create(
        name="Publish scheduled stories",
        defaults={"task": "editorial.tasks.publish_due_stories", "interval": interval},
    )


class Migration(migrations.Migration):
    dependencies = (
        ("articles", "0001_initial"),
        ("accounts", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    )
    operations = (
        migrations.RunPython(add_roles, migrations.RunPython.noop),
        migrations.RunPython(add_schedule, migrations.RunPython.noop),
    )
