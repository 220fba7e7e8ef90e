"""What the desk leaves to the clock."""

from celery import shared_task
from django.utils import timezone

from editorial.actions import publish_due


@shared_task
def publish_due_stories() -> None:
    """Settle the scheduled stories whose moment has come."""
    publish_due(at=timezone.now())
