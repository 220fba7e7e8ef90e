"""The day from which a reader was told that they pay more."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("subscriptions", "0007_cancelled_at"),)
    operations = (
        migrations.AddField(
            model_name="pricerisestep",
            name="from_at",
            field=models.DateTimeField(
                "first renewal that costs more", null=True, blank=True, help_text="As the letter says."
            ),
        ),
        migrations.AlterField(
            model_name="pricerisestep",
            name="note",
            field=models.CharField("left out because", max_length=200, blank=True),
        ),
    )
