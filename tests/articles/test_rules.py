"""Who may read a story: its own word, else the first rule that fits, else its section's."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.models import Access, AccessRule, Article, Ruling, StoryType
from articles.models.access import KEPT_RULES
from tests.factories.articles import NOW, PAID_TEXT, ArticleFactory, SectionFactory, TopicFactory

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def _own_rules() -> Iterator[None]:
    cache.delete(KEPT_RULES)
    yield
    cache.delete(KEPT_RULES)


def rule(name: str, access: str, position: int = 0, **conditions: Any) -> AccessRule:
    return AccessRule.objects.create(name=name, access=access, position=position, **conditions)


def ruled(story: Article, at: datetime = NOW) -> Ruling:
    return Article.objects.get(pk=story.pk).ruling(at=at)


def test_a_story_s_own_word_goes_before_every_rule() -> None:
    story = ArticleFactory.create(access=Access.FREE)
    rule("All of it", Access.SUBSCRIBERS, section=story.section)
    assert ruled(story) == Ruling(Access.FREE, "Set on the story itself.")


def test_where_no_rule_fits_the_section_says() -> None:
    story = ArticleFactory.create(section=SectionFactory.create(name="Money", access=Access.REGISTERED))
    rule("Another section", Access.FREE, section=SectionFactory.create())
    assert ruled(story) == Ruling(Access.REGISTERED, "As in all of Money.")


def test_the_first_rule_that_fits_decides_in_the_order_of_the_desk() -> None:
    story = ArticleFactory.create()
    later = rule("Later", Access.FREE, position=2, section=story.section)
    rule("Sooner", Access.REGISTERED, position=1, section=story.section)
    assert ruled(story) == Ruling(Access.REGISTERED, "Rule: Sooner.")
    later.position = 0
    later.save()
    assert ruled(story) == Ruling(Access.FREE, "Rule: Later.")


def test_at_the_same_place_the_elder_rule_goes_first() -> None:
    story = ArticleFactory.create()
    for name, access in (("Elder", Access.FREE), ("Younger", Access.REGISTERED)):
        rule(name, access, section=story.section)
    assert ruled(story).because == "Rule: Elder."


def test_all_conditions_of_a_rule_have_to_fit() -> None:
    topic, kind = TopicFactory.create(), StoryType.objects.create(name="Interview")
    fits = ArticleFactory.create(topics=[topic, TopicFactory.create()], story_type=kind)
    about: dict[str, Any] = {
        "section": fits.section,
        "topic": topic,
        "story_type": kind,
        "older_than_months": 0,
    }
    rule("Interviews on it", Access.FREE, **about)
    others = [
        ArticleFactory.create(section=fits.section, topics=[topic]),
        ArticleFactory.create(section=fits.section, story_type=kind),
        ArticleFactory.create(topics=[topic], story_type=kind),
        ArticleFactory.create(
            section=fits.section, topics=[topic], story_type=kind, published_at=NOW + SECOND
        ),
    ]
    assert ruled(fits).access == Access.FREE
    assert [ruled(other).access for other in others] == [Access.SUBSCRIBERS] * 4


AGES = {
    "to the second": ("2026-01-03 15:00:00", 6, "2026-07-03 15:00:00"),
    "the end of February": ("2026-02-28 12:00:00", 1, "2026-03-28 12:00:00"),
    "the 31st, told by the 30th": ("2026-05-31 12:00:00", 1, "2026-07-01 00:00:00"),
    "a leap day, a year on": ("2028-02-29 12:00:00", 12, "2029-03-01 00:00:00"),
    "over the change to summer time": ("2026-03-01 12:00:00", 1, "2026-04-01 12:00:00"),
    "over the change to winter time": ("2026-10-25 06:30:00", 1, "2026-11-25 06:30:00"),
    "over New Year": ("2026-12-15 12:00:00", 2, "2027-02-15 12:00:00"),
}


@pytest.mark.parametrize(("appeared", "months", "until"), AGES.values(), ids=list(AGES))
def test_the_archive_begins_to_the_second(appeared: str, months: int, until: str) -> None:
    first, last = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (appeared, until))
    story = ArticleFactory.create(published_at=first)
    rule("The archive", Access.FREE, older_than_months=months)
    assert (ruled(story, last - SECOND).access, ruled(story, last).access) == ("subscribers", "free")


def test_the_age_is_that_of_its_first_appearance() -> None:
    story = ArticleFactory.create(published_at=NOW, first_published_at=NOW - timedelta(days=400))
    rule("The archive", Access.FREE, older_than_months=12)
    assert ruled(story).access == Access.FREE


def test_what_never_appeared_has_no_age() -> None:
    draft = ArticleFactory.create(state="draft", published_at=None)
    rule("The archive", Access.FREE, older_than_months=0)
    assert ruled(draft).access == Access.SUBSCRIBERS


def test_rules_are_read_once_and_a_rule_about_a_topic_takes_no_query_for_stories_of_a_list() -> None:
    topic = TopicFactory.create()
    rule("On it", Access.FREE, topic=topic)
    ArticleFactory.create_batch(3, topics=[topic])
    stories = list(Article.objects.all().for_lists())
    with CaptureQueriesContext(connection) as queries:
        assert {story.ruling(at=NOW).access for story in stories} == {"free"}
    assert len(queries) == 0


# ------------------------------------------------------------------------------- what is kept of them


def test_a_change_holds_at_once() -> None:
    story = ArticleFactory.create()
    made = rule("All of it", Access.FREE, section=story.section)
    assert ruled(story).access == Access.FREE
    made.access = Access.REGISTERED
    made.save()
    assert ruled(story).access == Access.REGISTERED
    made.delete()
    assert ruled(story).access == Access.SUBSCRIBERS


def test_a_section_that_goes_takes_its_rules_with_it() -> None:
    gone = SectionFactory.create()
    rule("All of it", Access.FREE, section=gone)
    assert len(AccessRule.objects.in_force()) == 1
    gone.delete()
    assert AccessRule.objects.in_force() == ()


@pytest.mark.django_db(transaction=True)
def test_a_change_that_was_taken_back_never_held() -> None:
    story = ArticleFactory.create()
    assert ruled(story).access == Access.SUBSCRIBERS
    with transaction.atomic():
        rule("All of it", Access.FREE, section=story.section)
        transaction.set_rollback(True)
    assert ruled(story).access == Access.SUBSCRIBERS


@pytest.mark.django_db(transaction=True)
def test_what_others_kept_while_a_change_was_made_is_dropped_with_it() -> None:
    story = ArticleFactory.create()
    with transaction.atomic():
        rule("All of it", Access.FREE, section=story.section)
        cache.set(KEPT_RULES, ())  # another process reads what holds before the commit
    assert ruled(story).access == Access.FREE


def test_a_rule_opens_and_shuts_the_page(client: Client) -> None:
    story = ArticleFactory.create(slug="old", published_at=timezone.now() - timedelta(days=800))
    assert PAID_TEXT not in client.get("/articles/old/").text
    made = rule("The archive", Access.FREE, older_than_months=12)
    assert PAID_TEXT in client.get("/articles/old/").text
    made.access = Access.REGISTERED
    made.save()
    page = client.get(story.get_absolute_url()).text
    assert (PAID_TEXT in page, "free for readers with an account" in page) == (False, True)
