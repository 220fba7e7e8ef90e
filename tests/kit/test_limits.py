"""Counting uses, in the kinds of cache a site may have."""

from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.cache import cache
from pytest_django.fixtures import Settings

from kit.limits import count_use
from tests.factories.articles import NOW

HOUR = 3600


@pytest.fixture(params=["locmem.LocMemCache", "filebased.FileBasedCache"])
def _cache(request: pytest.FixtureRequest, settings: Settings, tmp_path: Path) -> None:
    backend = f"django.core.cache.backends.{request.param}"
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": str(tmp_path)}}
    cache.clear()


@pytest.mark.usefixtures("_cache")
def test_a_window_counts_to_its_end_and_the_next_begins_anew() -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        for _ in range(3):
            count_use("feed", limit=3, window=HOUR, at=NOW)
        # Longer than a cache keeps what it was not told to keep.
        later = timedelta(minutes=59)
        clock.shift(later)
        used = count_use("feed", limit=3, window=HOUR, at=NOW + later)
        assert (used.used, used.is_exceeded, used.reset) == (4, True, 60)
        clock.shift(timedelta(minutes=1))
        assert count_use("feed", limit=3, window=HOUR, at=NOW + timedelta(hours=1)).used == 1
