"""What the desk tells its people."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from articles.models import Article


class Notification(models.Model):
    """One thing one person should know; shown in the admin, and mailed as their settings say."""

    class Kind(models.TextChoices):
        ASSIGNED = "assigned", "a story is assigned to me"
        SUBMITTED = "submitted", "a story waits for my review"
        CHANGES = "changes", "changes are requested in my story"
        APPROVED = "approved", "my story is approved"
        PUBLISHED = "published", "my story is published"
        KILLED = "killed", "my story is killed"
        MENTIONED = "mentioned", "someone mentions me in a comment"
        OVERDUE = "overdue", "a story of mine is overdue"

    TITLES: ClassVar[dict[str, str]] = {
        Kind.ASSIGNED: "Assigned to you",
        Kind.SUBMITTED: "Waits for your review",
        Kind.CHANGES: "Changes requested",
        Kind.APPROVED: "Approved",
        Kind.PUBLISHED: "Published",
        Kind.KILLED: "Killed",
        Kind.MENTIONED: "You are mentioned",
        Kind.OVERDUE: "Overdue",
    }

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    article = models.ForeignKey(Article, models.CASCADE, related_name="+")
    text = models.TextField(blank=True, help_text="The words that came with it: a note, a comment.")
    by_label = models.CharField("who", max_length=254)
    at = models.DateTimeField("when")
    read_at = models.DateTimeField(null=True, blank=True)
    # Null while a mail about it is still to be sent; the moment it was, or was found not to be wanted.
    mailed_at = models.DateTimeField(null=True, blank=True)
    # Since when a worker has it in hand (`actions.mailing`); one that dies gives it back after some minutes.
    mail_claimed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-at", "-pk")
        indexes = (
            models.Index(fields=("user", "-at"), name="notification_user"),
            models.Index(fields=("mailed_at", "user"), name="notification_unmailed"),
            models.Index(fields=("user",), condition=models.Q(read_at=None), name="notification_unread"),
        )

    def __str__(self) -> str:
        return f"{self.user}: {self.get_kind_display()}"

    @property
    def title(self) -> str:
        """What happened, as the one who is told reads it."""
        return self.TITLES[self.kind]

    @property
    def who(self) -> str:
        """Who did it; nobody when it was the clock or a guest."""
        return "" if self.by_label == "system" else self.by_label


class NotificationSetting(models.Model):
    """How one person wants to be mailed about one kind of thing; none: at once."""

    class Mail(models.TextChoices):
        NOW = "now", "at once"
        DAILY = "daily", "once a day"
        NEVER = "never", "not by mail"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notification_settings")
    kind = models.CharField(max_length=12, choices=Notification.Kind.choices)
    mail = models.CharField(max_length=5, choices=Mail.choices, default=Mail.NOW)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("user", "kind"), name="notification_setting_once"),)

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.get_mail_display()}"
