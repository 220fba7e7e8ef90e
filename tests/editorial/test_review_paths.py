"""Review paths and types of story, as they are set in the admin."""

from typing import Any

import pytest
from django.contrib.auth.models import Group

from accounts.models import AuditEntry
from accounts.roles import EDITOR, PUBLISHER, WRITER
from articles.models import Article, State
from editorial.actions import CannotPublish, publish_article
from editorial.models import ReviewPath, StoryTemplate
from editorial.queries import path_for
from tests.factories.desk import NOW, browser_of, path, person, section, story

pytestmark = pytest.mark.django_db

LIST = "/admin/editorial/reviewpath/"


def form(*steps: tuple[str, str, int], of: ReviewPath | None = None, **values: Any) -> dict[str, Any]:
    """The form with these steps (name, group, approvals); those a path has already keep their rows."""
    rows = list(of.steps.all()) if of else []
    data: dict[str, Any] = {
        "steps-TOTAL_FORMS": len(steps),
        "steps-INITIAL_FORMS": min(len(rows), len(steps)),
    }
    for number, (name, group, approvals) in enumerate(steps):
        key = rows[number].pk if number < len(rows) else ""
        row = {
            "id": key,
            "path": of.pk if of else "",
            "position": number,
            "name": name,
            "approvals": approvals,
        }
        row["group"] = Group.objects.get(name=group).pk
        data |= {f"steps-{number}-{field}": value for field, value in row.items()}
    return data | values


def house() -> ReviewPath:
    return ReviewPath.objects.get(section=None)


def steps_of(found: ReviewPath | None) -> list[tuple[str, int]]:
    assert found is not None
    return [(step.name, step.approvals) for step in found.steps.all()]


def test_a_section_gets_a_path_of_its_own_and_falls_back_to_the_houses() -> None:
    science, publisher = section(), browser_of(person(PUBLISHER))
    two = (("Editing", EDITOR, 1), ("Fact check", EDITOR, 2))
    publisher.post(f"{LIST}add/", form(*two, section=science.pk, needs_two_people="on"))
    own = path_for(science.pk)
    assert own is not None
    assert (own.section, own.needs_two_people) == (science, True)
    assert steps_of(own) == [("Editing", 1), ("Fact check", 2)]
    publisher.post(f"{LIST}{own.pk}/delete/", {"post": "yes"})
    assert path_for(science.pk) == house()


def test_the_houses_path_is_neither_deleted_nor_doubled_nor_moved_away() -> None:
    publisher, before = browser_of(person(PUBLISHER)), house()
    assert publisher.post(f"{LIST}{before.pk}/delete/", {"post": "yes"}).status_code == 403
    publisher.post(LIST, {"action": "delete_selected", "_selected_action": [before.pk], "post": "yes"})
    doubled = publisher.post(f"{LIST}add/", form(("Legal", EDITOR, 1), section=""))
    assert "There is a path for the house already" in doubled.text
    publisher.post(
        f"{LIST}{before.pk}/change/", form(("Editing", EDITOR, 1), of=before, section=section().pk)
    )
    assert list(ReviewPath.objects.filter(section=None)) == list(ReviewPath.objects.all()) == [before]


def test_a_path_keeps_at_least_one_review() -> None:
    before = house()
    taken_out = form(("Editing", EDITOR, 1), of=before) | {"steps-0-DELETE": "on"}
    answer = browser_of(person(PUBLISHER)).post(f"{LIST}{before.pk}/change/", taken_out)
    assert "Please submit at least 1 form" in answer.text
    assert steps_of(house()) == [("Editing", 1)]


def test_every_change_of_a_path_is_in_the_trail_with_the_reviews_it_then_has() -> None:
    publisher, before = browser_of(person(PUBLISHER)), house()
    two = (("Editing", EDITOR, 1), ("Legal", PUBLISHER, 2))
    publisher.post(f"{LIST}{before.pk}/change/", form(*two, of=before))
    publisher.post(f"{LIST}{before.pk}/change/", form(*two, of=house()))
    entry = AuditEntry.objects.get(target_type="editorial.reviewpath")
    assert (entry.action, entry.target_label, entry.by) == (
        "change review path",
        "Reviews of the house",
        person(PUBLISHER),
    )
    assert entry.reason == "Editing (Editor), Legal (Publisher, 2 approvals)."


