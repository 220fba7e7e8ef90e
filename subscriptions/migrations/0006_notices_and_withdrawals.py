"""When a letter arose and when it was given up; which form a withdrawal came by."""

from django.db import migrations, models
from django.utils import timezone


class Migration(migrations.Migration):
    dependencies = (("subscriptions", "0005_books_schedule"),)
    operations = (
        migrations.AlterField(
            model_name="notice",
            name="kind",
            field=models.CharField(
                choices=[
                    ("welcome", "welcome"),
                    ("trial_ends", "trial about to end"),
                    ("renews", "renewal ahead"),
                    ("payment_failed", "payment failed, will be tried again"),
                    ("card_refused", "card refused for good"),
                    ("confirm_payment", "bank asks to confirm"),
                    ("access_stopped", "access stopped for want of payment"),
                    ("card_expires", "card about to expire"),
                    ("recovered", "payment went through after all"),
                    ("paused", "paused"),
                    ("cancelled", "cancellation confirmed"),
                    ("ended", "subscription ended"),
                    ("changed", "plan changed"),
                    ("refunded", "refund"),
                    ("disputed", "payment disputed"),
                    ("price_rise", "new price ahead"),
                    ("gift", "gift"),
                    ("gift_receipt", "receipt for a gift"),
                    ("seat_invitation", "invitation to a seat"),
                    ("seat_returned", "seat taken back"),
                    ("withdrawal", "withdrawal received"),
                    ("comp", "complimentary access"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddField(
            model_name="notice",
            name="given_at",
            field=models.DateTimeField("arose", default=timezone.now),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="notice",
            name="dropped_at",
            field=models.DateTimeField(
                "given up", null=True, blank=True, help_text="It will not go out, for the reason noted."
            ),
        ),
        migrations.AlterField(
            model_name="notice",
            name="due_at",
            field=models.DateTimeField(db_index=True, help_text="When it is tried next."),
        ),
        migrations.AddField(
            model_name="withdrawal",
            name="submission",
            field=models.UUIDField(
                unique=True, null=True, editable=False, help_text="So that one form counts once."
            ),
        ),
        migrations.AlterField(
            model_name="withdrawal",
            name="state",
            field=models.CharField(
                choices=[
                    ("received", "received"),
                    ("accepted", "accepted, to be carried out"),
                    ("executed", "carried out"),
                    ("refused", "refused"),
                ],
                default="received",
                max_length=8,
            ),
        ),
    )
