"""The clock opens and closes offers by the hour."""

from typing import Any

from django.db import migrations


def add_schedule(apps: Any, schema_editor: Any) -> None:
    intervals = apps.get_model("django_celery_beat", "IntervalSchedule").objects
    hour, _ = intervals.get_or_create(every=1, period="hours")
    apps.get_model("django_celery_beat", "PeriodicTask").objects.get_or_create(
        name="Open and close offers",
        defaults={"task": "subscriptions.tasks.open_offers", "interval": hour},
    )


class Migration(migrations.Migration):
    dependencies = (("subscriptions", "0012_publisher_reports"),)
    operations = (migrations.RunPython(add_schedule, migrations.RunPython.noop),)
