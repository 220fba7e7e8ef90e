"""Who has a notification in hand to mail it, a quick count of unread ones, and one more kind."""

from django.db import migrations, models

KINDS = (
    ("assigned", "a story is assigned to me"),
    ("submitted", "a story waits for my review"),
    ("changes", "changes are requested in my story"),
    ("approved", "my story is approved"),
    ("published", "my story is published"),
    ("killed", "my story is killed"),
    ("mentioned", "someone mentions me in a comment"),
    ("overdue", "a story of mine is overdue"),
)


class Migration(migrations.Migration):
    dependencies = (("editorial", "0004_sitting_opened"),)
    operations = (
        migrations.AddField(
            "notification", "mail_claimed_at", models.DateTimeField(blank=True, null=True)
        ),
        migrations.AlterField("notification", "kind", models.CharField(choices=KINDS, max_length=12)),
        migrations.AlterField("notificationsetting", "kind", models.CharField(choices=KINDS, max_length=12)),
        migrations.AddIndex(
            "notification",
            models.Index(condition=models.Q(read_at=None), fields=("user",), name="notification_unread"),
        ),
    )
