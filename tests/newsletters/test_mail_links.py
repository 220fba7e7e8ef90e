"""Links in the free letter open their stories without counting; nothing that anyone can find holds one."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from articles.models import Access, Meter
from newsletters.emails import render_edition
from newsletters.models import Edition, Variant
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
FREE, SUBSCRIBER = Variant.FREE.value, Variant.SUBSCRIBER.value
TOKEN = re.compile(r"/articles/([\w-]+)/letter/[\w:.-]+/")
PLAIN = re.compile(r"http[^\s\"]+/articles/([\w-]+)/(?=[\s\"])")


@pytest.fixture
def edition() -> Edition:
    """Released, with a story for subscribers, a free one and one for registered readers."""
    made = make_edition(
        make_story(slug="paid"),
        make_story(slug="open", access=Access.FREE),
        make_story(slug="known", access=Access.REGISTERED),
    )
    Edition.objects.filter(pk=made.pk).update(
        state=Edition.State.SENT, sending_started_at=FRIDAY, released_at=FRIDAY, sent_at=FRIDAY
    )
    return made


def test_only_subscribers_stories_of_the_free_letter_have_links_that_open(edition: Edition) -> None:
    letter = render_edition(edition, variant=FREE, at=FRIDAY)
    for form in (letter.html, letter.text):
        assert set(TOKEN.findall(form)) == {"paid"}
        assert set(PLAIN.findall(form)) == {"open", "known"}


def test_the_subscribers_letter_has_plain_links(edition: Edition) -> None:
    letter = render_edition(edition, variant=SUBSCRIBER, at=FRIDAY)
    for form in (letter.html, letter.text):
        assert TOKEN.findall(form) == []
        assert set(PLAIN.findall(form)) == {"paid", "open", "known"}


def test_no_days_no_links(edition: Edition, settings: Any) -> None:
    settings.MAIL_LINK_DAYS = 0
    letter = render_edition(edition, variant=FREE, at=FRIDAY)
    assert TOKEN.findall(letter.html + letter.text) == []
    assert "link opens it" not in letter.html + letter.text


def test_the_letter_says_what_the_link_does(edition: Edition) -> None:
    letter = render_edition(edition, variant=FREE, at=FRIDAY)
    words = re.compile("this link opens it for 14 days", re.IGNORECASE)
    assert [len(words.findall(form)) for form in (letter.html, letter.text)] == [1, 1]
    assert "Read on with a subscription" not in letter.html


@time_machine.travel(FRIDAY, tick=False)
def test_neither_the_archive_nor_feeds_nor_lists_hold_such_links(edition: Edition) -> None:
    registered, subscriber = Client(), Client()
    registered.force_login(make_reader(wants=True))
    subscriber.force_login(make_reader(subscribes=True))
    for client in (Client(), registered, subscriber):
        for address in (
            f"/newsletters/weekly/{DAY}/",
            "/newsletters/",
            "/rss.xml",
            "/sitemap-stories.xml",
            "/",
        ):
            page = client.get(address).content.decode()
            assert "/letter/" not in page
        assert "/articles/paid/" in client.get(f"/newsletters/weekly/{DAY}/").content.decode()


def test_landing_from_the_letter_opens_the_story_and_counts_nothing(edition: Edition, settings: Any) -> None:
    settings.METER_VISITOR, settings.METER_REGISTERED = 1, 2
    found = TOKEN.search(render_edition(edition, variant=FREE, at=FRIDAY).text)
    assert found is not None
    browser, reader = Client(), Client()
    reader.force_login(make_reader())
    with time_machine.travel(FRIDAY + timedelta(days=13, hours=23), tick=False):
        for client in (browser, reader):
            page = client.get(found[0]).content.decode()
            assert (FREE_TEXT in page, PAID_TEXT in page) == (True, True)
    assert (Meter.objects.count(), "meter" in browser.cookies) == (0, False)


def test_an_old_letter_leads_to_the_wall(edition: Edition, client: Client) -> None:
    found = TOKEN.search(render_edition(edition, variant=FREE, at=FRIDAY).text)
    assert found is not None
    with time_machine.travel(FRIDAY + timedelta(days=14), tick=False):
        response = client.get(found[0])
        assert (response.status_code, response.headers["Location"]) == (302, "/articles/paid/")
        assert PAID_TEXT not in client.get("/articles/paid/").content.decode()
