"""Requests at the same moment wait for each other at the meter."""

import threading
from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import User
from articles.actions.gift_links import CannotGive, give_story
from articles.actions.meters import MeterIsEmpty, merge_meter, open_story, start_meter
from articles.models import Article, GiftLink, MeterRead
from subscriptions.models import Grant, Source
from tests.articles.metering import gated_stories, reads_whole
from tests.factories.accounts import UserFactory
from tests.factories.articles import NOW

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]


def at_once(works: Sequence[Callable[[], object]]) -> list[object]:
    """What each of these comes to, begun at the same moment in threads of their own."""
    barrier = threading.Barrier(len(works))
    results: list[object] = []

    def run(work: Callable[[], object]) -> None:
        barrier.wait()
        try:
            results.append(work())
        except (MeterIsEmpty, CannotGive) as error:
            results.append(type(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.fixture(autouse=True)
def _limits(settings: Settings) -> None:
    settings.METER_VISITOR, settings.METER_REGISTERED = 2, 2


def owners() -> list[User | str]:
    reader = UserFactory.create()
    return [reader, start_meter(at=NOW).key or ""]


@pytest.mark.parametrize("nth", [0, 1], ids=["an account", "a browser"])
def test_of_two_who_open_the_last_story_one_does(nth: int) -> None:
    owner, stories = owners()[nth], gated_stories(4)
    open_story(article=stories[0], owner=owner, at=NOW)
    works = [lambda story=story: open_story(article=story, owner=owner, at=NOW) for story in stories[1:]]
    results = at_once(works)
    assert (results.count(None), results.count(MeterIsEmpty)) == (1, 2)
    assert MeterRead.objects.count() == 2


@pytest.mark.parametrize("nth", [0, 1], ids=["an account", "a browser"])
def test_the_same_story_at_once_is_charged_once(nth: int) -> None:
    owner, stories = owners()[nth], gated_stories(2)
    works = [lambda: open_story(article=stories[0], owner=owner, at=NOW)] * 4
    assert at_once(works) == [None] * 4
    open_story(article=stories[1], owner=owner, at=NOW)
    assert MeterRead.objects.count() == 2


def test_two_tabs_open_the_last_story_once() -> None:
    reader, stories = UserFactory.create(), gated_stories(4)
    first = Client()
    first.force_login(reader)
    assert reads_whole(first, stories[0])

    def read_in_a_tab(story: Article) -> bool:
        client = Client()
        client.cookies["sessionid"] = first.cookies["sessionid"].value
        return reads_whole(client, story)

    works = [lambda story=story: read_in_a_tab(story) for story in stories[1:]]
    assert sorted(at_once(works)) == [False, False, True]  # type: ignore[type-var]


def test_a_meter_is_brought_along_once_by_two_who_sign_in_at_once() -> None:
    reader, stories = UserFactory.create(), gated_stories(2)
    meter = start_meter(at=NOW)
    for story in stories:
        open_story(article=story, owner=meter.key or "", at=NOW)
    at_once([lambda: merge_meter(key=meter.key or "", user=reader, at=NOW)] * 3)
    assert MeterRead.objects.filter(meter__user=reader).count() == 2


def test_of_two_who_give_away_the_last_story_one_does(settings: Settings) -> None:
    settings.GIFT_LINKS_PER_MONTH = 1
    giver, stories = UserFactory.create(), gated_stories(3)
    starts_at = NOW - timedelta(days=1)
    Grant.objects.create(user=giver, source=Source.COMP, starts_at=starts_at, reason="A gift of the house.")
    works = [lambda story=story: give_story(article=story, by=giver, at=NOW).pk for story in stories]
    assert at_once(works).count(CannotGive) == 2
    assert GiftLink.objects.count() == 1


def test_a_story_given_twice_at_once_is_one_link(clock: time_machine.Traveller) -> None:
    giver, [story] = UserFactory.create(), gated_stories(1)
    starts_at = NOW - timedelta(days=1)
    Grant.objects.create(user=giver, source=Source.COMP, starts_at=starts_at, reason="A gift of the house.")
    results = at_once([lambda: give_story(article=story, by=giver, at=NOW).token] * 3)
    assert len(set(results)) == 1