def test_a_review_nobody_could_pass_is_pointed_out() -> None:
    before = house()
    answer = browser_of(person(PUBLISHER)).post(
        f"{LIST}{before.pk}/change/", form(("Editing", EDITOR, 3), of=before), follow=True
    )
    assert "asks for more approvals (3) than Editor has people (0)" in answer.text


def test_a_review_that_is_added_holds_for_a_story_approved_before_and_the_form_says_so() -> None:
    approved, publisher, before = story(State.APPROVED), browser_of(person(PUBLISHER)), house()
    page = publisher.get(f"{LIST}{before.pk}/change/").text
    assert "Under this path now: 0 in review, 1 approved, 0 scheduled." in page
    publisher.post(
        f"{LIST}{before.pk}/change/", form(("Editing", EDITOR, 1), ("Legal", EDITOR, 1), of=before)
    )
    with pytest.raises(CannotPublish, match="“Legal” is still to be done"):
        publish_article(article=approved, by=person(PUBLISHER), at=NOW)


def test_the_form_of_a_sections_path_counts_its_own_stories_alone() -> None:
    own = path(("Editing", EDITOR, 1), of=section("politics"))
    story(State.IN_REVIEW, section=section("politics").pk)
    story(State.APPROVED)
    publisher = browser_of(person(PUBLISHER))
    assert "now: 1 in review, 0 approved" in publisher.get(f"{LIST}{own.pk}/change/").text
    assert "now: 0 in review, 1 approved" in publisher.get(f"{LIST}{house().pk}/change/").text


@pytest.mark.parametrize(("role", "sees"), [(WRITER, 403), (EDITOR, 200)])
def test_only_publishers_change_paths(role: str, sees: int) -> None:
    client, before = browser_of(person(role)), house()
    assert client.get(LIST).status_code == sees
    change = form(("Nothing", EDITOR, 1), of=before)
    assert client.post(f"{LIST}{before.pk}/change/", change).status_code == 403
    assert client.post(f"{LIST}add/", form(("Mine", EDITOR, 1), section=section().pk)).status_code == 403
    assert steps_of(house()) == [("Editing", 1)]


# Types of story


def test_a_type_made_in_the_admin_is_what_a_new_story_starts_from() -> None:
    editor = browser_of(person(EDITOR))
    editor.post(
        "/admin/editorial/storytemplate/add/",
        {
            "name": "Interview",
            "position": "1",
            "standfirst": "Who speaks, and why now.",
            "text": "<p>Question?</p><script>alert(1)</script><p>Answer.</p>",
            "dateline_source": "EIRNS",
            "access": "free",
            "expected_words": "900",
        },
    )
    template = StoryTemplate.objects.get()
    assert template.text == "<p>Question?</p><p>Answer.</p>"
    begun = editor.post(
        "/admin/desk/begin/",
        {"slugline": "miller-talk", "section": section().pk, "template": template.pk, "priority": "1"},
    )
    article = Article.objects.get()
    assert begun["Location"] == f"/admin/articles/article/{article.pk}/change/"
    assert (article.body, article.standfirst, article.dateline_source, article.access) == (
        "<p>Question?</p><p>Answer.</p>",
        "Who speaks, and why now.",
        "EIRNS",
        "free",
    )
    assert article.assignment.expected_words == 900


def test_changing_a_type_leaves_stories_alone_and_is_in_the_trail() -> None:
    template = StoryTemplate.objects.create(name="Brief", text="<p>One.</p>")
    page = f"/admin/editorial/storytemplate/{template.pk}/change/"
    values = {"name": "Brief", "position": "0", "text": "<p>Two.</p>"}
    assert browser_of(person(WRITER)).post(page, values).status_code == 403
    browser_of(person(EDITOR)).post(page, values)
    template.refresh_from_db()
    assert template.text == "<p>Two.</p>"
    assert list(AuditEntry.objects.values_list("action", "target_label")) == [
        ("change story template", "Brief")
    ]
