"""The clock carries out the withdrawals that Stripe did not answer to at once."""

from typing import Any

from django.db import migrations


def add_schedule(apps: Any, schema_editor: Any) -> None:
    intervals = apps.get_model("django_celery_beat", "IntervalSchedule").objects
    minutes, _ = intervals.get_or_create(every=5, period="minutes")
    apps.get_model("django_celery_beat", "PeriodicTask").objects.get_or_create(
        name="Carry out withdrawals",
        defaults={"task": "subscriptions.tasks.carry_out_withdrawals", "interval": minutes},
    )


class Migration(migrations.Migration):
    dependencies = (("subscriptions", "0009_events_in_work"),)
    operations = (migrations.RunPython(add_schedule, migrations.RunPython.noop),)
