"""What the wall says to each who meets it, and the line on a story that the meter opened."""

import re
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from django.test import Client

from articles.models import Access
from articles.openings import mail_address
from subscriptions.models import Grant, Plan, Source
from tests.articles.conftest import Readers
from tests.factories.accounts import UserFactory
from tests.factories.articles import NOW, PAID_TEXT, ArticleFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture(autouse=True)
def meters(settings: Any) -> None:
    settings.METER_VISITOR, settings.METER_REGISTERED = 2, 3


@pytest.fixture(autouse=True)
def plan() -> None:
    price: dict[str, Any] = {"amount": 900, "interval": "month"}
    made = Plan.objects.create(key="monthly", name="Monthly", stripe_price_id="price_m", **price)
    made.prices.create(stripe_id="price_m", currency="usd", is_current=True, **price)


def page_of(client: Client, address: str = "/articles/tide/") -> BeautifulSoup:
    return BeautifulSoup(client.get(address).content, "html.parser")


def wall_of(client: Client) -> Tag:
    found = page_of(client).select_one("section#wall")
    assert found is not None
    return found


def words(page: Tag, selector: str) -> list[str]:
    return [" ".join(found.get_text().split()) for found in page.select(selector)]


def lapsed_reader() -> Client:
    user, client = UserFactory.create(), Client()
    Grant.objects.create(
        user=user,
        source=Source.COMP,
        starts_at=NOW - timedelta(days=90),
        ends_at=NOW - timedelta(days=1),
        reason="A gift of the house.",
    )
    client.force_login(user)
    return client


class TestTeaser:
    def test_a_visitor_can_open_the_story_or_take_a_plan(self, readers: Readers) -> None:
        ArticleFactory.create(slug="tide")
        wall = wall_of(readers.visitor)
        assert words(wall, "h2, h3, h4") == ["Read on, free this month", "Or read everything", "Monthly"]
        assert words(wall, ".wall__reason") == ["One of your 2 free stories opens this one."]
        forms = [(form["method"], form["action"], words(form, "input")) for form in wall.select("form")]
        assert forms == [("post", "/articles/tide/open/", [])]
        assert "2 stories for subscribers are open to you each month; 2 are left." in " ".join(
            words(wall, "p")
        )
        assert words(wall, ".wall__note") == [
            "To count, your browser keeps one cookie that holds a random number and nothing about you."
        ]

    def test_the_plans_know_where_the_reader_came_from(self, readers: Readers) -> None:
        ArticleFactory.create(slug="tide")
        link = wall_of(readers.visitor).select_one(".plan a")
        assert link is not None
        assert str(link["href"]).endswith("&next=%2Farticles%2Ftide%2F&wall=teaser")

    def test_a_signed_in_reader_is_told_of_no_cookie_and_no_sign_in(self, readers: Readers) -> None:
        ArticleFactory.create(slug="tide")
        page = readers.registered.get("/articles/tide/", headers={"Sec-Purpose": "prefetch"}).content.decode()
        assert "Read this story" in page
        assert ("cookie" in page, "Sign in" in page) == (False, False)


class TestRegister:
    def test_the_meter_that_ran_out_asks_for_an_account_and_no_money(self, readers: Readers) -> None:
        for slug in ("one", "two", "tide"):
            ArticleFactory.create(slug=slug)
        for slug in ("one", "two"):
            readers.visitor.post(f"/articles/{slug}/open/")
        wall = wall_of(readers.visitor)
        assert words(wall, "h2") == ["Read on with a free account"]
        assert "it opens 1 more story for subscribers each month" in " ".join(words(wall, "p"))
        assert "$" not in wall.get_text()
        assert wall.select("form") == []


