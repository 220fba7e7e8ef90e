"""Compiling an edition from the week, and leaving alone what an editor arranged."""

from datetime import timedelta

import pytest

from articles.models import Prominence, State
from newsletters.actions import arrange_edition, compile_edition
from newsletters.models import Edition, Newsletter
from tests.factories.newsletters import (
    DAY,
    FRIDAY,
    make_edition,
    make_reader,
    make_section,
    make_story,
    weekly,
)

pytestmark = pytest.mark.django_db


def headlines(edition: Edition) -> list[str]:
    return [place.article.headline for place in edition.places.all()]


def compiled() -> Edition:
    return compile_edition(newsletter=weekly(), date=DAY, by=None, at=FRIDAY, due_at=FRIDAY)


def test_the_most_prominent_story_leads_then_sections_in_order() -> None:
    world, science = make_section("World", 1), make_section("Science", 2)
    make_story("Science, brief", section=science, prominence=Prominence.BRIEF)
    make_story("Science, second", section=science, prominence=Prominence.SECOND)
    make_story("World, old", section=world, days_ago=5)
    make_story("World, new", section=world, days_ago=1)
    make_story("The lead", section=science, prominence=Prominence.LEAD, days_ago=6)
    edition = compiled()
    assert headlines(edition) == ["The lead", "World, new", "World, old", "Science, second", "Science, brief"]
    assert (edition.state, edition.due_at) == (Edition.State.DRAFT, FRIDAY)


def test_w5_only_what_readers_may_see_this_week_is_chosen() -> None:
    make_story("This week")
    make_story("Before the week", days_ago=8)
    make_story("Scheduled", days_ago=-1, state=State.SCHEDULED, scheduled_for=FRIDAY + timedelta(days=1))
    make_story("Withdrawn", state=State.UNPUBLISHED, published_at=None)
    make_story("Draft", state=State.DRAFT, published_at=None)
    make_story("Under embargo", embargo_until=FRIDAY + timedelta(hours=1))
    make_story("Embargo lifted", days_ago=20, embargo_until=FRIDAY - timedelta(days=1))
    assert sorted(headlines(compiled())) == ["Embargo lifted", "This week"]


def test_what_the_last_edition_had_is_not_sent_again() -> None:
    told = make_story("Told already", days_ago=6.5)
    make_story("News")
    make_edition(told, day=DAY - timedelta(days=7))
    assert headlines(compiled()) == ["News"]


def test_a_section_has_no_more_stories_than_the_letter_allows() -> None:
    Newsletter.objects.filter(pk=weekly().pk).update(stories_per_section=2)
    for number in range(5):
        make_story(f"Story {number}", days_ago=number + 1)
    assert headlines(compiled()) == ["Story 0", "Story 1", "Story 2"]


def test_compiling_again_refills_but_never_touches_what_an_editor_arranged() -> None:
    make_story("First")
    edition = compiled()
    make_story("Second", days_ago=1)
    assert headlines(compiled()) == ["Second", "First"]
    arrange_edition(edition=edition, by=make_reader(is_staff=True), at=FRIDAY)
    make_story("Third", days_ago=0.5)
    assert compiled() == edition
    assert headlines(edition) == ["Second", "First"]


def test_compiling_never_touches_an_edition_on_its_way() -> None:
    edition = make_edition(make_story("Sent already"))
    Edition.objects.filter(pk=edition.pk).update(state=Edition.State.SENDING, released_at=FRIDAY)
    make_story("Late")
    assert headlines(compiled()) == ["Sent already"]


def test_arranging_numbers_the_stories_and_puts_new_ones_last() -> None:
    edition = make_edition(make_story("a"), make_story("b"), make_story("c"))
    edition.places.filter(article__headline="a").update(position=0)
    edition.places.filter(article__headline="c").update(position=1)
    arrange_edition(edition=edition, by=make_reader(is_staff=True), at=FRIDAY)
    places = edition.places.values_list("article__headline", "position")
    assert list(places) == [("c", 1), ("b", 2), ("a", 3)]
