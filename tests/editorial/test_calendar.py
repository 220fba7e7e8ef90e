"""The calendar: each thing on its day by the newsroom's clock, and moving it, for those who may."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.roles import EDITOR, PUBLISHER, SUPPORT, WRITER
from articles.models import Article, State
from editorial.actions import assign_story, kill_article, place_article, publish_article
from editorial.agenda import month_of, on_day, span_from, week_of
from editorial.models import Assignment
from tests.factories.desk import browser_of, person, section, story
from tests.factories.planning import stack

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]

CALENDAR = "/admin/desk/calendar/"
NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2026, 10, 26, 9, 0, tzinfo=NEW_YORK)
JSON = {"accept": "application/json"}


@pytest.fixture
def monday_morning(settings: Any) -> Any:
    """A Monday in the week that ends with the change of the clocks (November 1, 2026)."""
    settings.TIME_ZONE = "America/New_York"
    with time_machine.travel(NOW, tick=False):
        yield


def shown(client: Client, query: str = "?month=2026-11") -> dict[str, list[tuple[str, str]]]:
    """What stands on each day: the kind and the headline."""
    days = client.get(CALENDAR + query).context["days"]
    return {
        day.date.isoformat(): [(entry.kind, str(entry.story)) for entry in day.entries]
        for day in days
        if day.entries
    }


def when_url(article: Article, kind: str = "due") -> str:
    return f"/admin/desk/stories/{article.pk}/when/{kind}/"


def due_of(article: Article) -> datetime | None:
    return Assignment.objects.get(article=article).due_at


def at(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=NEW_YORK)


def due(moment: datetime, by: User | None = None, **values: Any) -> Article:
    article = story(by=by or person(WRITER), at=NOW, **values)
    assign_story(article=article, by=None, at=NOW, due_at=moment)
    return article


def scheduled(moment: datetime) -> Article:
    article = story(State.APPROVED, at=NOW)
    publish_article(article=article, by=None, at=NOW, when=moment)
    return article


@pytest.mark.parametrize("number", [1, 30, 3000])
def test_the_calendar_costs_the_same_for_one_story_for_thirty_and_for_three_thousand(
    number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    editor = person(EDITOR)
    stack(number, section(), assignee=editor, at=NOW)
    client = browser_of(editor)
    client.get(CALENDAR)
    with django_assert_num_queries(10):
        page = client.get(CALENDAR)
    assert all(len(day.entries) <= 6 for day in page.context["days"])


def test_everything_stands_on_its_day() -> None:
    article = due(at(3, 17))
    out = scheduled(at(4, 6))
    place_article(article=article, by=None, at=NOW, embargo_until=at(5, 8))
    place_article(article=out, by=None, at=NOW, unpublish_at=at(6, 18))
    published = story(State.PUBLISHED, at=NOW)
    killed = due(at(3, 18))
    kill_article(article=killed, by=None, at=NOW, reason="Not true.")
    assert shown(browser_of(person(EDITOR))) == {
        "2026-10-26": [("published", str(published))],
        "2026-11-03": [("due", str(article))],
        "2026-11-04": [("scheduled", str(out))],
        "2026-11-05": [("embargo", str(article))],
        "2026-11-06": [("end", str(out))],
    }


def test_days_are_the_newsrooms_on_both_sides_of_the_change_of_the_clocks() -> None:
    """In summer midnight is 4:00 UTC, in winter 5:00; the day of the change has 25 hours."""
    last, first = due(datetime(2026, 11, 1, 3, 59, tzinfo=UTC)), due(datetime(2026, 11, 1, 4, 0, tzinfo=UTC))
    still, next_day = (
        due(datetime(2026, 11, 2, 4, 59, tzinfo=UTC)),
        due(datetime(2026, 11, 2, 5, 0, tzinfo=UTC)),
    )
    assert shown(browser_of(person(EDITOR))) == {
        "2026-10-31": [("due", str(last))],
        "2026-11-01": [("due", str(first)), ("due", str(still))],
        "2026-11-02": [("due", str(next_day))],
    }


def test_a_moment_at_the_edge_belongs_to_one_week_only() -> None:
    article = due(datetime(2026, 11, 2, 4, 59, tzinfo=UTC))
    client = browser_of(person(EDITOR))
    assert shown(client, "?week=2026-W44") == {"2026-11-01": [("due", str(article))]}
    assert shown(client, "?week=2026-W45") == {}


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"month": "2026-11"}, month_of(date(2026, 11, 1))),
        ({"week": "2026-W53"}, week_of(date(2026, 12, 28))),
        ({"month": "2026-13"}, month_of(date(2026, 10, 1))),
        ({"month": "x"}, month_of(date(2026, 10, 1))),
        ({"week": "2026-W99"}, month_of(date(2026, 10, 1))),
        ({}, month_of(date(2026, 10, 1))),
    ],
)
def test_nonsense_shows_this_month(params: dict[str, str], expected: Any) -> None:
    assert span_from(params, today=date(2026, 10, 26)) == expected


def test_months_and_weeks_follow_one_another() -> None:
    assert (month_of(date(2026, 12, 9)).following.query, month_of(date(2026, 1, 9)).previous.query) == (
        "month=2027-01",
        "month=2025-12",
    )
    assert (week_of(date(2026, 12, 31)).query, week_of(date(2026, 12, 31)).following.query) == (
        "week=2026-W53",
        "week=2027-W01",
    )


def test_the_edges_of_time_are_no_error() -> None:
    client = browser_of(person(EDITOR))
    for query in ("?month=0001-01", "?month=9999-12", "?week=0001-W01", "?week=9999-W52"):
        assert client.get(CALENDAR + query).status_code == 200


def test_a_full_day_leads_to_its_week() -> None:
    editor = person(EDITOR)
    for _ in range(8):
        due(at(3, 17))
    page = browser_of(editor).get(f"{CALENDAR}?month=2026-11")
    assert '<a href="?week=2026-W45">2 more</a>' in page.text
    assert len(shown(browser_of(editor), "?week=2026-W45")["2026-11-03"]) == 8


def test_a_due_story_dragged_to_another_day_keeps_its_time_across_the_change_of_the_clocks() -> None:
    article = due(at(30, 17, 30, month=10))
    answer = browser_of(person(EDITOR)).post(when_url(article), {"day": "2026-11-03"}, headers=JSON)
    assert due_of(article) == at(3, 17, 30)
    assert answer.json()["said"] == f"{article} is due Tuesday, November 3, 17:30."


def test_a_time_that_the_clocks_skip_is_an_hour_later() -> None:
    assert (
        on_day(at(7, 2, 30), date(2027, 3, 14)).astimezone(NEW_YORK).isoformat()
        == "2027-03-14T03:30:00-04:00"
    )


def test_the_form_does_the_same_by_keyboard_and_takes_the_time_away_too() -> None:
    article, client = due(at(3, 17)), browser_of(person(EDITOR))
    assert 'value="2026-11-03T17:00"' in client.get(when_url(article)).text
    client.post(when_url(article), {"when": "2026-11-05T09:15"})
    assert due_of(article) == at(5, 9, 15)
    client.post(when_url(article), {"when": ""})
    assert due_of(article) is None


def test_the_form_comes_as_the_inside_of_a_dialog_too() -> None:
    article, client = due(at(3, 17)), browser_of(person(EDITOR))
    whole, part = client.get(when_url(article)), client.get(f"{when_url(article)}?part=1")
    assert ("<html" in whole.text, "<html" in part.text) == (True, False)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("when", "soon"),
        ("when", "2026-03-08T02:30"),
        ("when", "9999-12-31T23:59"),
        ("day", "x"),
        ("day", "9999-12-31"),
    ],
)
def test_nonsense_moves_nothing_and_says_so(field: str, value: str) -> None:
    article = due(at(3, 17))
    answer = browser_of(person(EDITOR)).post(when_url(article), {field: value}, headers=JSON)
    assert (answer.status_code, due_of(article)) == (409, at(3, 17))


def test_a_publisher_moves_what_is_scheduled_and_never_publishes_by_it() -> None:
    article, client = scheduled(at(4, 6)), browser_of(person(PUBLISHER))
    client.post(when_url(article, "scheduled"), {"day": "2026-11-06"})
    article.refresh_from_db()
    assert (article.state, article.scheduled_for, article.published_at) == (
        State.SCHEDULED,
        at(6, 6),
        at(6, 6),
    )
    for wanted in ({"day": "2026-10-20"}, {"when": "2026-10-26T09:00"}, {"when": ""}):
        answer = client.post(when_url(article, "scheduled"), wanted, headers=JSON)
        assert (answer.status_code, answer.json()["said"]) == (
            409,
            f"{article} stays where it is. Choose a moment to come.",
        )
    article.refresh_from_db()
    assert (article.state, article.scheduled_for) == (State.SCHEDULED, at(6, 6))


def test_the_calendar_schedules_nothing_that_was_not() -> None:
    article = story(State.APPROVED, at=NOW)
    answer = browser_of(person(PUBLISHER)).post(
        when_url(article, "scheduled"), {"when": "2026-11-06T06:00"}, headers=JSON
    )
    article.refresh_from_db()
    assert (answer.status_code, article.state) == (409, State.APPROVED)


@pytest.mark.parametrize("role", [WRITER, EDITOR])
def test_w1_who_may_not_publish_moves_no_publication(role: str) -> None:
    article, user = scheduled(at(4, 6)), person(role)
    client = browser_of(user)
    answer = client.post(when_url(article, "scheduled"), {"day": "2026-11-06"}, headers=JSON)
    article.refresh_from_db()
    assert (answer.status_code, article.scheduled_for) == (409, at(4, 6))
    [entry] = [
        entry for day in client.get(f"{CALENDAR}?month=2026-11").context["days"] for entry in day.entries
    ]
    assert not entry.may_move


def test_a_writer_moves_their_own_and_not_what_they_only_see() -> None:
    writer, editor = person(WRITER), person(EDITOR)
    own, public = due(at(3, 17), by=writer), due(at(3, 18), by=editor)
    Article.objects.filter(pk=public.pk).update(public_version=1, published_at=NOW, first_published_at=NOW)
    client = browser_of(writer)
    answers = [client.post(when_url(each), {"day": "2026-11-04"}, headers=JSON) for each in (own, public)]
    assert [answer.status_code for answer in answers] == [200, 409]
    assert (due_of(own), due_of(public)) == (at(4, 17), at(3, 18))


def test_stories_of_others_are_neither_shown_nor_reached() -> None:
    hidden = due(at(3, 17), by=person(EDITOR))
    client = browser_of(person(WRITER))
    assert shown(client) == {}
    assert client.post(when_url(hidden), {"day": "2026-11-04"}).status_code == 404
    assert browser_of(person(SUPPORT)).get(CALENDAR).status_code == 403
    assert Client().get(CALENDAR).status_code == 302


def test_there_are_no_other_moments_to_move() -> None:
    article, client = due(at(3, 17)), browser_of(person(EDITOR))
    assert client.post(when_url(article, "embargo"), {"day": "2026-11-04"}).status_code == 404


def test_what_is_to_be_done_is_shown_before_what_is_out() -> None:
    for hour in range(7):
        story(State.PUBLISHED, at=NOW - timedelta(minutes=hour))
    late = due(NOW + timedelta(hours=8))
    [entries] = shown(browser_of(person(EDITOR)), "?month=2026-10").values()
    assert len(entries) == 6
    assert entries[-1] == ("due", str(late))


def test_the_newsrooms_zone_is_a_setting(settings: Any) -> None:
    article = due(datetime(2026, 11, 3, 23, 30, tzinfo=UTC))
    settings.TIME_ZONE = "Asia/Tokyo"
    assert shown(browser_of(person(EDITOR))) == {"2026-11-04": [("due", str(article))]}
