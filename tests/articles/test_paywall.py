"""The decision: every kind of reader before every kind of story."""

from dataclasses import replace
from datetime import timedelta

import pytest

from articles.models import Access, Ruling
from articles.paywall import (
    REGISTERED,
    SUBSCRIBER,
    VISITOR,
    By,
    Decision,
    MeterFact,
    Opening,
    Reader,
    Verdict,
    decide,
)
from subscriptions.models import Source
from subscriptions.queries import GrantFact
from tests.factories.articles import NOW

STORY, OTHER = 7, 8
DAY = timedelta(days=1)


def ended(source: str) -> Reader:
    return replace(REGISTERED, lapsed=GrantFact(source, "You subscribe.", NOW - 30 * DAY, NOW - DAY))


def metered(opened: int, *, limit: int = 3, more: int = 0, signed_in: bool = False) -> Reader:
    meter = MeterFact(limit, frozenset(range(100, 100 + opened)), more)
    return Reader(is_signed_in=signed_in, meter=meter)


def linked(story: int, *, days: int = 1) -> Reader:
    return Reader(opening=Opening(story, "Ada gave you this story.", NOW + days * DAY))


def decided(access: str, reader: Reader) -> Decision:
    return decide(story=STORY, ruling=Ruling(access, ""), reader=reader, at=NOW)


READERS: dict[str, tuple[Reader, str, str]] = {
    "a visitor": (VISITOR, "register", "subscribe"),
    "a registered reader": (REGISTERED, "allow account", "subscribe"),
    "a subscriber": (SUBSCRIBER, "allow stripe", "allow stripe"),
    "whose grant has ended": (ended(Source.STRIPE), "allow account", "subscribe"),
    "with a grant that has not begun": (
        replace(REGISTERED, grants=(GrantFact(Source.GIFT, "A gift.", NOW + DAY, None),)),
        "allow account",
        "subscribe",
    ),
    "with a grant that ends now": (
        replace(VISITOR, grants=(GrantFact(Source.SEAT, "A seat.", NOW - DAY, NOW),)),
        "register",
        "subscribe",
    ),
    "with a grant that begins now": (
        replace(VISITOR, grants=(GrantFact(Source.SEAT, "A seat.", NOW, None),)),
        "allow seat",
        "allow seat",
    ),
    "in an institution": (
        replace(VISITOR, grants=(GrantFact(Source.INSTITUTION, "Provided.", NOW - DAY, None),)),
        "allow institution",
        "allow institution",
    ),
    "with a free story left": (metered(2), "register", "teaser"),
    "who opened this one": (
        Reader(meter=MeterFact(1, frozenset({STORY}))),
        "register",
        "allow meter",
    ),
    "with none left": (metered(3), "register", "subscribe"),
    "with none left, but an account would open more": (metered(3, more=7), "register", "register"),
    "with more opened than there are": (metered(9), "register", "subscribe"),
    "registered, with some left": (metered(2, limit=10, signed_in=True), "allow account", "teaser"),
    "registered, with none left": (metered(10, limit=10, signed_in=True), "allow account", "subscribe"),
    "without any meter for visitors": (metered(0, limit=0, more=10), "register", "register"),
    "by a link": (linked(STORY), "allow link", "allow link"),
    "by a link to another story": (linked(OTHER), "register", "subscribe"),
    "by a link that ends now": (linked(STORY, days=0), "register", "subscribe"),
}


@pytest.mark.parametrize("kind", READERS)
@pytest.mark.parametrize("access", [Access.FREE, Access.REGISTERED, Access.SUBSCRIBERS])
def test_every_reader_before_every_kind_of_story(kind: str, access: str) -> None:
    reader, registered, subscribers = READERS[kind]
    expected = {"free": "allow free", "registered": registered, "subscribers": subscribers}[access]
    decision = decided(access, reader)
    assert f"{decision.verdict} {decision.by}".strip() == expected
    assert decision.reason.endswith(".")


def test_an_unknown_rule_denies() -> None:
    assert decided("everyone-and-their-dog", REGISTERED).verdict == Verdict.SUBSCRIBE


@pytest.mark.parametrize(
    ("reader", "reason"),
    [
        (VISITOR, "This story is for subscribers."),
        (metered(1), "One of your 2 free stories opens this one."),
        (metered(2), "Your last free story of this month opens this one."),
        (
            metered(3, more=7),
            "You have opened your 3 free stories of this month. A free account opens 7 stories more.",
        ),
        (metered(0, limit=0, more=1), "A free account opens 1 story like this one each month."),
        (metered(3), "You have opened your 3 free stories of this month. This story is for subscribers."),
        (
            ended(Source.STRIPE),
            "Your subscription gave you access until July 2, 2026. This story is for subscribers.",
        ),
        (
            ended(Source.SEAT),
            "Your seat in a group gave you access until July 2, 2026. This story is for subscribers.",
        ),
    ],
)
def test_the_reason_is_a_sentence_for_the_reader(reader: Reader, reason: str) -> None:
    assert decided(Access.SUBSCRIBERS, reader).reason == reason


def test_what_opened_a_story_is_told() -> None:
    assert decided(Access.FREE, VISITOR).by == By.FREE
    assert decided(Access.SUBSCRIBERS, linked(STORY)).reason == "Ada gave you this story."
