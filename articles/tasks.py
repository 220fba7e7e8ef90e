"""What the clock has done for readers: meters, the index of the search, the look for leaks."""

from celery import shared_task
from django.utils import timezone

from articles.actions import meters


@shared_task
def forget_meters() -> None:
    """Drop what was opened in months that are over."""
    meters.forget_meters(at=timezone.now())
