"""The desk's reports: right at the borders of months and clocks, as cheap for many stories as for one."""

import csv
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import AuditEntry, User
from accounts.roles import EDITOR
from articles.models import Article, Correction, Section, State
from editorial.reports import REPORTS
from kit.reporting import Period, PeriodForm, Report, draw_bars, percentile, preset
from kit.reporting.cells import words
from tests.factories.accounts import StaffFactory, UserFactory, WriterFactory
from tests.factories.articles import ArticleFactory, AuthorFactory, SectionFactory

pytestmark = pytest.mark.django_db

PAGE = "/admin/desk/reports/"
NEW_YORK = ZoneInfo("America/New_York")
MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))
"""Clocks went forward on the 8th: the month is 743 hours long."""


def at(*when: int) -> datetime:
    """A moment on the newsroom's clock."""
    return datetime(*when, tzinfo=NEW_YORK)  # type: ignore[arg-type, misc]


LATER = at(2026, 4, 20, 12)


def report(name: str, period: Period = MARCH) -> Report:
    return REPORTS[name](period, at=LATER)


def add_story(first_published_at: datetime | None, **fields: object) -> Article:
    created_at = (first_published_at or LATER) - timedelta(hours=48)
    fields = {"created_at": created_at, "changed_at": created_at, "word_count": 100, **fields}
    return ArticleFactory.create(
        published_at=first_published_at, first_published_at=first_published_at, **fields
    )


def move(story: Article, from_state: str, to_state: str, when: datetime) -> None:
    AuditEntry.record("move story", story, by=None, at=when, from_state=from_state, to_state=to_state)


def correct(story: Article, when: datetime) -> None:
    Correction.objects.create(
        article=story, notice="It is the river Ald.", reason="Misheard.", by_label="system", at=when
    )


@pytest.fixture
def editor(client: Client) -> User:
    user: User = StaffFactory.create(role=EDITOR)
    client.force_login(user)
    return user


@pytest.fixture
def science() -> Section:
    section: Section = SectionFactory.create(name="Science")
    return section


# The period


def test_a_period_lasts_from_midnight_to_midnight_of_the_newsroom_over_a_change_of_clocks() -> None:
    assert (MARCH.since.isoformat(), MARCH.until.isoformat()) == (
        "2026-03-01T00:00:00-05:00",
        "2026-04-01T00:00:00-04:00",
    )
    length = MARCH.until.astimezone(ZoneInfo("UTC")) - MARCH.since.astimezone(ZoneInfo("UTC"))
    assert length == timedelta(hours=743)


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("7", date(2026, 4, 14)),
        ("30", date(2026, 3, 22)),
        ("90", date(2026, 1, 21)),
        ("year", date(2026, 1, 1)),
    ],
)
def test_presets_end_today(name: str, first: date) -> None:
    assert preset(name, date(2026, 4, 20)) == Period(first, date(2026, 4, 20))


@pytest.mark.parametrize(
    ("given", "period", "errors"),
    [
        ({}, preset("30", date(2026, 4, 20)), []),
        ({"period": "7"}, preset("7", date(2026, 4, 20)), []),
        ({"since": "2026-03-01", "until": "2026-03-31"}, MARCH, []),
        ({"since": "2026-03-01", "until": "2026-03-31", "period": "7"}, MARCH, []),
        ({"since": "2026-04-20"}, Period(date(2026, 4, 20), date(2026, 4, 20)), []),
        ({"since": "2026-04-01", "until": "2030-01-01"}, Period(date(2026, 4, 1), date(2026, 4, 20)), []),
        ({"until": "2026-03-31"}, preset("30", date(2026, 4, 20)), ["since"]),
        ({"since": "2026-03-31", "until": "2026-03-01"}, preset("30", date(2026, 4, 20)), ["until"]),
        ({"since": "2026-04-21"}, preset("30", date(2026, 4, 20)), ["until"]),
        ({"since": "0001-01-01"}, preset("30", date(2026, 4, 20)), ["since"]),
        ({"since": "spring"}, preset("30", date(2026, 4, 20)), ["since"]),
        ({"period": "forever"}, preset("30", date(2026, 4, 20)), ["period"]),
    ],
)
def test_the_period_asked_for(given: dict[str, str], period: Period, errors: list[str]) -> None:
    # Half past nine in the evening in New York: tomorrow already in Greenwich.
    with time_machine.travel(at(2026, 4, 20, 21, 30), tick=False):
        form = PeriodForm(given)
        assert (form.chosen(), list(form.errors)) == (period, errors)


