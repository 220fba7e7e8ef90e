"""Rules of access and types of story in the admin, and what the list of stories says under them."""

from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import AuditEntry
from accounts.roles import EDITOR, PUBLISHER, WRITER
from articles.models import Access, AccessRule, Article, State, StoryType
from editorial.actions import place_article, plan_story
from editorial.models import StoryTemplate
from tests.factories.articles import ArticleFactory, SectionFactory, TopicFactory
from tests.factories.desk import NOW, browser_of, person, section, story

pytestmark = pytest.mark.django_db

LIST = "/admin/articles/accessrule/"
STORIES = "/admin/articles/article/"


@pytest.fixture
def publisher() -> Client:
    return browser_of(person(PUBLISHER))


def rule(name: str, position: int, access: str = Access.FREE, **conditions: Any) -> AccessRule:
    return AccessRule.objects.create(name=name, position=position, access=access, **conditions)


def form(**values: Any) -> dict[str, Any]:
    blank = {"section": "", "topic": "", "story_type": "", "older_than_months": ""}
    return {"name": "The archive", "position": 1, "access": "free", **blank, **values}


def rows_of(page: Any) -> list[tuple[str, str, str]]:
    """Name, conditions and count of each rule, as the list shows them."""
    table = BeautifulSoup(page.content, "html.parser").select("#result_list tbody tr")
    names = ("th.field-name, td.field-name", "td.field-show_conditions", "td.field-show_count")
    found = [[row.select_one(name) for name in names] for row in table]
    return [tuple(cell.get_text(" ", strip=True) if cell else "" for cell in row) for row in found]  # type: ignore[misc]


def test_a_rule_is_added_changed_and_deleted_and_the_trail_says_so(publisher: Client) -> None:
    science = section()
    publisher.post(f"{LIST}add/", form(section=science.pk, older_than_months=12))
    kept = AccessRule.objects.get()
    assert (kept.name, kept.section, kept.older_than_months) == ("The archive", science, 12)
    publisher.post(f"{LIST}{kept.pk}/change/", form(older_than_months=1, access="registered"))
    publisher.post(f"{LIST}{kept.pk}/delete/", {"post": "yes"})
    assert not AccessRule.objects.exists()
    trail = AuditEntry.objects.filter(target_type="articles.accessrule").order_by("pk")
    assert list(trail.values_list("action", "reason")) == [
        ("add access rule", "Order 1: Section Science · older than 12 months: for everyone."),
        ("change access rule", "Order 1: Older than 1 month: for registered readers."),
        ("delete access rule", "Order 1: Older than 1 month: for registered readers."),
    ]


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({}, "Give at least one condition: a section, a topic, a type or an age."),
        ({"older_than_months": 1201}, "Ensure this value is less than or equal to 1200."),
        ({"older_than_months": 12, "access": ""}, "This field is required."),
    ],
)
def test_a_rule_that_means_nothing_is_refused(
    publisher: Client, values: dict[str, Any], problem: str
) -> None:
    page = publisher.post(f"{LIST}add/", form(**values))
    assert problem in page.content.decode()
    assert not AccessRule.objects.exists()


def test_only_a_publisher_sets_rules() -> None:
    kept = rule("The archive", 1, older_than_months=12)
    editor, writer = browser_of(person(EDITOR)), browser_of(person(WRITER))
    assert editor.get(LIST).status_code == 200
    assert editor.post(f"{LIST}{kept.pk}/change/", form(older_than_months=1)).status_code == 403
    assert editor.post(f"{LIST}add/", form(older_than_months=1)).status_code == 403
    assert writer.get(LIST).status_code == 403
    kept.refresh_from_db()
    assert kept.older_than_months == 12


