"""Editions on the site obey the same gate as the letter (rule E7)."""

import pytest
from django.test import Client

from articles.models import State
from newsletters.models import Edition
from tests.factories.newsletters import (
    DAY,
    FREE_TEXT,
    FRIDAY,
    PAID_TEXT,
    make_edition,
    make_reader,
    make_story,
)

pytestmark = pytest.mark.django_db
ADDRESS = f"/newsletters/weekly/{DAY}/"


def make_released(*stories_or_none: object) -> Edition:
    edition = make_edition(*stories_or_none)  # type: ignore[arg-type]
    Edition.objects.filter(pk=edition.pk).update(
        state=Edition.State.SENT, sending_started_at=FRIDAY, released_at=FRIDAY, sent_at=FRIDAY
    )
    return edition


def counts(client: Client) -> tuple[int, int]:
    page = client.get(ADDRESS).content.decode()
    return page.count(FREE_TEXT), page.count(PAID_TEXT)


def test_e7_a_visitor_and_a_free_reader_see_the_free_part(client: Client) -> None:
    make_released()
    assert counts(client) == (1, 0)
    client.force_login(make_reader(wants=True))
    assert counts(client) == (1, 0)


def test_e7_a_subscriber_sees_the_whole_and_no_cache_shares_it(client: Client) -> None:
    make_released()
    client.force_login(make_reader(subscribes=True))
    assert counts(client) == (1, 1)
    response = client.get(ADDRESS)
    assert response["Cache-Control"] == "private, no-store"
    assert "Cookie" in response["Vary"]


def test_a_visitors_edition_may_be_kept_for_a_minute_and_sets_no_cookie(client: Client) -> None:
    make_released()
    for address in (ADDRESS, "/newsletters/"):
        response = client.get(address)
        assert (response["Cache-Control"], response.cookies) == ("public, max-age=60", {})


def test_a_draft_has_no_page_and_is_not_listed(client: Client) -> None:
    make_edition()
    assert client.get(ADDRESS).status_code == 404
    assert ADDRESS not in client.get("/newsletters/").content.decode()


def test_the_archive_lists_what_was_sent(client: Client) -> None:
    make_released()
    assert client.get("/newsletters/").content.decode().count(ADDRESS) == 1


def test_w7_a_withdrawn_story_leaves_the_page(client: Client) -> None:
    withdrawn = make_story("Gone tomorrow")
    make_released(make_story("Stays"), withdrawn)
    withdrawn.state, withdrawn.published_at = State.UNPUBLISHED, None
    withdrawn.save()
    page = client.get(ADDRESS).content.decode()
    assert (page.count("Stays"), page.count("Gone tomorrow")) == (1, 0)
