"""What the clock has done for readers: meters, the index of the search, the look for leaks."""

from celery import shared_task
from django.utils import timezone

from articles.actions import meters, search_index


@shared_task
def forget_meters() -> None:
    """Drop what was opened in months that are over."""
    meters.forget_meters(at=timezone.now())


INDEXED_PER_RUN = 20
"""Batches of stories in one run: what is left is there for the next."""


@shared_task
def index_stories() -> None:
    """Index what is public and not in the index as it is; take out what is gone."""
    for run in range(INDEXED_PER_RUN):
        if not search_index.index_stories(at=timezone.now(), looks_again=run == 0):
            return
