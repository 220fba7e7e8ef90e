"""The rules of access: the first that fits decides, and the database finds the same as `Article.ruling`."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from pytest_django import DjangoAssertNumQueries

from articles.models import Access, AccessRule, Article, StoryType
from articles.models.access import KEPT_RULES, months_before
from tests.factories.articles import ArticleFactory, SectionFactory, TopicFactory

LEVELS = list(Access.values)
MONTH_ENDS = [
    datetime(2028, 2, 29, 12, tzinfo=UTC),
    datetime(2027, 2, 28, 12, tzinfo=UTC),
    datetime(2027, 3, 31, 12, tzinfo=UTC),
    datetime(2027, 4, 30, 12, tzinfo=UTC),
    datetime(2027, 12, 31, 23, 59, 59, tzinfo=UTC),
]
moments = st.sampled_from(MONTH_ENDS) | st.integers(0, 1500).map(
    lambda days: datetime(2025, 1, 1, 12, tzinfo=UTC) + timedelta(days=days)
)
places = st.none() | st.integers(0, 1)
conditions = st.fixed_dictionaries(
    {"section": places, "topic": places, "story_type": places, "age": st.none() | st.integers(0, 30)}
).filter(lambda found: any(value is not None for value in found.values()))
rules = st.lists(st.tuples(conditions, st.sampled_from(LEVELS)), max_size=5)
months_ago = st.integers(0, 30)
stories = st.lists(
    st.fixed_dictionaries(
        {
            "section": st.integers(0, 1),
            "topics": st.sets(st.integers(0, 1)),
            "story_type": places,
            "access": st.sampled_from(["", *LEVELS]),
            "first": st.none() | months_ago,
            "published": st.none() | months_ago,
            "seconds": st.integers(-1, 1),
        }
    ),
    min_size=1,
    max_size=4,
)


class RulesInTheDatabaseTest(TestCase):
    """Random rules and stories, told from both sides."""

    @settings(max_examples=60)
    @given(at=moments, rules=rules, stories=stories, levels=st.tuples(*[st.sampled_from(LEVELS)] * 2))
    def test_finds_what_each_story_says(
        self,
        at: datetime,
        rules: list[tuple[dict[str, int | None], str]],
        stories: list[dict[str, Any]],
        levels: tuple[str, str],
    ) -> None:
        cache.delete(KEPT_RULES)
        sections = [SectionFactory.create(access=level) for level in levels]
        topics = TopicFactory.create_batch(2)
        types = [StoryType.objects.create(name=f"Type {number}") for number in range(2)]
        for number, (wanted, level) in enumerate(rules):
            AccessRule.objects.create(
                name=f"Rule {number}",
                position=number % 3,
                section=None if wanted["section"] is None else sections[wanted["section"]],
                topic=None if wanted["topic"] is None else topics[wanted["topic"]],
                story_type=None if wanted["story_type"] is None else types[wanted["story_type"]],
                older_than_months=wanted["age"],
                access=level,
            )
        for made in stories:
            step = timedelta(seconds=made["seconds"])
            first, published = (
                None if made[name] is None else months_before(at, made[name]) + step
                for name in ("first", "published")
            )
            ArticleFactory.create(
                section=sections[made["section"]],
                topics=[topics[number] for number in made["topics"]],
                story_type=None if made["story_type"] is None else types[made["story_type"]],
                access=made["access"],
                state="draft" if published is None else "published",
                published_at=published,
                first_published_at=first,
                public_version=None if published is None else 1,
            )
        found: Any = Article.objects.with_access(at=at).with_rule(at=at)
        names = dict(AccessRule.objects.values_list("pk", "name"))
        for story in found:
            ruling = story.ruling(at=at)
            assert story.access_now == ruling.access
            by_rule = ruling.because.removeprefix("Rule: ").removesuffix(".")
            assert names.get(story.rule_now, "") == (by_rule if by_rule in names.values() else "")
        for level in LEVELS:
            expected = {story.pk for story in found if story.ruling(at=at).access == level}
            assert set(found.filter(access_now=level).values_list("pk", flat=True)) == expected


@pytest.mark.parametrize(
    ("at", "months", "before"),
    [
        (datetime(2027, 3, 31, 12, tzinfo=UTC), 1, datetime(2027, 2, 28, 12, tzinfo=UTC)),
        (datetime(2028, 3, 31, 12, tzinfo=UTC), 1, datetime(2028, 2, 29, 12, tzinfo=UTC)),
        (datetime(2027, 1, 31, tzinfo=UTC), 2, datetime(2026, 11, 30, tzinfo=UTC)),
        (datetime(2027, 5, 31, tzinfo=UTC), 12, datetime(2026, 5, 31, tzinfo=UTC)),
        (datetime(2027, 5, 5, tzinfo=UTC), 0, datetime(2027, 5, 5, tzinfo=UTC)),
        (datetime(2027, 5, 5, tzinfo=UTC), 32767, datetime(1, 1, 5, tzinfo=UTC)),
    ],
)
def test_months_are_counted_to_the_day_or_the_month_s_last(
    at: datetime, months: int, before: datetime
) -> None:
    assert months_before(at, months) == before


def test_rules_are_weighed_in_the_query_of_the_stories(
    db: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    AccessRule.objects.create(name="The archive", older_than_months=12, access=Access.FREE)
    ArticleFactory.create_batch(3)
    AccessRule.objects.in_force()
    with django_assert_num_queries(1):
        weighed: Any = Article.objects.with_access(at=MONTH_ENDS[0])
        assert len(weighed.filter(access_now=Access.FREE)) == 3
