"""My desk, the admin's front page: what lies on it for whom, and that each pile leads to all it counted."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from accounts.roles import EDITOR, PUBLISHER, SUPPORT, WRITER
from articles.models import Article, State
from editorial.actions import approve_article, assign_story, place_article, publish_article, submit_article
from editorial.dashboard import ShownPile
from tests.factories.articles import AuthorFactory
from tests.factories.desk import browser_of, edit, path, person, section, story
from tests.factories.planning import stack

pytestmark = pytest.mark.django_db

DESK = "/admin/"


def piles_of(user: User) -> dict[str, ShownPile]:
    return {pile.name: pile for pile in browser_of(user).get(DESK).context["piles"]}


def on(user: User, name: str) -> list[Article]:
    pile = piles_of(user).get(name)
    return pile.stories if pile else []


@pytest.mark.parametrize("number", [1, 30, 3000])
def test_the_desk_costs_the_same_for_one_story_for_thirty_and_for_three_thousand(
    number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    editor = person(EDITOR)
    stack(number, section(), assignee=person(WRITER))
    client = browser_of(editor)
    client.get(DESK)
    with django_assert_num_queries(28):
        page = client.get(DESK)
    piles = {pile.name: pile for pile in page.context["piles"]}
    assert piles["waiting"].count == -(-number // 6)
    assert all(len(pile.stories) <= 6 for pile in piles.values())


@pytest.mark.parametrize(
    ("role", "names"),
    [
        (WRITER, ["mine", "overdue", "recent"]),
        (EDITOR, ["mine", "waiting", "overdue", "today", "embargoes", "recent"]),
        (PUBLISHER, ["mine", "waiting", "overdue", "approved", "today", "embargoes", "recent"]),
    ],
)
def test_each_role_has_its_piles(role: str, names: list[str]) -> None:
    assert list(piles_of(person(role))) == names


def test_support_has_the_admins_own_front_page() -> None:
    assert "piles" not in browser_of(person(SUPPORT)).get(DESK).context


def test_my_drafts_are_what_i_am_to_write() -> None:
    writer, editor, at = person(WRITER), person(EDITOR), timezone.now()
    own, given, passed_on, bylined = story(by=writer), story(by=editor), story(by=writer), story(by=editor)
    sent_back = story(State.IN_REVIEW, by=writer)
    Article.objects.filter(pk=sent_back.pk).update(state=State.CHANGES_REQUESTED)
    edit(bylined, editor, authors=(AuthorFactory.create(user=writer).pk,))
    assign_story(article=given, by=editor, at=at, assignee=writer)
    assign_story(article=passed_on, by=editor, at=at, assignee=editor)
    story(State.IN_REVIEW, by=writer)
    assert set(on(writer, "mine")) == {own, given, bylined, sent_back}
    assert set(on(editor, "mine")) == {passed_on, bylined}


def test_what_waits_for_me_is_the_review_whose_turn_it_is() -> None:
    path(("Editing", EDITOR, 1), ("Fact check", "Checkers", 1), of=section("science"))
    path(("Legal", "Lawyers", 1), of=section("culture"))
    at = timezone.now()
    first, second = story(State.IN_REVIEW, at=at), story(State.IN_REVIEW, at=at)
    legal = story(State.IN_REVIEW, at=at, section=section("culture").pk)
    approve_article(article=second, by=person(EDITOR), at=at)
    people = {name: person(name) for name in (EDITOR, "Checkers", "Lawyers")}
    people["Checkers"].groups.add(Group.objects.get(name=WRITER))
    people["Lawyers"].groups.add(Group.objects.get(name=WRITER))
    waiting = {name: on(user, "waiting") for name, user in people.items()}
    assert waiting == {EDITOR: [first], "Checkers": [second], "Lawyers": [legal]}


def test_what_a_working_draft_moves_to_another_section_waits_for_that_ones_reviewers() -> None:
    path(("Legal", "Lawyers", 1), of=section("culture"))
    lawyer, at = person("Lawyers"), timezone.now()
    lawyer.groups.add(Group.objects.get(name=WRITER))
    article = story(State.PUBLISHED, at=at)
    edit(article, person(WRITER), section=section("culture").pk, at=at)
    submit_article(article=article, by=person(WRITER), at=at)
    assert (on(lawyer, "waiting"), on(person(EDITOR), "waiting")) == ([article], [])


def test_w3_my_own_text_does_not_wait_for_me() -> None:
    editor, other, at = person(EDITOR), person(EDITOR, "other@example.com"), timezone.now()
    begun = story(by=editor, at=at)
    written, assigned, bylined = (story(by=person(WRITER), at=at) for _ in range(3))
    edit(written, editor, headline="The mill turns", at=at)
    assign_story(article=assigned, by=other, at=at, assignee=editor)
    author = AuthorFactory.create(user=editor)
    edit(bylined, other, authors=(author.pk,), at=at)
    edit(bylined, other, authors=(), at=at)
    mine = {begun, written, assigned, bylined}
    for article in mine:
        submit_article(article=article, by=None, at=at)
    colleague = person(EDITOR, "colleague@example.com")
    assert (on(editor, "waiting"), set(on(colleague, "waiting"))) == ([], mine)


def test_w3_where_two_people_are_needed_neither_who_approved_nor_who_changed_it_is_waited_for() -> None:
    path(("Editing", EDITOR, 1), of=section("science"), needs_two_people=True)
    approver, changer, third = (person(EDITOR, f"{name}@example.com") for name in ("a", "b", "c"))
    at = timezone.now()
    article = story(State.IN_REVIEW, at=at)
    edit(article, changer, headline="The mill turns", at=at)
    approve_article(article=article, by=approver, at=at)
    assert [on(user, "waiting") for user in (approver, changer, third)] == [[], [], [article]]


def test_overdue_is_a_text_that_should_have_been_approved() -> None:
    editor, writer, at = person(EDITOR), person(WRITER), timezone.now()
    hour = timedelta(hours=1)
    late, colleagues, early = story(by=writer), story(by=editor), story(by=writer)
    done = story(State.APPROVED, by=writer)
    reopened = story(State.PUBLISHED, by=writer, at=at)
    edit(reopened, writer, headline="The mill turns again", at=at)
    for article in (late, colleagues, done, reopened):
        assign_story(article=article, by=editor, at=at, due_at=at - hour)
    assign_story(article=early, by=editor, at=at, due_at=at + hour)
    assert (set(on(editor, "overdue")), on(writer, "overdue")) == ({late, colleagues}, [late])
    assert "overdue" in browser_of(writer).get(DESK).text


# 23:30 in New York, on the evening before the clocks go back.
@time_machine.travel(datetime(2026, 11, 1, 3, 30, tzinfo=UTC), tick=False)
def test_scheduled_today_goes_by_the_newsrooms_clock() -> None:
    at = timezone.now()
    tonight, tomorrow = story(State.APPROVED, at=at), story(State.APPROVED, at=at)
    local = timezone.localtime(at)
    publish_article(article=tonight, by=None, at=at, when=at + timedelta(minutes=15))
    midnight = local.replace(hour=0, minute=0) + timedelta(days=1)
    publish_article(article=tomorrow, by=None, at=at, when=max(midnight, at + timedelta(hours=1)))
    assert on(person(EDITOR), "today") == [tonight]


def test_embargoes_are_those_that_lift_within_two_days() -> None:
    at = timezone.now()
    soon, later, over = (story(at=at) for _ in range(3))
    for article, hours in ((soon, 47), (later, 49), (over, -1)):
        place_article(article=article, by=None, at=at, embargo_until=at + timedelta(hours=hours))
    assert on(person(EDITOR), "embargoes") == [soon]


def test_recent_is_what_came_out_in_seven_days_whatever_is_being_written_since() -> None:
    at = timezone.now()
    fresh, redone = story(State.PUBLISHED, at=at), story(State.PUBLISHED, at=at - timedelta(days=1))
    edit(redone, person(EDITOR), headline="The mill turns again", at=at)
    story(State.PUBLISHED, at=at - timedelta(days=8))
    story(State.SCHEDULED, at=at)
    assert on(person(EDITOR), "recent") == [fresh, redone]


@pytest.mark.parametrize("role", [WRITER, EDITOR, PUBLISHER])
def test_each_pile_leads_to_all_it_counted(role: str) -> None:
    user = person(role)
    stack(60, section(), by=user if role == WRITER else person(WRITER), assignee=user)
    client = browser_of(user)
    for pile in client.get(DESK).context["piles"]:
        assert client.get(pile.url).context["cl"].result_count == pile.count
        assert pile.more == max(0, pile.count - 6)


def test_the_list_of_a_pile_tells_a_stranger_nothing() -> None:
    hidden = story(by=person(EDITOR))
    assign_story(
        article=hidden, by=person(EDITOR), at=timezone.now(), due_at=timezone.now() - timedelta(hours=1)
    )
    client = browser_of(person(WRITER))
    for name in ("mine", "waiting", "overdue", "approved", "today", "embargoes", "recent", "nonsense"):
        assert str(hidden) not in client.get(f"/admin/articles/article/?pile={name}").text
