"""Every state of a subscription at the page itself (rules, section 7), and beside other rights."""

from datetime import datetime

import pytest
import time_machine
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import User
from articles.models import Article
from subscriptions.models import Institution, InstitutionNetwork, Source, Subscription
from tests.articles.metering import gated_stories, reads_whole
from tests.subscriptions.test_access_table import (
    CASES,
    END,
    NOW,
    START,
    TICK,
    Case,
    become,
    give,
    policy,
    reader,
    subscription,
)

__all__ = ["policy", "reader", "subscription"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("policy")]

PLAIN = [case for case in CASES if not (case.is_paused or case.is_refunded)]
"""Each of the eight states, with and without its end at the period's."""
INSIDE = "192.0.2.9"


@pytest.fixture
def story(settings: Settings) -> Article:
    settings.SESSION_COOKIE_AGE = 10 * 365 * 86400
    [story] = gated_stories(1)
    Article.objects.update(published_at=START, first_published_at=START)
    return story


def reads(user: User | None, story: Article, *moments: datetime, address: str = "127.0.0.1") -> list[bool]:
    """Whether one browser reads the whole at each of these moments, with whatever passes it was given."""
    client = Client(REMOTE_ADDR=address)
    found = []
    with time_machine.travel(START, tick=False) as clock:
        if user:
            client.force_login(user)
        for moment in moments:
            clock.move_to(moment)
            found.append(reads_whole(client, story))
    return found


@pytest.mark.parametrize("case", PLAIN, ids=str)
def test_the_page_is_whole_to_the_last_moment(
    case: Case, reader: User, subscription: Subscription, story: Article
) -> None:
    become(subscription, case)
    last = case.last_moment
    if last is None:
        assert reads(reader, story, START, NOW, END) == [False, False, False]
    else:
        assert reads(reader, story, START, last - TICK, last) == [True, True, False]


@pytest.mark.parametrize("source", [Source.COMP, Source.GIFT, Source.SEAT])
@pytest.mark.parametrize("case", [case for case in PLAIN if case.last_moment is None], ids=str)
def test_a_right_from_elsewhere_opens_what_the_state_does_not(
    case: Case, source: Source, reader: User, subscription: Subscription, story: Article
) -> None:
    become(subscription, case)
    give(source, reader, ends_at=NOW)
    assert reads(reader, story, NOW - TICK, NOW) == [True, False]


@pytest.mark.parametrize("case", PLAIN, ids=str)
def test_a_network_opens_it_in_every_state_and_only_within(
    case: Case, reader: User, subscription: Subscription, story: Article
) -> None:
    become(subscription, case)
    library = Institution.objects.create(name="Harrow Library", starts_at=START, ends_at=NOW)
    InstitutionNetwork.objects.create(institution=library, cidr="192.0.2.0/24")
    own = case.last_moment is not None and case.last_moment > NOW
    before = case.last_moment is not None and case.last_moment > NOW - TICK
    assert reads(reader, story, NOW - TICK, NOW, address=INSIDE) == [True, own]
    assert reads(reader, story, NOW - TICK, NOW) == [before, own]
    assert reads(None, story, NOW - TICK, NOW, address=INSIDE) == [True, False]
