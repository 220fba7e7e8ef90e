"""The Support role, and the sweep that finds events a worker lost."""

from typing import Any

from django.db import migrations

from accounts.roles import SUPPORT, grant_role

SUPPORT_PERMISSIONS = (
    "accounts.view_user",
    "accounts.change_user",
    "accounts.view_auditentry",
    "subscriptions.view_plan",
    "subscriptions.view_customer",
    "subscriptions.view_subscription",
    "subscriptions.view_grant",
    "subscriptions.add_grant",
    "subscriptions.view_stripeevent",
    "subscriptions.change_stripeevent",
)


def add_role(apps: Any, schema_editor: Any) -> None:
    grant_role(apps, SUPPORT, SUPPORT_PERMISSIONS)


def add_schedule(apps: Any, schema_editor: Any) -> None:
    interval, _ = apps.get_model("django_celery_beat", "IntervalSchedule").objects.get_or_create(
        every=1, period="minutes"
    )
    apps.get_model("django_celery_beat", "PeriodicTask").objects.get_or_create(
        name="Sweep Stripe events",
        defaults={"task": "subscriptions.tasks.sweep_events", "interval": interval},
    )


class Migration(migrations.Migration):
    dependencies = (
        ("subscriptions", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    )
    operations = (
        migrations.RunPython(add_role, migrations.RunPython.noop),
        migrations.RunPython(add_schedule, migrations.RunPython.noop),
    )