def test_the_order_is_changed_in_the_list(publisher: Client) -> None:
    first, second = rule("First", 1, older_than_months=12), rule("Second", 2, older_than_months=6)
    data = {"form-TOTAL_FORMS": 2, "form-INITIAL_FORMS": 2, "_save": "Save"}
    for number, (kept, position) in enumerate([(first, 3), (second, 2)]):
        data |= {f"form-{number}-id": kept.pk, f"form-{number}-position": position}
    publisher.post(LIST, data)
    assert [found.name for found in AccessRule.objects.in_force()] == ["Second", "First"]
    assert AuditEntry.objects.filter(action="change access rule").count() == 1


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_says_how_many_public_stories_each_rule_decides(
    number: int, publisher: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    now = timezone.now()
    science = section()
    free = rule("Science is free", 1, section=science)
    rule("The archive", 2, older_than_months=12)
    ArticleFactory.create_batch(number, section=science, published_at=now)
    ArticleFactory.create(section=science, access=Access.SUBSCRIBERS, published_at=now)
    ArticleFactory.create(section=science, state=State.DRAFT, published_at=None)
    ArticleFactory.create_batch(2, published_at=now - timedelta(days=800))
    publisher.get(LIST)  # content types are looked up once a process
    with django_assert_num_queries(8):
        page = publisher.get(LIST)
    assert rows_of(page) == [
        (free.name, "Section Science", str(number)),
        ("The archive", "Older than 12 months", "2"),
    ]


def test_a_rule_that_an_earlier_one_covers_is_marked_and_told_when_saved(publisher: Client) -> None:
    rule("The archive", 1, older_than_months=6)
    page = publisher.post(
        f"{LIST}add/", form(name="Old interviews", position=2, older_than_months=12), follow=True
    )
    told = "“Old interviews” can never apply: “The archive” comes before it"
    assert next(message.message[: len(told)] for message in page.context["messages"]) == told
    assert rows_of(page)[1][2] == "0 never applies: “The archive” comes first"


@pytest.mark.parametrize(
    ("earlier", "later", "covers"),
    [
        ({"section": True}, {"section": True, "older_than_months": 3}, True),
        ({"older_than_months": 3}, {"older_than_months": 3, "topic": True}, True),
        ({"older_than_months": 3}, {"topic": True}, False),
        ({"older_than_months": 4}, {"older_than_months": 3}, False),
        ({"topic": True}, {"section": True}, False),
        ({"topic": True, "section": True}, {"topic": True}, False),
    ],
)
def test_a_rule_covers_what_it_fits_more_of(
    earlier: dict[str, Any], later: dict[str, Any], covers: bool
) -> None:
    known = {"section": SectionFactory.create(), "topic": TopicFactory.create()}
    for position, conditions in enumerate((earlier, later)):
        rule(str(position), position, **{name: known.get(name, value) for name, value in conditions.items()})
    first, second = AccessRule.objects.in_force()
    assert first.covers(second) is covers


def test_the_list_of_stories_tells_the_ruling_and_why(publisher: Client) -> None:
    free, gated = StoryType.objects.create(name="Wire"), section("money", access=Access.SUBSCRIBERS)
    rule("Wire items are free", 1, story_type=free)
    wire = story(section=gated.pk, settings={"story_type": free})
    own = story(section=gated.pk, settings={"story_type": free, "access": Access.REGISTERED})
    plain = story(section=gated.pk)
    page = BeautifulSoup(publisher.get(STORIES).content, "html.parser")
    told = [cell.get_text(strip=True) for cell in page.select("td.field-show_access")]
    assert sorted(told) == [
        "everyone (rule: Wire items are free)",
        "registered readers (set on the story itself)",
        "subscribers (as in all of Money)",
    ]
    for query, found in {
        "?access=free": {wire},
        "?access=registered": {own},
        "?access=subscribers": {plain},
        f"?story_type__id__exact={free.pk}": {wire, own},
    }.items():
        assert set(publisher.get(STORIES + query).context["cl"].queryset) == found


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_of_stories_costs_the_same_with_a_rule_by_topic(
    number: int, publisher: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    topic = TopicFactory.create()
    rule("Ferries are free", 1, topic=topic)
    for _ in range(number):
        story().topics.add(topic)
    publisher.get(STORIES)
    with django_assert_num_queries(10):
        publisher.get(STORIES)


def test_a_type_is_set_at_once_and_voids_no_approval() -> None:
    approved, kind = story(State.APPROVED), StoryType.objects.create(name="Interview")
    version = approved.version
    assert place_article(article=approved, by=person(PUBLISHER), at=NOW, story_type=kind)
    approved.refresh_from_db()
    assert (approved.story_type, approved.state, approved.version) == (kind, State.APPROVED, version)
    entry = AuditEntry.objects.filter(action="place story").last()
    assert entry is not None
    assert entry.reason == "story type: Interview"


def test_the_story_s_form_has_its_type_beside_who_may_read(publisher: Client) -> None:
    article, kind = story(), StoryType.objects.create(name="Interview")
    page = BeautifulSoup(publisher.get(f"{STORIES}{article.pk}/change/").content, "html.parser")
    assert page.select_one(".field-access select[name=access]")
    sent = {field["name"]: field.get("value") or "" for field in page.select("#article_form input[name]")} | {
        "story_type": str(kind.pk),
        "section": article.section_id,
        "access": "",
        "prominence": "1",
    }
    publisher.post(f"{STORIES}{article.pk}/change/", sent)
    assert Article.objects.get(pk=article.pk).story_type == kind


def test_a_story_begun_from_a_template_has_its_type() -> None:
    kind = StoryType.objects.create(name="Interview")
    template = StoryTemplate.objects.create(name="Interview", story_type=kind, access=Access.REGISTERED)
    begun = plan_story(slugline="Lamp", section=section(), by=person(EDITOR), at=NOW, template=template)
    begun.refresh_from_db()
    assert (begun.story_type, begun.access) == (kind, Access.REGISTERED)


def test_types_are_listed_with_their_stories_and_kept_in_order(publisher: Client) -> None:
    kind = StoryType.objects.create(name="Interview")
    story(settings={"story_type": kind})
    publisher.post("/admin/articles/storytype/add/", {"name": "Report", "position": 1})
    page = BeautifulSoup(publisher.get("/admin/articles/storytype/").content, "html.parser")
    assert [cell.get_text(strip=True) for cell in page.select("td.field-show_stories")] == ["1", "0"]
    assert AuditEntry.objects.filter(action="add story type").count() == 1