def test_a_period_names_the_months_it_touches() -> None:
    months = list(Period(date(2025, 12, 31), date(2026, 2, 1)).months())
    assert months == [date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1)]


# Output


def test_output_counts_what_first_appeared_within_the_newsrooms_month(science: Section) -> None:
    for moment in (
        at(2026, 2, 28, 23, 59),  # before, though March in Greenwich
        at(2026, 3, 1, 0, 0),
        at(2026, 3, 31, 23, 59),  # within, though April in Greenwich
        at(2026, 4, 1, 0, 0),  # after
        None,
    ):
        add_story(moment, section=science, state=State.PUBLISHED if moment else State.DRAFT)
    found = report("output-by-section")
    assert found.rows == [("Science", 2, 200)]
    assert found.total == ("All sections", 2, 200)


def test_output_counts_neither_what_is_to_come_nor_a_second_publication(science: Section) -> None:
    add_story(LATER + timedelta(minutes=1), section=science)
    again = add_story(at(2026, 2, 1), section=science)
    Article.objects.filter(pk=again.pk).update(published_at=at(2026, 4, 2))
    assert report("output-by-section", Period(date(2026, 4, 1), date(2026, 4, 30))).rows == []


def test_a_story_that_was_withdrawn_counts_as_what_came_out(science: Section) -> None:
    story = add_story(at(2026, 3, 4), section=science)
    Article.objects.filter(pk=story.pk).update(state=State.UNPUBLISHED, published_at=None)
    assert report("output-by-section").rows == [("Science", 1, 100)]


def test_output_by_section_begins_with_the_largest(science: Section) -> None:
    world = SectionFactory.create(name="World")
    for section, number in ((science, 1), (world, 3)):
        for _ in range(number):
            add_story(at(2026, 3, 5), section=section)
    found = report("output-by-section")
    assert found.rows == [("World", 3, 300), ("Science", 1, 100)]
    assert [(bar.label, bar.length) for bar in found.bars] == [("World", 1000), ("Science", 333)]


def test_a_story_counts_for_each_of_its_authors_and_one_without_is_not_lost(science: Section) -> None:
    ada, ben = AuthorFactory.create(name="Ada Quist"), AuthorFactory.create(name="Ben Oduya")
    for authors in ((ada, ben), (ada,), ()):
        add_story(at(2026, 3, 5), section=science, authors=authors)
    assert report("output-by-author").rows == [
        ("Ada Quist", 2, 200),
        ("Ben Oduya", 1, 100),
        ("No byline", 1, 100),
    ]


# Durations


def test_time_to_publication_is_the_median_and_what_nine_of_ten_do_not_pass(science: Section) -> None:
    published = at(2026, 3, 20, 12)
    for hours in range(1, 12):
        add_story(published, section=science, created_at=published - timedelta(hours=hours))
    found = report("time-to-publication")
    assert found.rows == [("Science", 11, timedelta(hours=6), timedelta(hours=10))]
    assert found.total == ("All sections", 11, timedelta(hours=6), timedelta(hours=10))


def test_an_hour_that_the_clock_skipped_did_not_pass(science: Section) -> None:
    add_story(at(2026, 3, 8, 12), section=science, created_at=at(2026, 3, 7, 12))
    assert report("time-to-publication").rows[0][2] == timedelta(hours=23)


