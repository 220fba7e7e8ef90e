"""Plans: beginning a story, who may plan what; and the list of stories with its filters and bulk moves."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.roles import EDITOR, PUBLISHER, WRITER
from articles.models import Article, State
from editorial.actions import CannotMove, assign_story, place_hold, plan_story
from editorial.admin.story_list import StoryPaginator
from editorial.models import Assignment, Priority
from tests.factories.desk import browser_of, edit, person, section, story
from tests.factories.planning import stack

pytestmark = pytest.mark.django_db

LIST = "/admin/articles/article/"
BEGIN = "/admin/desk/begin/"


def plan_form(**changes: Any) -> dict[str, Any]:
    return {"slugline": "tide mill", "section": section().pk, "priority": Priority.NORMAL} | changes


def listed(client: Client, query: str) -> set[Article]:
    return set(client.get(LIST + query).context["cl"].queryset)


def state_of(article: Article) -> str:
    return Article.objects.get(pk=article.pk).state


def test_a_story_begins_with_its_plan_and_the_next_one_with_the_same_section() -> None:
    editor, writer = person(EDITOR), person(WRITER)
    client = browser_of(editor)
    typed = plan_form(
        brief="Why it turns.", assignee=writer.pk, due_at="2027-02-03T17:30", priority=3, expected_words=800
    )
    answer = client.post(BEGIN, typed | {"_another": "1"}, follow=True)
    plan = Assignment.objects.get()
    assert (plan.brief, plan.assignee, plan.priority, plan.expected_words) == (
        "Why it turns.",
        writer,
        3,
        800,
    )
    assert timezone.localtime(plan.due_at).strftime("%Y-%m-%d %H:%M") == "2027-02-03 17:30"
    assert answer.redirect_chain == [(f"{BEGIN}?section={section().pk}", 302)]
    assert "is planned. Plan the next one." in answer.text


@pytest.mark.parametrize(
    ("field", "value", "complaint"),
    [
        ("slugline", "", "This field is required."),
        ("section", "", "This field is required."),
        ("due_at", "tomorrow", "Enter a date and a time."),
        ("due_at", "9999-12-31T23:59", "Enter a date and a time."),
        ("expected_words", "0", "greater than or equal to 1"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused_in_words(field: str, value: str, complaint: str) -> None:
    page = browser_of(person(EDITOR)).post(BEGIN, plan_form(**{field: value}))
    assert complaint in page.text
    assert not Article.objects.exists()


def test_a_long_list_of_colleagues_can_be_searched() -> None:
    client = browser_of(person(EDITOR))
    assert "select2.init" not in client.get(BEGIN).text
    for number in range(21):
        person(WRITER, f"writer-{number}@example.com")
    assert "select2.init" in client.get(BEGIN).text


def test_a_writer_can_give_a_story_to_nobody_but_themselves() -> None:
    writer, other = person(WRITER), person(WRITER, "other@example.com")
    client = browser_of(writer)
    client.post(BEGIN, plan_form(assignee=other.pk))
    assert not Article.objects.exists()
    client.post(BEGIN, plan_form(assignee=writer.pk))
    assert Assignment.objects.get().assignee == writer


def test_the_page_of_a_story_shows_its_plan_and_the_way_to_change_it() -> None:
    editor, at = person(EDITOR), timezone.now()
    article = plan_story(slugline="tide mill", section=section(), by=editor, at=at, brief="Why it turns.")
    assign_story(article=article, by=editor, at=at, due_at=at - timedelta(hours=1), expected_words=800)
    client = browser_of(editor)
    page = client.get(f"{LIST}{article.pk}/change/").text
    for fact in ("Why it turns.", "overdue", "0 of 800 words", f"/admin/desk/stories/{article.pk}/plan/"):
        assert fact in page
    url = f"/admin/desk/stories/{article.pk}/plan/"
    assert "Why it turns." in client.get(url).text
    client.post(
        url, {"brief": "Why it stops.", "priority": 2, "assignee": "", "due_at": "", "expected_words": ""}
    )
    plan = Assignment.objects.get()
    assert (plan.brief, plan.priority, plan.due_at, plan.expected_words) == ("Why it stops.", 2, None, None)


def test_a_writer_changes_no_plan_of_others() -> None:
    writer, editor, at = person(WRITER), person(EDITOR), timezone.now()
    public = story(State.PUBLISHED, by=person(WRITER, "other@example.com"), at=at)
    assign_story(article=public, by=editor, at=at, brief="Why it turns.")
    hidden = story(by=editor, at=at)
    client = browser_of(writer)
    for article in (public, hidden):
        client.post(f"/admin/desk/stories/{article.pk}/plan/", {"brief": "Mine now.", "priority": 1})
    assert list(Assignment.objects.values_list("brief", flat=True)) == ["Why it turns."]
    with pytest.raises(CannotMove):
        assign_story(article=public, by=writer, at=at, brief="Mine now.")
    page = client.get(f"{LIST}{public.pk}/change/").text
    assert f"/admin/desk/stories/{public.pk}/plan/" not in page


@pytest.mark.parametrize("role", [WRITER, EDITOR])
@pytest.mark.parametrize("number", [1, 30, 3000])
def test_the_list_costs_the_same_for_one_story_for_thirty_and_for_three_thousand(
    number: int, role: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    user = person(role)
    stack(number, section(), by=user, assignee=user)
    client = browser_of(user)
    client.get(LIST)
    with django_assert_num_queries({EDITOR: 9, WRITER: 13}[role]):
        page = client.get(LIST)
    assert page.context["cl"].result_count == min(number, StoryPaginator.bound)
    assert ("More than 1,000 stories" in page.text) == (number > 1000)


def test_the_filters_choose_what_they_say() -> None:
    editor, writer, at = person(EDITOR), person(WRITER), timezone.now()
    first, second, third = (story(by=writer, at=at) for _ in range(3))
    redone = story(State.PUBLISHED, by=writer, at=at, settings={"access": "free"})
    edit(redone, editor, headline="The mill turns again", at=at)
    place_hold(article=first, by=editor, at=at, reason="The miller objects.")
    assign_story(article=second, by=editor, at=at, assignee=editor, due_at=at - timedelta(minutes=1))
    assign_story(article=third, by=editor, at=at, assignee=writer, due_at=at + timedelta(days=30))
    client = browser_of(editor)
    for query, expected in {
        "?mark=held": {first},
        "?mark=drafted": {redone},
        "?assignee=me": {second},
        "?assignee=nobody": {first, redone},
        f"?assignee={writer.pk}": {third},
        "?assignee=999999": {first, second, third, redone},
        "?due=overdue": {second},
        "?due=never": {first, redone},
        "?access=free": {redone},
        "?access=subscribers": {first, second, third},
        "?whose=mine": {second},
        "?state__exact=draft&pile=overdue": {second},
    }.items():
        assert (query, listed(client, query)) == (query, expected)


def test_several_stories_move_at_once_each_for_itself() -> None:
    publisher, at = person(PUBLISHER), timezone.now()
    good, held, draft = story(State.APPROVED, at=at), story(State.APPROVED, at=at), story(at=at)
    place_hold(article=held, by=person(EDITOR), at=at, reason="The miller objects.")
    chosen = [each.pk for each in (good, held, draft)]
    answer = browser_of(publisher).post(
        LIST, {"action": "publish_stories", "_selected_action": chosen}, follow=True
    )
    assert [state_of(each) for each in (good, held, draft)] == [
        State.PUBLISHED,
        State.APPROVED,
        State.DRAFT,
    ]
    said = [str(message) for message in answer.context["messages"]]
    assert [words.split(":")[0] for words in said] == ["1 published", "2 not published"]
    assert f"<li>{held}: A legal hold stands: The miller objects.</li>" in said[1]


@pytest.mark.parametrize(
    ("action", "role", "before", "after"),
    [
        ("submit_stories", WRITER, State.DRAFT, State.IN_REVIEW),
        ("approve_stories", EDITOR, State.IN_REVIEW, State.APPROVED),
        ("unpublish_stories", PUBLISHER, State.PUBLISHED, State.UNPUBLISHED),
    ],
)
def test_the_bulk_moves_are_the_buttons(action: str, role: str, before: str, after: str) -> None:
    article = story(before, by=person(WRITER), at=timezone.now())
    browser_of(person(role)).post(LIST, {"action": action, "_selected_action": [article.pk]})
    assert state_of(article) == after


def test_w3_nobody_approves_their_own_in_bulk() -> None:
    editor = person(EDITOR)
    own = story(State.DRAFT, by=editor, at=timezone.now())
    client = browser_of(editor)
    client.post(LIST, {"action": "submit_stories", "_selected_action": [own.pk]})
    client.post(LIST, {"action": "approve_stories", "_selected_action": [own.pk]})
    assert state_of(own) == State.IN_REVIEW


def test_more_than_two_hundred_at_once_are_refused() -> None:
    editor = person(EDITOR)
    stack(201, section(), states=(State.DRAFT,), by=editor)
    first = Article.objects.first()
    assert first
    answer = browser_of(editor).post(
        LIST,
        {"action": "submit_stories", "_selected_action": [first.pk], "select_across": "1"},
        follow=True,
    )
    assert "Choose at most 200 stories at once." in answer.text
    assert set(Article.objects.values_list("state", flat=True)) == {State.DRAFT}
