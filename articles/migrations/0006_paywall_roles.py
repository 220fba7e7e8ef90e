"""Who may set the rules of access and see meters, keys and probes, and what the clock starts."""

from typing import Any

from django.conf import settings
from django.db import migrations

from accounts.roles import EDITOR, PUBLISHER, SUPPORT, grant_role

EDITOR_PERMISSIONS = ("articles.view_accessrule", "articles.view_storytype")
SUPPORT_PERMISSIONS = (
    "articles.change_meter",
    "articles.change_readingkey",
    "articles.view_giftlink",
    "articles.view_meter",
    "articles.view_readingkey",
)
PUBLISHER_PERMISSIONS = (
    *EDITOR_PERMISSIONS,
    *SUPPORT_PERMISSIONS,
    "articles.add_accessrule",
    "articles.add_readingkey",
    "articles.add_storytype",
    "articles.change_accessrule",
    "articles.change_storytype",
    "articles.delete_accessrule",
    "articles.view_leakprobe",
)


def add_roles(apps: Any, schema_editor: Any) -> None:
    grant_role(apps, EDITOR, EDITOR_PERMISSIONS)
    grant_role(apps, SUPPORT, SUPPORT_PERMISSIONS)
    grant_role(apps, PUBLISHER, PUBLISHER_PERMISSIONS)


def add_schedule(apps: Any, schema_editor: Any) -> None:
    tasks = apps.get_model("django_celery_beat", "PeriodicTask").objects
    minute, _ = apps.get_model("django_celery_beat", "IntervalSchedule").objects.get_or_create(
        every=1, period="minutes"
    )
    night, _ = apps.get_model("django_celery_beat", "CrontabSchedule").objects.get_or_create(
        minute="50", hour="2", timezone=settings.TIME_ZONE
    )
    for name, task, when in (
        ("Index stories for search", "index_stories", {"interval": minute}),
        ("Look for leaks of paid text", "probe_leaks", {"crontab": night}),
        ("Look for leaks of new stories", "probe_published", {"interval": minute}),
        ("Forget last month's meters", "forget_meters", {"crontab": night}),
    ):
        tasks.get_or_create(name=name, defaults={"task": f"articles.tasks.{task}", **when})


class Migration(migrations.Migration):
    dependencies = (
        ("articles", "0005_paywall"),
        ("accounts", "0003_consent"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    )
    operations = (
        migrations.RunPython(add_roles, migrations.RunPython.noop),
        migrations.RunPython(add_schedule, migrations.RunPython.noop),
    )