def test_a_story_older_than_its_first_trace_here_has_no_time_to_publication(science: Section) -> None:
    published = at(2026, 3, 20)
    add_story(published, section=science, created_at=published + timedelta(days=1))
    found = report("time-to-publication")
    assert (found.rows, found.total) == ([], ())


def test_time_in_states_is_what_lies_between_changes_of_state() -> None:
    story, other = ArticleFactory.create(), ArticleFactory.create()
    move(story, "", "draft", at(2026, 2, 27, 12))
    move(story, "draft", "draft", at(2026, 2, 28, 12))  # an edit
    move(other, "", "draft", at(2026, 3, 1, 12))
    move(story, "draft", "in_review", at(2026, 3, 1, 12))
    move(story, "", "", at(2026, 3, 1, 13))  # a new place on the front page
    move(story, "in_review", "draft", at(2026, 3, 2, 12))
    move(story, "draft", "in_review", at(2026, 3, 2, 18))
    move(story, "in_review", "approved", at(2026, 3, 2, 18))
    move(story, "approved", "published", at(2026, 4, 2))
    assert report("time-in-states").rows == [
        ("draft", 2, timedelta(hours=27), timedelta(hours=43, minutes=48)),
        ("in review", 2, timedelta(hours=12), timedelta(hours=21, minutes=36)),
    ]


def test_time_in_states_is_that_of_stories_only() -> None:
    user, story = UserFactory.create(), ArticleFactory.create()
    for target in (user, story):
        AuditEntry.record("x", target, by=None, at=at(2026, 3, 1), to_state="sleeping")
        AuditEntry.record(
            "y", target, by=None, at=at(2026, 3, 2), from_state="sleeping", to_state="wide_awake"
        )
    assert report("time-in-states").rows == [("sleeping", 1, timedelta(days=1), timedelta(days=1))]


def test_a_state_that_nobody_saw_begin_has_no_length() -> None:
    move(ArticleFactory.create(), "draft", "in_review", at(2026, 3, 2))
    assert report("time-in-states").rows == []


@pytest.mark.parametrize(
    ("hours", "share", "expected"),
    [([5], 0.9, 5), ([1, 2], 0.5, 1.5), ([3, 1, 2], 0.5, 2), ([1, 2, 3, 4, 5], 0.9, 4.6), ([1, 2], 1, 2)],
)
def test_percentiles_are_interpolated(hours: list[float], share: float, expected: float) -> None:
    assert percentile([timedelta(hours=each) for each in hours], share) == timedelta(hours=expected)


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        (timedelta(seconds=20), "0 min"),
        (timedelta(minutes=59), "59 min"),
        (timedelta(hours=5, minutes=20), "5 h 20 min"),
        (timedelta(days=3, hours=4, minutes=50), "3 d 4 h"),
        (1234, "1,234"),
        ("Science", "Science"),
    ],
)
def test_cells_are_shown_in_words(cell: str | int | timedelta, shown: str) -> None:
    assert words(cell) == shown


def test_bars_of_nothing_have_no_length() -> None:
    assert [bar.length for bar in draw_bars([("a", 0), ("b", 0)], value=1)] == [0, 0]


# Corrections


def test_corrections_fall_into_the_newsrooms_months(science: Section) -> None:
    world = SectionFactory.create(name="World")
    ours, theirs = add_story(at(2026, 1, 5), section=science), add_story(at(2026, 1, 5), section=world)
    correct(ours, at(2026, 2, 28, 23, 30))  # March in Greenwich
    correct(ours, at(2026, 3, 31, 23, 30))  # April in Greenwich
    correct(ours, at(2026, 3, 8, 12))
    correct(theirs, at(2026, 3, 1, 0, 0))
    found = report("corrections", Period(date(2026, 1, 1), date(2026, 4, 20)))
    assert found.rows == [
        ("February 2026", "Science", 1),
        ("March 2026", "Science", 2),
        ("March 2026", "World", 1),
    ]
    assert found.total == ("All months", "", 4)
    assert [(bar.label, bar.text) for bar in found.bars] == [
        ("Jan 2026", "0"),
        ("Feb 2026", "1"),
        ("Mar 2026", "3"),
        ("Apr 2026", "0"),
    ]
    assert report("corrections").rows == [("March 2026", "Science", 2), ("March 2026", "World", 1)]


