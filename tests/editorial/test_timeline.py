"""A story's timeline: its whole trail in plain words, for whoever may see the story."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import AuditEntry, User
from accounts.roles import EDITOR
from articles.models import Article, State
from editorial.timeline import WORDS, Day, Event, days_of
from editorial.workflow import TRANSITIONS
from tests.factories.accounts import StaffFactory, UserFactory, WriterFactory
from tests.factories.articles import ArticleFactory, SectionFactory

pytestmark = pytest.mark.django_db

EVENING = datetime(2026, 7, 3, 23, 30, tzinfo=UTC)
"""Half past seven in the evening in New York, on Friday, July 3."""


@pytest.fixture
def editor(client: Client) -> User:
    user: User = StaffFactory.create(email="marta@example.org", name="Marta Ellingsen", role=EDITOR)
    client.force_login(user)
    return user


def address(story: Article) -> str:
    return f"/admin/desk/stories/{story.pk}/timeline/"


def add_draft(**fields: object) -> Article:
    return ArticleFactory.create(state=State.DRAFT, published_at=None, **fields)


def test_the_trail_is_told_in_plain_words_day_by_day(editor: User) -> None:
    story = add_draft()
    late = EVENING + timedelta(hours=5)  # half past midnight: the next day
    AuditEntry.record("begin story", story, by=editor, at=EVENING, to_state="draft")
    AuditEntry.record("edit story", story, by=editor, at=EVENING, from_state="draft", to_state="draft")
    AuditEntry.record(
        "submit story",
        story,
        by=editor,
        at=late,
        from_state="draft",
        to_state="in_review",
        reason="Two voices.",
    )
    assert days_of(AuditEntry.about(story)) == [
        Day(
            date(2026, 7, 4),
            [
                Event(
                    late,
                    "Marta Ellingsen",
                    "submitted the story for review",
                    "draft",
                    "in review",
                    "Two voices.",
                )
            ],
        ),
        Day(
            date(2026, 7, 3),
            [
                Event(EVENING, "Marta Ellingsen", "edited the story", "", "", ""),
                Event(EVENING, "Marta Ellingsen", "began the story", "", "draft", ""),
            ],
        ),
    ]


def test_the_system_and_a_deleted_colleague_have_names(editor: User) -> None:
    story, gone = add_draft(), UserFactory.create(email="gone@example.org", name="Per Holm")
    AuditEntry.record("publish story", story, by=None, at=EVENING)
    AuditEntry.record("edit story", story, by=gone, at=EVENING)
    gone.delete()
    (day,) = days_of(AuditEntry.about(story).select_related("by"))
    assert [event.who for event in day.events] == ["gone@example.org", "The system"]


@pytest.mark.parametrize("name", [transition.name for transition in TRANSITIONS])
def test_every_move_of_the_table_has_words(name: str) -> None:
    assert f"{name} story" in WORDS


def test_an_action_without_words_and_a_state_of_old_are_shown_as_recorded(editor: User) -> None:
    story = add_draft()
    AuditEntry.record("weigh story", story, by=editor, at=EVENING, from_state="half_baked", to_state="draft")
    ((event,),) = (day.events for day in days_of(AuditEntry.about(story)))
    assert (event.did, event.before, event.after) == ("did “weigh story”", "half baked", "draft")


def test_the_page_shows_who_did_what_from_where_to_where_and_why(client: Client, editor: User) -> None:
    story = add_draft(headline="A tide mill turns again")
    AuditEntry.record(
        "submit story",
        story,
        by=editor,
        at=EVENING,
        from_state="draft",
        to_state="in_review",
        reason="<b>Two</b> voices.",
    )
    AuditEntry.record("submit story", add_draft(), by=editor, at=EVENING, reason="Of another story.")
    page = client.get(address(story))
    words = " ".join(page.text.split())
    assert "<strong>Marta Ellingsen</strong> submitted the story for review" in words
    assert '<time datetime="2026-07-03T19:30:00-04:00">19:30</time>' in words
    assert "&lt;b&gt;Two&lt;/b&gt; voices." in words
    assert "Of another story." not in words
    assert len(page.context["days"]) == 1


def test_a_story_without_a_trail_says_so(client: Client, editor: User) -> None:
    assert "Nothing has been recorded about this story yet." in client.get(address(add_draft())).text


def test_a_long_trail_is_shown_page_by_page(client: Client, editor: User) -> None:
    story = add_draft()
    for number in range(101):
        at = EVENING + timedelta(minutes=number)
        AuditEntry.record("edit story", story, by=editor, at=at, reason=f"Round {number}.")
    first, second = (client.get(address(story), {"page": number}) for number in (1, 2))
    shown = [[event.why for day in page.context["days"] for event in day.events] for page in (first, second)]
    assert [len(shown[0]), shown[0][0], shown[1]] == [100, "Round 100.", ["Round 0."]]


@pytest.mark.parametrize("number", [1, 30])
def test_the_page_costs_the_same_for_any_number_of_entries(
    client: Client, editor: User, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    story = add_draft()
    for _ in range(number):
        AuditEntry.record("edit story", story, by=UserFactory.create(), at=EVENING)
    client.get(address(story))
    with django_assert_num_queries(7):
        client.get(address(story))


def test_a_writer_sees_the_timeline_of_their_own_story_and_of_no_other_draft(client: Client) -> None:
    writer, section = WriterFactory.create(), SectionFactory.create()
    own, other = add_draft(created_by=writer, section=section), add_draft(section=section)
    for story in (own, other):
        AuditEntry.record("plan story", story, by=None, at=EVENING, reason="Of the chief's own making.")
    client.force_login(writer)
    answers = [client.get(address(story)) for story in (own, other)]
    assert [answer.status_code for answer in answers] == [200, 404]
    assert "Of the chief" not in answers[1].text


def test_readers_and_visitors_see_no_timeline(client: Client) -> None:
    story = ArticleFactory.create()
    AuditEntry.record("publish story", story, by=None, at=EVENING, reason="Between us.")
    assert client.get(address(story)).status_code == 302
    client.force_login(UserFactory.create())
    assert client.get(address(story)).status_code == 302
