"""What of a discount will not come again, and the right to see the publisher's reports."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("subscriptions", "0010_withdrawals_schedule"),)
    operations = (
        migrations.AlterModelOptions(
            name="invoice",
            options={
                "ordering": ("-created_at", "-id"),
                "permissions": (("report_invoice", "Can see the publisher's reports"),),
            },
        ),
        migrations.AddField(
            model_name="invoiceline",
            name="discount_once",
            field=models.BigIntegerField(
                default=0, help_text="Of the discount, what a coupon for one charge took."
            ),
        ),
    )
