"""When a subscription was cancelled; Stripe is asked for it with the next comparison."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("subscriptions", "0006_notices_and_withdrawals"),)
    operations = (
        migrations.AddField(
            model_name="subscription",
            name="cancelled_at",
            field=models.DateTimeField(
                "asked to end",
                null=True,
                blank=True,
                help_text="When its reader, or whoever ended it, did so.",
            ),
        ),
    )