# The page


def test_an_empty_period_says_so_in_words(client: Client, editor: User) -> None:
    page = client.get(PAGE).text
    assert page.count("No story was published for the first time in this period.") == 2
    assert page.count("No story begun here was published for the first time in this period.") == 1
    assert page.count("No story changed its state in this period.") == 1
    assert page.count("Nothing was corrected in this period.") == 1
    assert "<table" not in page


@pytest.mark.parametrize("number", [1, 30])
def test_the_page_costs_the_same_for_any_number_of_stories(
    client: Client, editor: User, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(number):
        story = add_story(at(2026, 3, 20), authors=[AuthorFactory.create()])
        move(story, "", "draft", at(2026, 3, 1))
        move(story, "draft", "published", at(2026, 3, 20))
        correct(story, at(2026, 3, 21))
    query = {"since": "2026-03-01", "until": "2026-03-31"}
    client.get(PAGE, query)
    with django_assert_num_queries(9):
        page = client.get(PAGE, query)
    assert page.text.count("<table") == 5
    with django_assert_num_queries(4):
        client.get(PAGE, query | {"format": "csv", "report": "time-in-states"})


def test_each_table_is_a_file_too(client: Client, editor: User, science: Section) -> None:
    science.name = "=Science"
    science.save()
    published = at(2026, 3, 20, 12)
    story = add_story(published, section=science, created_at=published - timedelta(minutes=90))
    correct(story, at(2026, 3, 21))
    query = {"since": "2026-03-01", "until": "2026-03-31", "format": "csv"}
    answers = {name: client.get(PAGE, query | {"report": name}) for name in REPORTS}
    tables = {name: list(csv.reader(a.getvalue().decode().splitlines())) for name, a in answers.items()}
    assert tables == {
        "output-by-section": [["Section", "Stories", "Words"], ["'=Science", "1", "100"]],
        "output-by-author": [["Author", "Stories", "Words"], ["No byline", "1", "100"]],
        "time-to-publication": [
            ["Section", "Stories", "Median (hours)", "9 of 10 within (hours)"],
            ["'=Science", "1", "1.5", "1.5"],
        ],
        "time-in-states": [["State", "Stays", "Median (hours)", "9 of 10 within (hours)"]],
        "corrections": [["Month", "Section", "Corrections"], ["March 2026", "'=Science", "1"]],
    }
    assert answers["corrections"]["Content-Disposition"] == (
        'attachment; filename="corrections-2026-03-01-2026-03-31.csv"'
    )


@pytest.mark.parametrize(
    ("query", "status"),
    [({"report": "secrets"}, 404), ({}, 404), ({"report": "corrections", "since": "spring"}, 400)],
)
def test_no_file_comes_of_nonsense(client: Client, editor: User, query: dict[str, str], status: int) -> None:
    assert client.get(PAGE, query | {"format": "csv"}).status_code == status


def test_a_period_that_makes_no_sense_is_said_beside_its_field(client: Client, editor: User) -> None:
    page = client.get(PAGE, {"since": "2026-03-31", "until": "2026-03-01"})
    assert "The period ends before it begins." in page.text


@pytest.mark.parametrize(
    "query", [{}, {"format": "csv", "report": "output-by-author", "since": "2026-03-01"}]
)
def test_reports_are_closed_to_writers_readers_and_visitors(client: Client, query: dict[str, str]) -> None:
    add_story(at(2026, 3, 20), authors=[AuthorFactory.create(name="Hidden Hand")])
    statuses = [client.get(PAGE, query).status_code]
    for user in (UserFactory.create(), WriterFactory.create()):
        client.force_login(user)
        answer = client.get(PAGE, query)
        statuses.append(answer.status_code)
        assert "Hidden Hand" not in answer.text
    assert statuses == [302, 302, 403]
