"""Stories in the API: as much of each as the key's account may read, and nothing that is not public."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from articles.models import Access, AccessRule, Article, FormerSlug, State
from articles.surfaces import surfaces_of
from tests.articles.api.conftest import Program, Programs
from tests.factories.articles import (
    FREE_TEXT,
    NOW,
    PAID_TEXT,
    ArticleFactory,
    AuthorFactory,
    PictureFactory,
    SectionFactory,
    TopicFactory,
)

HOUR = timedelta(hours=1)
FIGURE = '<figure><img data-picture="{}" src="" alt="A quay"></figure>'


@pytest.mark.parametrize(
    ("reader", "access", "is_whole"),
    [
        ("registered", Access.FREE, True),
        ("registered", Access.REGISTERED, True),
        ("registered", Access.SUBSCRIBERS, False),
        ("lapsed", Access.FREE, True),
        ("lapsed", Access.REGISTERED, True),
        ("lapsed", Access.SUBSCRIBERS, False),
        ("subscriber", Access.FREE, True),
        ("subscriber", Access.REGISTERED, True),
        ("subscriber", Access.SUBSCRIBERS, True),
        ("staff", Access.SUBSCRIBERS, True),
    ],
)
def test_a_key_reads_as_its_account_reads(
    programs: Programs, reader: str, access: Access, is_whole: bool
) -> None:
    ArticleFactory.create(slug="ferry", access=access)
    program: Program = getattr(programs, reader)
    for told in (
        program.ask("stories/ferry", text="both"),
        program.ask("stories", text="both")["items"][0],
    ):
        assert (told["is_whole"], told["access"]) == (is_whole, access)
        assert FREE_TEXT in told["text"]["html"]
        assert FREE_TEXT in told["text"]["plain"]
        assert (PAID_TEXT in str(told)) == is_whole


def test_a_denied_story_says_why_and_where_the_plans_are(programs: Programs) -> None:
    ArticleFactory.create(slug="ferry")
    assert programs.registered.ask("stories/ferry")["decision"] == {
        "verdict": "subscribe",
        "reason": "This story is for subscribers.",
        "plans_url": "http://127.0.0.1:8000/subscribe/",
    }
    assert programs.subscriber.ask("stories/ferry")["decision"] == {
        "verdict": "allow",
        "reason": "You subscribe.",
        "plans_url": None,
    }


def test_the_meter_is_neither_used_nor_counted(programs: Programs, settings: Any) -> None:
    settings.METER_REGISTERED = 10
    story = ArticleFactory.create(slug="ferry")
    told = programs.registered.ask("stories/ferry")
    assert (told["is_whole"], told["decision"]["verdict"]) == (False, "subscribe")
    assert not story._meta.apps.get_model("articles", "MeterRead").objects.exists()


def test_what_a_key_reads_ends_with_the_right_it_came_from(programs: Programs, clock: Any) -> None:
    ArticleFactory.create(slug="ferry")
    right = programs.subscriber.key.user.grants.get()
    right.ends_at = NOW + HOUR
    right.save()
    assert programs.subscriber.ask("stories/ferry")["is_whole"] is True
    clock.move_to(NOW + HOUR)
    told = programs.subscriber.ask("stories/ferry")
    assert told["is_whole"] is False
    assert PAID_TEXT not in str(told)


def test_lists_hold_no_text_unless_asked(programs: Programs) -> None:
    ArticleFactory.create()
    [told] = programs.subscriber.ask("stories")["items"]
    assert (told["text"], told["is_whole"]) == (None, True)
    [told] = programs.subscriber.ask("stories", text="plain")["items"]
    assert told["text"] == {"html": None, "plain": f"{FREE_TEXT}\n\n{PAID_TEXT}"}


def test_addresses_in_texts_are_absolute(programs: Programs) -> None:
    picture = PictureFactory.create()
    body = f'<p>See <a href="/corrections/">here</a>.</p>{FIGURE.format(picture.pk)}'
    ArticleFactory.create(slug="ferry", access=Access.FREE, body=body)
    html = programs.registered.ask("stories/ferry")["text"]["html"]
    assert 'href="http://127.0.0.1:8000/corrections/"' in html
    assert 'src="http://127.0.0.1:8000/media/pictures/' in html


HIDDEN: dict[str, tuple[dict[str, Any], int]] = {
    "a draft": ({"state": State.DRAFT, "published_at": None}, 404),
    "published for later": ({"published_at": NOW + HOUR}, 404),
    "under embargo": ({"embargo_until": NOW + HOUR}, 404),
    "killed under embargo": (
        {"state": State.KILLED, "published_at": None, "embargo_until": NOW + HOUR},
        404,
    ),
    "unpublished": (
        {"state": State.UNPUBLISHED, "published_at": None, "first_published_at": NOW - HOUR},
        410,
    ),
    "past its planned end": ({"unpublish_at": NOW}, 410),
}


@pytest.mark.parametrize(("fields", "status"), HIDDEN.values(), ids=HIDDEN)
def test_w5_what_is_not_public_is_nowhere_even_for_staff(
    programs: Programs, fields: dict[str, Any], status: int
) -> None:
    section, topic, author = SectionFactory.create(), TopicFactory.create(), AuthorFactory.create()
    about = {"section": section, "topics": [topic], "authors": [author]}
    story = ArticleFactory.create(slug="bell", headline="The Bell Rang Twice", **about, **fields)
    FormerSlug.objects.create(article=story, slug="older-bell")
    story.corrections.create(notice="It rang thrice.", reason="Misheard.", by_label="desk", at=NOW - HOUR)
    staff = programs.staff
    for path in ("stories", f"stories?section={section.slug}", "topics", "authors"):
        assert staff.ask(path)["items"] == []
    for path in (f"topics/{topic.slug}", f"authors/{author.slug}"):
        assert staff.get(f"/api/v1/{path}").status_code == 404
    for path in (f"stories?topic={topic.slug}", f"stories?author={author.slug}"):
        assert staff.get(f"/api/v1/{path}").status_code == 422
    for slug in ("bell", "older-bell"):
        answer = staff.get(f"/api/v1/stories/{slug}")
        assert answer.status_code == status
        assert [mark for mark in ("The Bell Rang Twice", FREE_TEXT, PAID_TEXT) if mark in answer.text] == []
    assert "The Bell Rang Twice" not in staff.get("/api/v1/corrections").text


def test_w7_a_withdrawn_story_is_its_notice_and_no_more(programs: Programs) -> None:
    ArticleFactory.create(
        slug="bell",
        state=State.KILLED,
        published_at=None,
        first_published_at=NOW - HOUR,
        withdrawal_notice="The quotations could not be verified.",
    )
    answer = programs.subscriber.get("/api/v1/stories/bell")
    assert (answer.status_code, answer.json()) == (
        410,
        {
            "type": "http://127.0.0.1:8000/api/#withdrawn",
            "title": "The story was withdrawn",
            "status": 410,
            "detail": "The quotations could not be verified.",
        },
    )


def test_w9_a_former_address_leads_to_the_present_one(programs: Programs) -> None:
    FormerSlug.objects.create(article=ArticleFactory.create(slug="ferry"), slug="boat")
    answer = programs.subscriber.get("/api/v1/stories/boat?text=plain")
    assert (answer.status_code, answer["Location"]) == (
        301,
        "http://127.0.0.1:8000/api/v1/stories/ferry?text=plain",
    )
    assert answer["Cache-Control"] == "private, no-store"


def slugs(program: Program, **asked: object) -> list[str]:
    return [story["slug"] for story in program.ask("stories", **asked)["items"]]


@pytest.fixture
def shelf(programs: Programs) -> Program:
    """A program before three stories that differ in everything one can ask for."""
    money, trains = SectionFactory.create(slug="money"), SectionFactory.create(slug="trains")
    debt, night = TopicFactory.create(slug="debt"), TopicFactory.create(slug="night")
    ann, ben = AuthorFactory.create(slug="ann"), AuthorFactory.create(slug="ben")
    make = ArticleFactory.create
    make(slug="loan", section=money, topics=[debt], authors=[ann, ben], published_at=NOW - 4 * HOUR)
    make(
        slug="sleeper",
        section=trains,
        topics=[debt, night],
        authors=[ben],
        language="en-GB",
        access=Access.FREE,
        published_at=NOW - 3 * HOUR,
        updated_at=NOW - HOUR,
    )
    make(
        slug="nachtzug",
        section=trains,
        topics=[night],
        authors=[ann],
        language="de",
        published_at=NOW - 2 * HOUR,
    )
    return programs.subscriber


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, ["nachtzug", "sleeper", "loan"]),
        ({"section": "trains"}, ["nachtzug", "sleeper"]),
        ({"topic": "debt"}, ["sleeper", "loan"]),
        ({"author": "ann"}, ["nachtzug", "loan"]),
        ({"language": "en"}, ["sleeper", "loan"]),
        ({"language": "EN-gb"}, ["sleeper"]),
        ({"access": "free"}, ["sleeper"]),
        ({"access": "subscribers"}, ["nachtzug", "loan"]),
        ({"section": "trains", "author": "ben"}, ["sleeper"]),
        ({"published_since": "2026-07-03T12:00:00Z"}, ["nachtzug", "sleeper"]),
        ({"published_until": "2026-07-03T08:00:00-04:00"}, ["loan"]),
        ({"updated_since": "2026-07-03T13:30:00Z"}, ["sleeper"]),
        ({"updated_until": "2026-07-03T13:30:00Z"}, ["nachtzug", "loan"]),
    ],
)
def test_filters(shelf: Program, asked: dict[str, str], found: list[str]) -> None:
    assert slugs(shelf, **asked) == found


def test_a_rule_decides_what_the_filter_of_access_finds(shelf: Program) -> None:
    section = Article.objects.get(slug="loan").section
    AccessRule.objects.create(name="Money is free", section=section, access=Access.FREE)
    assert slugs(shelf, access="free") == ["sleeper", "loan"]


def test_a_story_whose_embargo_lifted_is_new(shelf: Program) -> None:
    ArticleFactory.create(slug="held", published_at=NOW - 9 * HOUR, embargo_until=NOW - HOUR / 2)
    assert slugs(shelf, updated_since="2026-07-03T14:15:00Z") == ["held"]
    assert shelf.ask("stories/held")["updated_at"] == "2026-07-03T14:30:00Z"


@pytest.mark.parametrize("count", [1, 30])
@pytest.mark.parametrize(("form", "queries"), [("none", 7), ("both", 8)])
def test_a_list_takes_as_many_queries_for_thirty_stories_as_for_one(
    programs: Programs, django_assert_num_queries: DjangoAssertNumQueries, count: int, form: str, queries: int
) -> None:
    for _ in range(count):
        picture = PictureFactory.create()
        story = ArticleFactory.create(
            authors=[AuthorFactory.create()],
            topics=[TopicFactory.create()],
            lead_picture=picture,
            body=f"<p>{FREE_TEXT}</p>{FIGURE.format(picture.pk)}",
        )
        story.corrections.create(notice="It was red.", reason="Dusk.", by_label="desk", at=NOW - HOUR)
    programs.subscriber.ask("stories")  # the rules of access are kept from now on
    with django_assert_num_queries(queries):
        assert len(programs.subscriber.ask("stories", limit=100, text=form)["items"]) == count


def test_one_story_takes_seven_queries(
    programs: Programs, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ArticleFactory.create(slug="ferry", authors=[AuthorFactory.create()], topics=[TopicFactory.create()])
    programs.subscriber.ask("stories")  # the rules of access are kept from now on
    with django_assert_num_queries(7):
        programs.subscriber.ask("stories/ferry")


def test_leak_no_answer_without_a_right_holds_paid_text(programs: Programs) -> None:

    story = ArticleFactory.create(topics=[TopicFactory.create()], authors=[AuthorFactory.create()])
    addresses = [path for path in surfaces_of(story) if path.startswith("/api/")]
    assert len(addresses) > 15
    askers: dict[str, Client] = {
        "keyless": programs.keyless,
        "registered": programs.registered,
        "lapsed": programs.lapsed,
        "subscriber": programs.subscriber,
    }
    showing = {
        name: [path for path in addresses if PAID_TEXT in asker.get(path).text]
        for name, asker in askers.items()
    }
    assert (showing["keyless"], showing["registered"], showing["lapsed"]) == ([], [], [])
    assert f"/api/v1/stories/{story.slug}" in showing["subscriber"]
