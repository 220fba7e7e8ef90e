"""A story before every kind of reader: the matrix, and the page as each of them would see it."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.roles import EDITOR, WRITER
from articles.models import Access, AccessRule, Article, Meter, MeterRead, State
from articles.paywall import decide
from editorial.personas import personas
from tests.factories.articles import BODY, FREE_TEXT, PAID_TEXT
from tests.factories.desk import browser_of, edit, person, section, story

pytestmark = pytest.mark.django_db

READING = {
    "visitor-begun",
    "visitor-some",
    "visitor-read",
    "registered",
    "trial",
    "subscriber",
    "past-due-for-5-days",
    "canceled-paid-time-left",
    "seat-in-a-group",
    "comp",
    "staff",
    "institution",
    "gift-link",
    "letter-link",
}
DENIED = {
    "visitor": "teaser",
    "crawler": "teaser",
    "visitor-none": "register",
    "registered-none": "subscribe",
    "past-due-for-30-days": "subscribe",
    "canceled-over": "subscribe",
    "paused": "subscribe",
    "unpaid": "subscribe",
}


@pytest.fixture(autouse=True)
def meters(settings: Any) -> None:
    settings.METER_VISITOR, settings.METER_REGISTERED = 3, 10
    settings.PAST_DUE_GRACE_DAYS = 21


@pytest.fixture
def desk() -> Client:
    return browser_of(person(EDITOR))


def gated(state: str = State.DRAFT) -> Article:
    return story(state, section=section(access=Access.SUBSCRIBERS).pk, body=BODY)


def matrix(desk: Client, article: Article) -> dict[str, list[list[str]]]:
    """Of each part of the page, its rows: persona, verdict, reason and what opened the story."""
    page = BeautifulSoup(desk.get(f"/admin/desk/stories/{article.pk}/readers/").content, "html.parser")
    return {
        str(part.h3.contents[0]).strip(): [  # type: ignore[union-attr]
            [str(row["data-persona"]), *(cell.get_text(" ", strip=True) for cell in row.select("td"))]
            for row in part.select("tbody tr")
        ]
        for part in page.select(".readers section")
    }


@pytest.mark.parametrize("state", [State.DRAFT, State.PUBLISHED])
def test_the_matrix_tells_the_allowed_from_the_denied(desk: Client, state: str) -> None:
    found = matrix(desk, gated(state))
    assert {row[0] for row in found["May read it"]} == READING
    assert {row[0] for row in found["May not read it"]} == set(DENIED)


def test_each_verdict_is_the_paywall_s_for_the_same_facts(desk: Client) -> None:
    article, at = gated(), timezone.now()
    ruling = article.ruling(at=at)
    rows = {row[0]: row for part in matrix(desk, article).values() for row in part}
    for name, persona in personas(article, at=at).items():
        reader = persona.arriving(article.pk, ruling=ruling, at=at)
        decision = decide(story=article.pk, ruling=ruling, reader=reader, at=at)
        assert rows[name][2] == decision.reason
        assert str(decision.verdict) == DENIED.get(name, "allow")


@pytest.mark.parametrize(("days", "reads"), [(29, False), (31, True)])
def test_past_due_for_thirty_days_reads_by_the_days_of_grace_alone(
    desk: Client, settings: Any, days: int, reads: bool
) -> None:
    settings.PAST_DUE_GRACE_DAYS = days
    allowed = {row[0] for row in matrix(desk, gated())["May read it"]}
    assert ("past-due-for-30-days" in allowed) is reads
    assert "past-due-for-5-days" in allowed


def test_every_page_holds_what_that_reader_may_read_and_no_more(desk: Client) -> None:
    article = gated()
    for name in READING | set(DENIED):
        page = desk.get(f"/admin/desk/stories/{article.pk}/preview/page/?as={name}")
        assert FREE_TEXT in page.text, name
        assert (PAID_TEXT in page.text) is (name in READING), name
        assert "no-store" in page["Cache-Control"], name
    assert not Meter.objects.exists()
    assert not MeterRead.objects.exists()


def test_the_wall_of_a_preview_has_the_words_of_the_meter_and_cannot_be_sent(desk: Client) -> None:
    article = gated()
    page = desk.get(f"/admin/desk/stories/{article.pk}/preview/page/?as=visitor")
    wall = BeautifulSoup(page.content, "html.parser").select_one(".wall")
    assert wall is not None
    assert "One of your 3 free stories opens this one." in wall.get_text(" ", strip=True)
    assert wall.select_one("form[method=post]") is not None
    policy = dict(part.strip().split(" ", 1) for part in page["Content-Security-Policy"].split(";") if part)
    assert policy["form-action"] == "'none'"
    form = desk.get(f"/admin/articles/article/{article.pk}/change/")
    assert "form-action 'none'" not in form["Content-Security-Policy"]


def test_a_free_story_is_everyone_s_and_the_page_says_by_which_rule(desk: Client) -> None:
    article = gated()
    AccessRule.objects.create(name="Science is free", section=article.section, access=Access.FREE)
    found = matrix(desk, article)
    assert found["May not read it"] == []
    assert {row[0] for row in found["May read it"]} == READING | set(DENIED)
    page = desk.get(f"/admin/desk/stories/{article.pk}/readers/")
    assert "Rule: Science is free." in page.text


def test_the_latest_text_is_shown_whether_or_not_readers_have_it(desk: Client) -> None:
    article = gated(State.PUBLISHED)
    edit(article, person(EDITOR), body=BODY.replace("lender", "borrower"))
    page = desk.get(f"/admin/desk/stories/{article.pk}/preview/page/?as=gift-link").text
    assert PAID_TEXT.replace("lender", "borrower") in page


def test_each_row_leads_to_the_page_and_the_story_to_the_matrix(desk: Client) -> None:
    article = gated()
    page = BeautifulSoup(desk.get(f"/admin/desk/stories/{article.pk}/readers/").content, "html.parser")
    links = {str(link["href"]) for link in page.select(".readers tbody th a")}
    preview = f"/admin/desk/stories/{article.pk}/preview/"
    assert links == {f"{preview}?as={name}" for name in READING | set(DENIED)}
    frame = BeautifulSoup(desk.get(f"{preview}?as=unpaid").content, "html.parser").select_one("iframe")
    assert frame is not None
    assert frame["src"] == f"{preview}page/?as=unpaid"
    form = BeautifulSoup(desk.get(f"/admin/articles/article/{article.pk}/change/").content, "html.parser")
    assert form.select(f'a[href="/admin/desk/stories/{article.pk}/readers/"]')


@pytest.mark.parametrize("state", [State.DRAFT, State.PUBLISHED])
def test_the_matrix_costs_the_same_for_any_story(
    state: str, desk: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    address = f"/admin/desk/stories/{gated(state).pk}/readers/"
    desk.get(address)
    with django_assert_num_queries(5):
        desk.get(address)


def test_the_stories_of_others_are_no_writer_s_to_look_at() -> None:
    article = story(by=person(EDITOR))
    writer = browser_of(person(WRITER))
    assert writer.get(f"/admin/desk/stories/{article.pk}/readers/").status_code == 404
    assert Client().get(f"/admin/desk/stories/{article.pk}/readers/").status_code == 302
