"""What the clock has done for readers: meters, the index of the search, the look for leaks."""

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from articles.actions import meters, probes, search_index


@shared_task
def forget_meters() -> None:
    """Drop what was opened in months that are over."""
    meters.forget_meters(at=timezone.now())


@shared_task
def probe_leaks() -> None:
    """Look for leaks of the newest stories, and of some others."""
    _probe(probes.NIGHT, probes.stories_to_probe(at=timezone.now()))


@shared_task
def probe_published() -> None:
    """Look for leaks of the stories that were published since the last look."""
    if stories := probes.published_since_probe(at=timezone.now()):
        _probe(probes.PUBLICATION, stories)


def _probe(cause: str, stories: list[int]) -> None:
    probes.run_probe(cause=cause, stories=stories, address=settings.PROBE_ADDRESS, clock=timezone.now)


INDEXED_PER_RUN = 20
"""Batches of stories in one run: what is left is there for the next."""


@shared_task
def index_stories() -> None:
    """Index what is public and not in the index as it is; take out what is gone."""
    for run in range(INDEXED_PER_RUN):
        if not search_index.index_stories(at=timezone.now(), looks_again=run == 0):
            return
