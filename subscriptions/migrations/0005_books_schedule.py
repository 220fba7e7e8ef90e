"""What support staff may do, and what the clock starts."""

from typing import Any

from django.conf import settings
from django.db import migrations

from accounts.roles import PUBLISHER, SUPPORT, grant_role

SUPPORT_PERMISSIONS = (
    "subscriptions.add_notice",
    "subscriptions.change_gift",
    "subscriptions.change_group",
    "subscriptions.change_subscription",
    "subscriptions.change_withdrawal",
    "subscriptions.view_dispute",
    "subscriptions.view_drift",
    "subscriptions.view_gift",
    "subscriptions.view_group",
    "subscriptions.view_institution",
    "subscriptions.view_invoice",
    "subscriptions.view_notice",
    "subscriptions.view_payment",
    "subscriptions.view_reconciliation",
    "subscriptions.view_seat",
    "subscriptions.view_withdrawal",
)
PUBLISHER_PERMISSIONS = (
    *SUPPORT_PERMISSIONS,
    "accounts.view_user",
    "subscriptions.add_grant",
    "subscriptions.add_institution",
    "subscriptions.add_institutiondomain",
    "subscriptions.add_institutionnetwork",
    "subscriptions.add_offer",
    "subscriptions.add_plan",
    "subscriptions.add_plancurrency",
    "subscriptions.add_pricerise",
    "subscriptions.add_reconciliation",
    "subscriptions.change_drift",
    "subscriptions.change_institution",
    "subscriptions.change_institutiondomain",
    "subscriptions.change_institutionnetwork",
    "subscriptions.change_offer",
    "subscriptions.change_plan",
    "subscriptions.change_plancurrency",
    "subscriptions.change_pricerise",
    "subscriptions.change_stripeevent",
    "subscriptions.delete_institutiondomain",
    "subscriptions.delete_institutionnetwork",
    "subscriptions.delete_plancurrency",
    "subscriptions.view_customer",
    "subscriptions.view_grant",
    "subscriptions.view_institutiondomain",
    "subscriptions.view_institutionnetwork",
    "subscriptions.view_offer",
    "subscriptions.view_plan",
    "subscriptions.view_plancurrency",
    "subscriptions.view_planprice",
    "subscriptions.view_pricerise",
    "subscriptions.view_stripeevent",
    "subscriptions.view_subscription",
)
EVERY_MINUTE = {"Send notices": "send_notices", "Deliver gifts": "deliver_gifts"}
EVERY_HOUR = {
    "Find notices due": "find_notices",
    "Apply price rises": "apply_price_rises",
    "Alarm on drift": "alarm_drift",
}
EVERY_NIGHT = {"Reconcile with Stripe": "reconcile", "Scrub Stripe events": "scrub_events"}


def add_roles(apps: Any, schema_editor: Any) -> None:
    grant_role(apps, SUPPORT, SUPPORT_PERMISSIONS)
    grant_role(apps, PUBLISHER, PUBLISHER_PERMISSIONS)


def add_schedule(apps: Any, schema_editor: Any) -> None:
    tasks = apps.get_model("django_celery_beat", "PeriodicTask").objects
    intervals = apps.get_model("django_celery_beat", "IntervalSchedule").objects
    minute, _ = intervals.get_or_create(every=1, period="minutes")
    hour, _ = intervals.get_or_create(every=1, period="hours")
    night, _ = apps.get_model("django_celery_beat", "CrontabSchedule").objects.get_or_create(
        minute="20", hour="3", timezone=settings.TIME_ZONE
    )
    for names, when in (
        (EVERY_MINUTE, {"interval": minute}),
        (EVERY_HOUR, {"interval": hour}),
        (EVERY_NIGHT, {"crontab": night}),
    ):
        for name, task in names.items():
            tasks.get_or_create(name=name, defaults={"task": f"subscriptions.tasks.{task}", **when})


class Migration(migrations.Migration):
    dependencies = (
        ("subscriptions", "0004_keep_what_was_sold"),
        ("accounts", "0003_consent"),
        ("django_celery_beat", "0019_alter_periodictasks_options"),
    )
    operations = (
        migrations.RunPython(add_roles, migrations.RunPython.noop),
        migrations.RunPython(add_schedule, migrations.RunPython.noop),
    )