class TestSubscribe:
    def test_a_reader_who_left_is_welcomed_back_and_led_to_their_account(self, settings: Any) -> None:
        settings.METER_REGISTERED = 0
        ArticleFactory.create(slug="tide")
        wall = wall_of(lapsed_reader())
        assert words(wall, "h2") == ["Welcome back"]
        assert words(wall, ".wall__reason")[0].startswith(
            "Your complimentary subscription gave you access until July 2, 2026."
        )
        assert [link["href"] for link in wall.select("a")] == ["/account/", "/account/reading/"]
        assert words(wall, ".plan__name") == ["Monthly"]
        assert "Sign in" not in wall.get_text()

    def test_a_reader_who_never_subscribed_is_not_welcomed_back(
        self, readers: Readers, settings: Any
    ) -> None:
        settings.METER_REGISTERED = 0
        ArticleFactory.create(slug="tide")
        assert words(wall_of(readers.registered), "h2") == ["Read on with a subscription"]

    def test_only_the_signed_in_are_told_why_in_their_account(self, readers: Readers, settings: Any) -> None:
        settings.METER_REGISTERED = settings.METER_VISITOR = 0
        ArticleFactory.create(slug="tide")
        links = {
            name: [link["href"] for link in wall_of(getattr(readers, name)).select(".wall__else a")]
            for name in ("visitor", "registered")
        }
        assert links == {
            "visitor": ["/accounts/login/?next=/articles/tide/"],
            "registered": ["/account/reading/"],
        }


def test_headings_go_down_one_level_at_a_time_before_every_wall(readers: Readers, settings: Any) -> None:
    ArticleFactory.create(slug="tide")
    ArticleFactory.create(slug="known", access=Access.REGISTERED)
    pages = [page_of(readers.visitor), page_of(readers.visitor, "/articles/known/")]
    settings.METER_REGISTERED = 0
    pages += [page_of(readers.registered), page_of(lapsed_reader())]
    for page in pages:
        levels = [int(tag.name[1]) for tag in page.find_all(re.compile("^h[1-6]$"))]
        assert levels[0] == 1
        assert max(after - before for before, after in pairwise(levels)) == 1


class TestMeterLine:
    def line(self, client: Client, slug: str) -> list[str]:
        return words(page_of(client, f"/articles/{slug}/"), ".meter")

    def test_it_counts_down_and_names_the_last(self, readers: Readers) -> None:
        for slug in ("one", "two", "three"):
            ArticleFactory.create(slug=slug)
        assert [self.line(readers.registered, slug) for slug in ("one", "two", "three")] == [
            ["2 of 3 free stories left this month. See the plans"],
            ["1 of 3 free stories left this month. See the plans"],
            ["This was your last free story of July. See the plans"],
        ]
        assert self.line(readers.registered, "one") == [
            "No free story is left this month; those you have opened stay open. See the plans"
        ]

    def test_a_pass_that_opens_the_story_tells_the_same(self, readers: Readers) -> None:
        for slug in ("one", "two"):
            ArticleFactory.create(slug=slug)
        readers.visitor.post("/articles/one/open/")
        assert self.line(readers.visitor, "one") == self.line(readers.visitor, "one")
        assert self.line(readers.visitor, "one") == ["1 of 2 free stories left this month. See the plans"]
        self.line(readers.visitor, "two")
        assert self.line(readers.visitor, "two") == ["This was your last free story of July. See the plans"]

    def test_it_leads_to_the_plans_and_back(self, readers: Readers) -> None:
        ArticleFactory.create(slug="one")
        link = page_of(readers.registered, "/articles/one/").select_one(".meter a")
        assert link is not None
        assert link["href"] == "/subscribe/?next=/articles/one/"

    def test_no_line_for_subscribers_free_stories_and_walls(self, readers: Readers) -> None:
        ArticleFactory.create(slug="one")
        ArticleFactory.create(slug="open", access=Access.FREE)
        assert self.line(readers.subscriber, "one") == []
        assert self.line(readers.registered, "open") == []
        assert self.line(readers.visitor, "one") == []


def test_a_story_opened_from_a_letter_says_so_and_ends_with_a_calm_word(readers: Readers) -> None:
    story = ArticleFactory.create(slug="tide")
    address = mail_address(story, at=NOW).removeprefix("http://127.0.0.1:8000")
    page = page_of(readers.visitor, address)
    assert PAID_TEXT in page.get_text()
    reason = "You came from one of our letters, which opens this story."
    assert words(page, ".article__gate") == [reason]
    assert words(page, ".wall--after h2") == ["There is more where this came from"]
    assert words(page_of(readers.subscriber, address), ".wall--after, .article__gate") == []
