"""What follows from what happens at the desk."""

from typing import Any

from django.dispatch import receiver

from editorial.signals import told
from editorial.tasks import mail_notifications
from kit.queue import enqueue_on_commit


@receiver(told)
def mail_soon(**kwargs: Any) -> None:
    """Actions cannot queue tasks, which import them."""
    enqueue_on_commit(mail_notifications)
