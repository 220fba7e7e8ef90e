"""A state for events that a worker has in hand; indexes for those that are open, and none that nobody reads."""

from django.db import migrations, models
from django.db.models import Q

STATES = [
    ("waiting", "waiting"),
    ("working", "being worked on"),
    ("done", "done"),
    ("ignored", "ignored"),
    ("failed", "failed"),
]
OPEN = Q(state__in=("waiting", "working", "failed"))


class Migration(migrations.Migration):
    dependencies = (("subscriptions", "0008_price_rise_from"),)
    operations = (
        migrations.AlterField(
            model_name="stripeevent",
            name="state",
            field=models.CharField(choices=STATES, default="waiting", max_length=8),
        ),
        migrations.AlterField(
            model_name="stripeevent",
            name="subject",
            field=models.CharField(
                "about", blank=True, help_text="The Stripe object to fetch.", max_length=80
            ),
        ),
        migrations.AlterField(
            model_name="stripeevent",
            name="try_after_at",
            field=models.DateTimeField(
                "next try",
                blank=True,
                help_text="Of one that waits, or whose worker is not heard of.",
                null=True,
            ),
        ),
        migrations.AlterField(
            model_name="stripeevent", name="type", field=models.CharField(max_length=80)
        ),
        migrations.AddIndex(
            model_name="stripeevent", index=models.Index(fields=("subject",), name="event_subject")
        ),
        migrations.AddIndex(
            model_name="stripeevent",
            index=models.Index(fields=("received_at",), condition=OPEN, name="event_open"),
        ),
    )
