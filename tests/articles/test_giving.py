"""Giving stories away: who may, what the giver sees of it, and what whoever has the link sees."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import AuditEntry, User
from articles.actions.gift_links import CannotGive, end_gift_link, gift_links_left, give_story
from articles.models import Access, Article, GiftLink, State
from articles.openings import gift_address
from subscriptions.models import Grant, Institution, Source
from tests.articles.conftest import Readers
from tests.factories.accounts import UserFactory
from tests.factories.articles import NOW, PAID_TEXT, ArticleFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
SITE = "http://127.0.0.1:8000"


@pytest.fixture
def story() -> Article:
    made: Article = ArticleFactory.create(slug="tide", headline="The Tide Turns")
    return made


@pytest.fixture
def giver(readers: Readers) -> User:
    user: User = Grant.objects.get(source=Source.COMP).user
    user.name = "Ada Marsh"
    user.save()
    return user


def soup(client: Client, address: str) -> BeautifulSoup:
    return BeautifulSoup(client.get(address).content, "html.parser")


def words(page: BeautifulSoup, selector: str) -> list[str]:
    return [" ".join(found.get_text().split()) for found in page.select(selector)]


def institution_reader() -> Client:
    user, client = UserFactory.create(), Client()
    reason = "Access provided by Port Saldane College."
    college = Institution.objects.create(name="Port Saldane College", starts_at=NOW)
    Grant.objects.create(
        user=user, source=Source.INSTITUTION, institution=college, starts_at=NOW, reason=reason
    )
    client.force_login(user)
    return client


class TestButton:
    def test_only_those_who_may_give_see_it(self, readers: Readers, story: Article) -> None:
        clients = {
            "visitor": readers.visitor,
            "registered": readers.registered,
            "subscriber": readers.subscriber,
            "institution": institution_reader(),
        }
        address = "/articles/tide/give/"
        found = {
            name: [form["action"] for form in soup(client, "/articles/tide/").select(".give form")]
            for name, client in clients.items()
        }
        assert found == {"visitor": [], "registered": [], "subscriber": [address], "institution": []}

    def test_a_free_story_needs_no_gift(self, readers: Readers) -> None:
        ArticleFactory.create(slug="open", access=Access.FREE)
        page = soup(readers.subscriber, "/articles/open/")
        assert page.select(".give form") == []
        assert words(page, ".give p") == [
            "It is free for everyone and needs no gift: just pass its address on."
        ]
        readers.subscriber.post("/articles/open/give/")
        assert GiftLink.objects.count() == 0

    def test_none_a_month_no_button(self, readers: Readers, story: Article, settings: Any) -> None:
        settings.GIFT_LINKS_PER_MONTH = 0
        assert soup(readers.subscriber, "/articles/tide/").select(".give") == []


class TestGiving:
    def test_it_leads_to_the_link(self, readers: Readers, story: Article, giver: User) -> None:
        response = readers.subscriber.post("/articles/tide/give/")
        link = GiftLink.objects.get()
        assert (link.user, link.article) == (giver, story)
        assert response.headers["Location"] == f"/account/given/#gift-{link.pk}"
        page = soup(readers.subscriber, "/account/given/")
        field = page.select_one(f"#gift-{link.pk} input[readonly]")
        assert field is not None
        assert field["value"] == gift_address(link)
        assert words(page, ".page-head p") == ["9 of 10 left in July."]
        assert words(page, ".given .meta") == [
            "Given July 3, 2026 · can be read until July 17, 2026, 11:00 a.m. · read by nobody yet"
        ]

    def test_the_letter_holds_headline_and_link(self, readers: Readers, story: Article, giver: User) -> None:
        link = give_story(article=story, by=giver, at=NOW)
        letter = soup(readers.subscriber, "/account/given/").select_one('a[href^="mailto:"]')
        assert letter is not None
        address = gift_address(link).replace(":", "%3A")
        assert letter["href"] == (
            f"mailto:?subject=The%20Tide%20Turns&body=A%20story%20for%20you%3A%0A%0A{address}%0A"
        )

    def test_giving_the_same_story_again_shows_the_same_link(self, readers: Readers, story: Article) -> None:
        for _ in range(2):
            readers.subscriber.post("/articles/tide/give/")
        assert GiftLink.objects.count() == 1

    def test_the_months_end_is_told(self, readers: Readers, story: Article, settings: Any) -> None:
        settings.GIFT_LINKS_PER_MONTH = 1
        ArticleFactory.create(slug="other")
        readers.subscriber.post("/articles/tide/give/")
        page = BeautifulSoup(
            readers.subscriber.post("/articles/other/give/", follow=True).content, "html.parser"
        )
        assert "You have given away all stories of this month." in " ".join(words(page, ".message"))
        assert GiftLink.objects.count() == 1

    @pytest.mark.parametrize("who", ["registered", "institution"])
    def test_those_who_may_not_are_told_so(self, readers: Readers, story: Article, who: str) -> None:
        client = institution_reader() if who == "institution" else readers.registered
        page = BeautifulSoup(client.post("/articles/tide/give/", follow=True).content, "html.parser")
        assert "Giving stories away is for subscribers." in " ".join(words(page, ".message"))
        assert GiftLink.objects.count() == 0

    def test_a_visitor_signs_in_first_and_finds_the_story(self, readers: Readers, story: Article) -> None:
        response = readers.visitor.post("/articles/tide/give/")
        assert response.headers["Location"] == "/accounts/login/?next=/articles/tide/give/"
        assert readers.subscriber.get("/articles/tide/give/").headers["Location"] == "/articles/tide/"
        assert GiftLink.objects.count() == 0

    def test_it_takes_a_token_of_the_form(self, readers: Readers, story: Article, giver: User) -> None:
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(giver)
        assert strict.post("/articles/tide/give/").status_code == 403
        field = soup(strict, "/articles/tide/").select_one(".give [name=csrfmiddlewaretoken]")
        assert field is not None
        token = {"csrfmiddlewaretoken": field["value"]}
        assert strict.post("/articles/tide/give/", token).status_code == 302


class TestGiven:
    def test_whoever_has_the_link_reads_who_gave_it_by_first_name_alone(
        self, readers: Readers, story: Article, giver: User
    ) -> None:
        link = give_story(article=story, by=giver, at=NOW)
        page = soup(readers.visitor, gift_address(link).removeprefix(SITE))
        assert PAID_TEXT in page.get_text()
        assert words(page, ".article__gate") == ["Ada gave you this story."]
        assert words(page, ".wall--after h2") == ["There is more where this came from"]
        assert [giver.email in str(page), "Marsh" in str(page), link.token in str(page)] == [False] * 3
        assert page.select("form, .meter") == []

    def test_a_subscriber_who_comes_by_it_is_not_asked_to_subscribe(
        self, readers: Readers, story: Article, giver: User
    ) -> None:
        link = give_story(article=story, by=giver, at=NOW)
        page = soup(readers.subscriber, gift_address(link).removeprefix(SITE))
        assert page.select(".wall--after") == []

    def test_ending_it_is_asked_once_more_and_shuts_it(
        self, readers: Readers, story: Article, giver: User
    ) -> None:
        link = give_story(article=story, by=giver, at=NOW)
        address = f"/account/given/{link.pk}/end/"
        assert "opens nothing any more" in soup(readers.subscriber, address).get_text()
        assert GiftLink.objects.open(at=NOW).count() == 1
        assert readers.subscriber.post(address).headers["Location"] == "/account/given/"
        assert readers.visitor.get(gift_address(link).removeprefix(SITE)).status_code == 302
        page = soup(readers.subscriber, "/account/given/")
        assert words(page, ".given .meta") == ["Given July 3, 2026 · ended July 3, 2026 · read by nobody"]
        assert link.token not in str(page)
        assert readers.subscriber.get(address).status_code == 404

    def test_nobody_ends_anothers(self, readers: Readers, story: Article, giver: User) -> None:
        link = give_story(article=story, by=giver, at=NOW)
        assert readers.registered.post(f"/account/given/{link.pk}/end/").status_code == 404
        with pytest.raises(CannotGive, match="Only whoever gave"):
            end_gift_link(link=link, by=UserFactory.create(), at=NOW)
        assert GiftLink.objects.open(at=NOW).count() == 1

    def test_nobody_sees_anothers(self, readers: Readers, story: Article, giver: User) -> None:
        link = give_story(article=story, by=giver, at=NOW)
        page = soup(readers.registered, "/account/given/")
        assert [story.headline in str(page), link.token in str(page)] == [False, False]

    def test_ending_leaves_a_row_once_and_gives_nothing_back(self, story: Article, giver: User) -> None:
        link = give_story(article=story, by=giver, at=NOW)
        for hours in (1, 2):
            end_gift_link(link=link, by=giver, at=NOW + timedelta(hours=hours))
        assert link.expires_at == NOW + timedelta(hours=1)
        assert [row.action for row in AuditEntry.about(link)] == ["end gift link"]
        assert gift_links_left(giver, at=NOW + timedelta(hours=3)) == 9

    def test_w7_a_story_that_was_taken_down_is_named_no_more(
        self, readers: Readers, story: Article, giver: User
    ) -> None:
        link = give_story(article=story, by=giver, at=NOW)
        Article.objects.filter(pk=story.pk).update(state=State.UNPUBLISHED, published_at=None)
        page = soup(readers.subscriber, "/account/given/")
        assert words(page, ".given__name") == ["A story that is no longer published"]
        assert [story.headline in str(page), link.token in str(page)] == [False, False]

    def test_the_past_stays_when_the_right_has_gone(
        self, readers: Readers, story: Article, giver: User
    ) -> None:
        give_story(article=story, by=giver, at=NOW)
        Grant.objects.update(ends_at=NOW)
        page = soup(readers.subscriber, "/account/given/")
        assert words(page, ".panel") == ["Giving stories away comes with a subscription. See the plans"]
        assert words(page, ".given__name") == ["The Tide Turns"]

    @pytest.mark.parametrize("count", [1, 3])
    def test_the_page_costs_the_same_for_one_and_three(
        self, count: int, readers: Readers, giver: User, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        for _ in range(count):
            give_story(article=ArticleFactory.create(), by=giver, at=NOW)
        with django_assert_num_queries(9):
            assert readers.subscriber.get("/account/given/").status_code == 200

    def test_after_its_days_it_is_over(self, readers: Readers, story: Article, giver: User) -> None:
        link = give_story(article=story, by=giver, at=NOW)
        with time_machine.travel(NOW + timedelta(days=14), tick=False):
            assert readers.visitor.get(gift_address(link).removeprefix(SITE)).status_code == 302
