"""A story as a Markdown file and as a sheet to print: gated as its page is."""

from datetime import date, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from articles.models import Access, Article, FormerSlug
from tests.articles.conftest import Readers
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

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

COPIES = ("/articles/tide.md", "/articles/tide/print/")
SITE = "http://127.0.0.1:8000"
PLANS = f"{SITE}/subscribe/?next=%2Farticles%2Ftide%2F&wall=subscribe"


def story(**fields: Any) -> Article:
    made: Article = ArticleFactory.create(**{"slug": "tide", **fields})
    return made


def test_the_whole_story_as_markdown(client: Client) -> None:
    picture = PictureFactory.create(file="q.png", alt="A [low] quay", caption="The quay.", credit="Ann Orley")
    free = story(
        access=Access.FREE,
        headline="The *Tide*  Turns",
        standfirst="Twice a day.",
        section=SectionFactory.create(name="Science"),
        authors=[AuthorFactory.create(name="Zora Quill"), AuthorFactory.create(name="Abel Marsh")],
        topics=[TopicFactory.create()],
        dateline_place="Vastholm",
        dateline_date=date(2026, 7, 3),
        dateline_source="EIRNS",
        lead_picture=picture,
        published_at=NOW - timedelta(days=1),
        updated_at=NOW,
        body='<p>One <em>two</em>.</p><hr class="paywall"><p>See <a href="/about/">us</a>.</p>',
    )
    free.corrections.create(notice="It was four.\n\nNot five.", reason="A slip.", by_label="Ann", at=NOW)
    assert client.get("/articles/tide.md").text == (
        "# The \\*Tide\\* Turns\n\n"
        "Twice a day.\n\n"
        "By Zora Quill and Abel Marsh\n\n"
        "Science · July 2, 2026 · Updated July 3, 2026, 11:00 a.m. EDT\n\n"
        f"<{SITE}/articles/tide/>\n\n"
        "___\n\n"
        f"![A \\[low\\] quay]({SITE}/media/q.png)\\\nThe quay. — Ann Orley\n\n"
        "VASTHOLM, July 3, 2026 (EIRNS)—One *two*.\n\n"
        f"See [us]({SITE}/about/).\n\n"
        "## Correction\n\n"
        "It was four.\n\n"
        "Not five.\n\n"
        "July 3, 2026, 11:00 a.m. EDT · Executive Intelligence Review\n"
    )


def test_markdown_is_refused_with_the_free_part_and_the_way_to_the_plans(readers: Readers) -> None:
    story()
    for client in (readers.visitor, readers.registered):
        answer = client.get("/articles/tide.md")
        assert (answer.status_code, answer["Content-Type"]) == (402, "text/markdown; charset=utf-8")
        assert answer["Link"] == f'<{SITE}/articles/tide/>; rel="canonical", <{PLANS}>; rel="payment"'
        assert answer.text.endswith(
            f"{FREE_TEXT}\n\n___\n\nThis story is for subscribers. [See the plans]({PLANS}).\n"
        )
        assert PAID_TEXT not in answer.text


def test_a_story_for_registered_readers_names_the_account_first(client: Client) -> None:
    story(access=Access.REGISTERED)
    for path in COPIES:
        answer = client.get(path)
        assert "This story is free for readers with an account." in answer.text
        assert "/accounts/signup/?next=" in answer.text
        assert PAID_TEXT not in answer.text


@pytest.mark.parametrize("path", COPIES)
def test_a_subscriber_gets_the_whole_and_nobody_keeps_it(readers: Readers, path: str) -> None:
    story()
    answer = readers.subscriber.get(path)
    assert (answer.status_code, PAID_TEXT in answer.text) == (200, True)
    assert (answer["Cache-Control"], answer["Link"]) == (
        "private, no-store",
        f'<{SITE}/articles/tide/>; rel="canonical"',
    )


@pytest.mark.parametrize("path", COPIES)
@pytest.mark.parametrize("access", [Access.FREE, Access.SUBSCRIBERS])
def test_a_visitors_copy_may_be_kept_sets_no_cookie_and_is_in_no_index(
    client: Client, path: str, access: str
) -> None:
    story(access=access)
    answer = client.get(path)
    assert (answer["Cache-Control"], answer["X-Robots-Tag"]) == ("public, max-age=60", "noindex")
    assert ("ETag" in answer, "Last-Modified" in answer, answer.cookies) == (True, True, {})


def test_the_meter_is_neither_used_up_nor_walked_around(client: Client, settings: Any) -> None:
    settings.METER_VISITOR = 1
    story()
    for path in COPIES * 3:
        answer = client.get(path)
        assert "Your last free story of this month opens this one." in answer.text
        assert PAID_TEXT not in answer.text


@pytest.mark.parametrize("path", ["/articles/{}.md", "/articles/{}/print/"])
def test_where_there_is_no_story(client: Client, path: str) -> None:
    moved = story()
    FormerSlug.objects.create(article=moved, slug="older")
    story(slug="embargoed", embargo_until=NOW + timedelta(minutes=1))
    story(slug="killed", state="killed", published_at=None, first_published_at=NOW - timedelta(days=1))
    answers = {slug: client.get(path.format(slug)) for slug in ("older", "embargoed", "killed", "never")}
    assert {slug: answer.status_code for slug, answer in answers.items()} == {
        "older": 301,
        "embargoed": 404,
        "killed": 410,
        "never": 404,
    }
    assert answers["older"]["Location"] == path.format("tide")
    assert FREE_TEXT not in answers["killed"].text + answers["embargoed"].text


class TestSheet:
    def page(self, client: Client) -> BeautifulSoup:
        return BeautifulSoup(client.get("/articles/tide/print/").content, "html.parser")

    def test_it_names_the_clean_address_and_whole_ones_in_its_text(self, client: Client) -> None:
        story(access=Access.FREE, body='<p><a href="/about/">us</a></p>')
        page = self.page(client)
        assert [link["href"] for link in page.select('link[rel="canonical"]')] == [f"{SITE}/articles/tide/"]
        assert [link["href"] for link in page.select(".prose a")] == [f"{SITE}/about/"]

    def test_without_a_script_it_says_how_to_print(self, client: Client) -> None:
        story()
        page = self.page(client)
        assert [button.has_attr("hidden") for button in page.select("button")] == [True]
        assert [text.get_text() for text in page.select(".sheet__how")] == [
            "To print, choose Print in your browser’s menu."
        ]

    def test_the_storys_page_leads_there_but_not_one_that_a_link_opened(self, client: Client) -> None:
        story()
        page = BeautifulSoup(client.get("/articles/tide/").content, "html.parser")
        assert [link["href"] for link in page.select(".article__copies a")] == [
            "/articles/tide/print/",
            "/articles/tide.md",
        ]
        assert [link["href"] for link in page.select('link[type="text/markdown"]')] == [
            f"{SITE}/articles/tide.md"
        ]
