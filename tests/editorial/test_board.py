"""The board: its columns and cards, and what a card may do; rule W1 for whoever crafts a request."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.roles import EDITOR, PUBLISHER, SUPPORT, WRITER
from articles.models import Article, State
from editorial.actions import approve_article, assign_story, place_hold
from tests.factories.desk import browser_of, edit, path, person, section, story
from tests.factories.planning import stack

pytestmark = pytest.mark.django_db

BOARD = "/admin/desk/board/"
JSON = {"accept": "application/json"}


def cards_on(client: Client, query: str = "") -> dict[str, list[Article]]:
    columns = client.get(BOARD + query).context["columns"]
    return {column.state: [card.story for card in column.cards] for column in columns}


def moves_of(article: Article, to: str = "") -> str:
    return f"/admin/desk/stories/{article.pk}/moves/?to={to}"


def move(client: Client, article: Article, name: str, **details: str) -> Any:
    prefix = f"move-{name.replace(' ', '-')}-"
    fields = {prefix + field: value for field, value in details.items()}
    return client.post(f"/admin/desk/stories/{article.pk}/move/", {"_move": name} | fields, headers=JSON)


def state_of(article: Article) -> str:
    return Article.objects.get(pk=article.pk).state


@pytest.mark.parametrize("number", [1, 30, 3000])
def test_the_board_costs_the_same_for_one_story_for_thirty_and_for_three_thousand(
    number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    editor = person(EDITOR)
    stack(number, section(), assignee=editor)
    client = browser_of(editor)
    client.get(BOARD)
    with django_assert_num_queries(17):
        page = client.get(BOARD)
    assert sum(column.count for column in page.context["columns"]) == number
    assert all(len(column.cards) <= 30 for column in page.context["columns"])


def test_every_story_stands_in_the_column_of_its_latest_text() -> None:
    at = timezone.now()
    states = (State.DRAFT, State.IN_REVIEW, State.APPROVED, State.SCHEDULED, State.PUBLISHED)
    stories = {state: story(state, at=at) for state in states}
    redone = story(State.PUBLISHED, at=at)
    edit(redone, person(EDITOR), headline="Tide mill turns faster", at=at)
    old = story(State.PUBLISHED, at=at)
    Article.objects.filter(pk=old.pk).update(published_at=at - timedelta(days=8))
    shown = cards_on(browser_of(person(EDITOR)))
    assert {state: set(found) for state, found in shown.items()} == {
        State.DRAFT: {stories[State.DRAFT], redone},
        State.IN_REVIEW: {stories[State.IN_REVIEW]},
        State.CHANGES_REQUESTED: set(),
        State.APPROVED: {stories[State.APPROVED]},
        State.SCHEDULED: {stories[State.SCHEDULED]},
        State.PUBLISHED: {stories[State.PUBLISHED]},
    }


def test_a_card_tells_what_one_must_know_of_a_story() -> None:
    editor, at = person(EDITOR), timezone.now()
    path(("Fact check", "Checkers", 1), of=section("science"))
    article = story(State.IN_REVIEW, at=at, slugline="mill", body="<p>It turned and turned.</p>")
    assign_story(
        article=article, by=editor, at=at, assignee=person(WRITER), due_at=at - timedelta(hours=1), priority=3
    )
    place_hold(article=article, by=editor, at=at, reason="The miller objects.")
    card = browser_of(editor).get(BOARD).text.split(f'id="story-{article.pk}"')[1].split("</li>")[0]
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", card))
    for fact in (
        "mill",
        "Science",
        "W (Writer)",
        "4 words",
        "overdue",
        "urgent",
        "legal hold",
        "Fact check (Checkers)",
    ):
        assert fact in words


def test_a_working_draft_says_what_readers_see() -> None:
    at = timezone.now()
    article = story(State.PUBLISHED, at=at)
    edit(article, person(EDITOR), body="<p>It turned twice.</p>", at=at)
    assert f"readers see revision {article.public_version}" in browser_of(person(EDITOR)).get(BOARD).text


def test_the_urgent_come_first_then_what_is_due_soonest() -> None:
    editor, at = person(EDITOR), timezone.now()
    plain, later, soon, urgent = (story(at=at) for _ in range(4))
    assign_story(article=later, by=editor, at=at, due_at=at + timedelta(days=2))
    assign_story(article=soon, by=editor, at=at, due_at=at + timedelta(days=1))
    assign_story(article=urgent, by=editor, at=at, priority=3)
    assert cards_on(browser_of(editor))[State.DRAFT] == [urgent, soon, later, plain]


def test_a_full_column_leads_to_the_list_of_all() -> None:
    editor = person(EDITOR)
    stack(142, section(), states=(State.DRAFT,), assignee=editor)
    client = browser_of(editor)
    page = client.get(f"{BOARD}?assignee=me&section__id__exact={section().pk}")
    [column] = [column for column in page.context["columns"] if column.more]
    assert "and 112 more" in page.text
    assert client.get(column.url).context["cl"].result_count == 142


def test_filters_choose_by_section_assignee_and_whose() -> None:
    editor, writer, at = person(EDITOR), person(WRITER), timezone.now()
    theirs = story(by=writer, at=at, section=section("culture").pk)
    free = story(by=editor, at=at)
    assign_story(article=theirs, by=editor, at=at, assignee=editor)
    client = browser_of(editor)
    for query, expected in {
        f"?section__id__exact={section('culture').pk}": {theirs},
        "?assignee=me": {theirs},
        "?assignee=nobody": {free},
        f"?assignee={writer.pk}": set(),
        "?whose=mine": {theirs, free},
        "?assignee=nonsense&section__id__exact=x": {theirs, free},
    }.items():
        assert set(cards_on(client, query)[State.DRAFT]) == expected


def test_a_writer_sees_no_drafts_of_others() -> None:
    writer, at = person(WRITER), timezone.now()
    own = story(by=writer, at=at)
    story(by=person(WRITER, "other@example.com"), at=at)
    assert cards_on(browser_of(writer))[State.DRAFT] == [own]


def test_the_moves_are_those_this_person_may_make() -> None:
    article = story(State.IN_REVIEW, at=timezone.now())
    offered = {
        role: {offer.name for offer in browser_of(person(role)).get(moves_of(article)).context["offers"]}
        for role in (WRITER, EDITOR, PUBLISHER)
    }
    assert offered[WRITER] == {"recall"}
    assert offered[EDITOR] == {"recall", "approve", "request changes", "hold"}
    assert offered[PUBLISHER] == {"recall", "request changes", "hold", "kill"}


@pytest.mark.parametrize(
    ("role", "state", "to", "move_or_reason"),
    [
        (WRITER, State.DRAFT, State.IN_REVIEW, "submit"),
        (EDITOR, State.IN_REVIEW, State.APPROVED, "approve"),
        (EDITOR, State.IN_REVIEW, State.CHANGES_REQUESTED, "request changes"),
        (PUBLISHER, State.APPROVED, State.PUBLISHED, "publish"),
        (PUBLISHER, State.APPROVED, State.SCHEDULED, "schedule"),
        (WRITER, State.DRAFT, State.PUBLISHED, "No single move leads from draft to published."),
        (WRITER, State.IN_REVIEW, State.APPROVED, "Approve: The Editing is not yours to make."),
        (EDITOR, State.APPROVED, State.PUBLISHED, "Publish now: Your role does not let you publish stories."),
    ],
)
def test_a_column_stands_for_one_move_or_for_a_reason(
    role: str, state: State, to: State, move_or_reason: str
) -> None:
    article = story(state, by=person(WRITER), at=timezone.now())
    route = browser_of(person(role)).get(moves_of(article, to)).context["route"]
    assert move_or_reason in (route.move, route.why_not)


def test_the_moves_come_as_the_inside_of_a_dialog_too() -> None:
    article, client = story(at=timezone.now()), browser_of(person(EDITOR))
    whole, part = client.get(moves_of(article)), client.get(moves_of(article) + "&part=1")
    assert ("<html" in whole.text, "<html" in part.text) == (True, False)
    assert "Submit for review" in part.text


def test_a_move_is_made_and_said() -> None:
    article, client = story(State.IN_REVIEW, at=timezone.now()), browser_of(person(EDITOR))
    answer = move(client, article, "request changes", note="The miller’s name is missing.")
    assert (answer.status_code, state_of(article)) == (200, State.CHANGES_REQUESTED)
    assert answer.json()["said"].endswith("Sent back to its authors. It is changes requested now.")


def test_a_refused_move_leaves_the_card_and_says_why() -> None:
    article, client = story(State.IN_REVIEW, at=timezone.now()), browser_of(person(EDITOR))
    answer = move(client, article, "request changes")
    assert (answer.status_code, state_of(article)) == (409, State.IN_REVIEW)
    assert answer.json()["said"] == f"{article} stays where it is. Say why."


def test_without_script_a_move_leads_back_with_a_message() -> None:
    article, client = story(at=timezone.now()), browser_of(person(WRITER))
    url = f"/admin/desk/stories/{article.pk}/move/"
    answer = client.post(url, {"_move": "submit", "next": f"{BOARD}?whose=mine"}, follow=True)
    assert answer.redirect_chain == [(f"{BOARD}?whose=mine", 302)]
    assert "Submitted for review." in answer.text
    elsewhere = client.post(url, {"_move": "recall", "next": "https://elsewhere.example/"})
    assert elsewhere["Location"] == BOARD


@pytest.mark.parametrize(
    "name", ["approve", "publish", "schedule", "correct", "unpublish", "kill", "revive", "hold", "lift hold"]
)
@pytest.mark.parametrize(
    "state", [State.DRAFT, State.IN_REVIEW, State.APPROVED, State.SCHEDULED, State.PUBLISHED]
)
def test_w1_no_crafted_move_of_a_writer_gets_through(name: str, state: State) -> None:
    writer = person(WRITER)
    article = story(state, by=writer, at=timezone.now())
    answer = move(browser_of(writer), article, name, note="x", notice="x", when="2099-01-01T10:00")
    assert (answer.status_code, state_of(article)) == (409, state)
    assert not article.holds.exists()


def test_w1_no_bulk_action_of_a_writer_gets_through() -> None:
    writer, at = person(WRITER), timezone.now()
    approved = story(State.APPROVED, by=writer, at=at)
    waiting = story(State.IN_REVIEW, by=writer, at=at)
    client = browser_of(writer)
    for action in ("publish_stories", "approve_stories", "unpublish_stories", "delete_selected"):
        client.post(
            "/admin/articles/article/", {"action": action, "_selected_action": [approved.pk, waiting.pk]}
        )
    assert (state_of(approved), state_of(waiting)) == (State.APPROVED, State.IN_REVIEW)


def test_stories_of_others_cannot_be_reached_by_number() -> None:
    hidden = story(by=person(EDITOR), at=timezone.now())
    client = browser_of(person(WRITER))
    assert client.get(moves_of(hidden)).status_code == 404
    assert move(client, hidden, "submit").status_code == 404


def test_the_board_is_the_newsrooms() -> None:
    article, support = story(at=timezone.now()), browser_of(person(SUPPORT))
    assert {support.get(url).status_code for url in (BOARD, moves_of(article))} == {403}
    assert Client().get(BOARD).status_code == 302


def test_an_approval_that_is_not_the_last_says_that_the_story_stays_in_review() -> None:
    path(("Editing", EDITOR, 1), ("Fact check", "Checkers", 1), of=section("science"))
    article = story(State.IN_REVIEW, at=timezone.now())
    answer = move(browser_of(person(EDITOR)), article, "approve")
    assert answer.json()["said"] == f"{article}: Approved. It is in review now."
    approve_article(article=article, by=person("Checkers"), at=timezone.now())
    assert state_of(article) == State.APPROVED
