"""When letters go out: rows that the newsroom can change in the admin."""

from typing import Any

from django.conf import settings
from django.db import migrations


def schedule(apps: Any, schema_editor: Any) -> None:
    tasks = apps.get_model("django_celery_beat", "PeriodicTask").objects
    friday, _ = apps.get_model("django_celery_beat", "CrontabSchedule").objects.get_or_create(
        minute="0",
        hour="7",
        day_of_week="5",
        day_of_month="*",
        month_of_year="*",
        timezone=settings.TIME_ZONE,
    )
    minute, _ = apps.get_model("django_celery_beat", "IntervalSchedule").objects.get_or_create(
        every=1, period="minutes"
    )
    tasks.get_or_create(
        name="Weekly digest",
        defaults={
            "task": "newsletters.send_weekly",
            "crontab": friday,
            "args": '["weekly"]',
            "description": "Compiles the edition unless an editor did, and sends it.",
        },
    )
    tasks.get_or_create(
        name="Take up letters on their way",
        defaults={
            "task": "newsletters.sweep",
            "interval": minute,
            "expire_seconds": 60,
            "description": "Resumes what a stopped worker left.",
        },
    )


class Migration(migrations.Migration):
    dependencies = [
        ("newsletters", "0002_roles"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    ]

    operations = [migrations.RunPython(schedule, migrations.RunPython.noop)]
