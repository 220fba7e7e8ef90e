"""The letter that asks for the yes is sent by a sweep; requests nobody confirms are deleted."""

from typing import Any

from django.conf import settings
from django.db import migrations, models


def schedule(apps: Any, schema_editor: Any) -> None:
    tasks = apps.get_model("django_celery_beat", "PeriodicTask").objects
    minute, _ = apps.get_model("django_celery_beat", "IntervalSchedule").objects.get_or_create(
        every=1, period="minutes"
    )
    night, _ = apps.get_model("django_celery_beat", "CrontabSchedule").objects.get_or_create(
        minute="35",
        hour="4",
        day_of_week="*",
        day_of_month="*",
        month_of_year="*",
        timezone=settings.TIME_ZONE,
    )
    tasks.get_or_create(
        name="Ask for the yes to letters",
        defaults={
            "task": "newsletters.send_confirmations",
            "interval": minute,
            "expire_seconds": 60,
            "description": "Letters with the link that confirms a sign-up, where the first try failed or was lost.",
        },
    )
    tasks.get_or_create(
        name="Delete forgotten sign-ups",
        defaults={
            "task": "newsletters.delete_forgotten_signups",
            "crontab": night,
            "description": "Requests for letters that nobody confirmed within 30 days.",
        },
    )


class Migration(migrations.Migration):
    dependencies = [
        ("newsletters", "0005_lists"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    ]

    operations = [
        migrations.AddField(
            model_name="signup",
            name="mailed_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="letter sent"),
        ),
        migrations.RunPython(schedule, migrations.RunPython.noop),
    ]
