"""The sample publication keeps its paid text to itself."""

import pytest
from django.utils import timezone

from articles.actions.probes import run_probe, stories_to_probe
from articles.actions.search_index import index_stories
from demo import newsroom

STORIES = 6
"""As many as are looked for in the time a test may take."""


@pytest.mark.django_db
@pytest.mark.timeout(600)  # some two thousand pages, on a machine that may have other work
def test_no_paid_text_of_the_sample_publication_is_seen_anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(newsroom, "PICTURE_SIZE", (160, 100))
    now = timezone.now()
    newsroom.load_newsroom(at=now)
    index_stories(at=now, looks_again=True)
    chosen = stories_to_probe(limit=STORIES, at=now)
    found = run_probe(cause="A test", stories=chosen, clock=timezone.now)
    assert (found.trouble, [str(leak) for leak in found.leaks.all()]) == ("", [])
    assert found.passages > 50 * len(chosen)
