"""Why someone can read or cannot: the reader's page, support's page and the wall say the same."""

from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils.html import strip_tags
from pytest_django import DjangoAssertNumQueries

from accounts.models import AuditEntry, User
from articles.actions.gift_links import give_story
from articles.actions.meters import open_story, set_allowance
from articles.actions.reading_keys import make_key
from articles.explaining import explain
from articles.models import Article, GiftLink, Meter, ReadingKey, State
from articles.queries import meter_of
from subscriptions.models import Grant, Institution, InstitutionNetwork, Source
from tests.factories.accounts import StaffFactory, SupportFactory, UserFactory
from tests.factories.articles import NOW, ArticleFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
WHY = "Lost a month to a stolen telephone."


@pytest.fixture(autouse=True)
def meters(settings: Any) -> None:
    settings.METER_VISITOR, settings.METER_REGISTERED = 2, 3


@pytest.fixture
def reader() -> User:
    return UserFactory.create(email="reader@example.org", name="Ada Marsh")


@pytest.fixture
def browser(reader: User) -> Client:
    client = Client()
    client.force_login(reader)
    return client


@pytest.fixture
def helper() -> User:
    return SupportFactory.create(email="support@example.org")


@pytest.fixture
def desk(helper: User) -> Client:
    client = Client()
    client.force_login(helper)
    return client


def grant(user: User, *, days: int | None = None, source: str = Source.COMP) -> Grant:
    ends_at = None if days is None else NOW + timedelta(days=days)
    return Grant.objects.create(
        user=user, source=source, starts_at=NOW - timedelta(days=90), ends_at=ends_at, reason="By the house."
    )


def text_of(client: Client, address: str) -> str:
    return " ".join(BeautifulSoup(client.get(address).content, "html.parser").get_text().split())


def wall_reason(client: Client) -> str:
    """What a story that was not opened says, without opening it."""
    page = client.get("/articles/tide/", headers={"Sec-Purpose": "prefetch"}).content
    soup = BeautifulSoup(page, "html.parser")
    found = soup.select_one(".wall__reason")
    return " ".join(found.get_text().split()) if found else ""


STATES = ["fresh", "some left", "none left", "lapsed", "lapsed, none left", "allowed more"]


def put_in(state: str, reader: User, by: User) -> None:
    if "lapsed" in state:
        grant(reader, days=-1)
    for _ in range({"some left": 1, "none left": 3, "lapsed, none left": 3, "allowed more": 3}.get(state, 0)):
        open_story(article=ArticleFactory.create(), owner=reader, at=NOW)
    if state == "allowed more":
        set_allowance(user=reader, allowance=5, by=by, reason=WHY, at=NOW)


@pytest.mark.parametrize("state", STATES)
def test_wall_account_and_support_say_the_same_sentence(
    state: str, reader: User, browser: Client, helper: User, desk: Client
) -> None:
    ArticleFactory.create(slug="tide")
    put_in(state, reader, helper)
    said = wall_reason(browser)
    assert said == explain(reader, at=NOW).for_subscribers.reason
    assert said in text_of(browser, "/account/reading/")
    assert f"“{said}”" in text_of(desk, f"/admin/books/readers/{reader.pk}/")


class TestReadersPage:
    def test_rights_with_their_spans(self, reader: User, browser: Client) -> None:
        grant(reader, days=10)
        page = text_of(browser, "/account/reading/")
        assert "By the house. Since April 4, 2026, until July 13, 2026." in page
        assert "Open to you. By the house." in page

    def test_what_ended_last(self, reader: User, browser: Client) -> None:
        grant(reader, days=-1)
        page = text_of(browser, "/account/reading/")
        assert "The last that ended: By the house. From April 4, 2026 to July 2, 2026." in page

    def test_the_months_stories(self, reader: User, browser: Client) -> None:
        story = ArticleFactory.create(headline="The Tide Turns")
        gone = ArticleFactory.create(headline="Never Say This Again")
        for each, at in ((story, NOW), (gone, NOW), (ArticleFactory.create(headline="In June"), None)):
            open_story(article=each, owner=reader, at=at or NOW - timedelta(days=5))
        Article.objects.filter(pk=gone.pk).update(state=State.UNPUBLISHED, published_at=None)
        page = text_of(browser, "/account/reading/")
        assert "Your free stories of July 1 of 3 left." in page
        assert ("The Tide Turns" in page, "A story that is no longer published" in page) == (True, True)
        assert ("Never Say" in page, "In June" in page) == (False, False)

    def test_a_network_counts_where_one_asks_from(self, reader: User, browser: Client) -> None:
        institution = Institution.objects.create(name="Port Saldane College", starts_at=NOW)
        InstitutionNetwork.objects.create(institution=institution, cidr="192.0.2.0/24")
        assert "Access provided by" not in text_of(browser, "/account/reading/")
        near = browser.get("/account/reading/", REMOTE_ADDR="192.0.2.7").content.decode()
        assert "Open to you.</strong> Access provided by Port Saldane College." in near
        assert "Stories to give away" not in near

    def test_gifts_left_for_those_who_give(self, reader: User, browser: Client) -> None:
        grant(reader)
        give_story(article=ArticleFactory.create(), by=reader, at=NOW)
        assert "9 of 10 left in July." in text_of(browser, "/account/reading/")

    def test_the_overview_says_it_in_short(self, reader: User, browser: Client) -> None:
        open_story(article=ArticleFactory.create(), owner=reader, at=NOW)
        words = "Each month 3 stories for subscribers are open to you as well: 2 are left in July."
        assert words in text_of(browser, "/account/")
        grant(reader)
        page = text_of(browser, "/account/")
        assert (words in page, "You can give away 10 more stories this month" in page) == (False, True)

    def test_it_is_for_the_signed_in_and_kept_nowhere(self, browser: Client) -> None:
        response = Client().get("/account/reading/")
        assert response.headers["Location"] == "/accounts/login/?next=/account/reading/"
        assert "no-store" in browser.get("/account/reading/").headers["Cache-Control"]

    @pytest.mark.parametrize("count", [1, 3])
    def test_it_costs_the_same_for_one_and_three(
        self, count: int, reader: User, browser: Client, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        for _ in range(count):
            open_story(article=ArticleFactory.create(), owner=reader, at=NOW)
        with django_assert_num_queries(9):
            assert browser.get("/account/reading/").status_code == 200


class TestSupport:
    def test_meter_gifts_and_keys_without_a_token(self, reader: User, desk: Client) -> None:
        given = grant(reader)
        story = ArticleFactory.create(headline="The Tide Turns")
        link = give_story(article=story, by=reader, at=NOW)
        key, secret = make_key(user=reader, kind=ReadingKey.Kind.FEED, name="Kitchen radio", at=NOW)
        given.delete()
        open_story(article=ArticleFactory.create(headline="The Bell"), owner=reader, at=NOW)
        response = desk.get(f"/admin/books/readers/{reader.pk}/")
        page = " ".join(strip_tags(response.content.decode()).split())
        for words in ("2 of 3 left in July", "The Bell", "The Tide Turns", "Kitchen radio", "personal feed"):
            assert words in page
        for hidden in (link.token, secret, key.digest):
            assert hidden not in response.content.decode()

    def test_a_key_is_revoked_after_a_question(self, reader: User, helper: User, desk: Client) -> None:
        grant(reader)
        key, _ = make_key(user=reader, kind=ReadingKey.Kind.FEED, name="Kitchen radio", at=NOW)
        address = f"/admin/books/readers/{reader.pk}/key/{key.pk}/revoke/"
        assert "“Kitchen radio” (personal feed) opens nothing any more" in text_of(desk, address)
        assert ReadingKey.objects.living().count() == 1
        assert desk.post(address).headers["Location"] == f"/admin/books/readers/{reader.pk}/"
        assert ReadingKey.objects.living().count() == 0
        assert AuditEntry.about(key).filter(by=helper).count() == 1

    def test_a_key_of_another_reader_is_not_found(self, reader: User, desk: Client) -> None:
        grant(reader)
        key, _ = make_key(user=reader, kind=ReadingKey.Kind.FEED, name="Kitchen radio", at=NOW)
        other = UserFactory.create()
        assert desk.post(f"/admin/books/readers/{other.pk}/key/{key.pk}/revoke/").status_code == 404
        assert ReadingKey.objects.living().count() == 1

    def test_more_stories_for_one_reader(self, reader: User, helper: User, desk: Client) -> None:
        address = f"/admin/books/readers/{reader.pk}/free-stories/set/"
        assert desk.post(address, {"allowance": "8", "reason": ""}).status_code == 200
        assert not Meter.objects.exists()
        answer = desk.post(address, {"allowance": "8", "reason": WHY})
        assert answer.headers["Location"] == f"/admin/books/readers/{reader.pk}/"
        assert meter_of(reader, at=NOW).limit == 8
        row = AuditEntry.about(reader).get(action="set allowance")
        assert (row.by, row.from_state, row.to_state, row.reason) == (
            helper,
            "as for everyone",
            "8 a month",
            WHY,
        )
        desk.post(address, {"allowance": "", "reason": WHY})
        assert meter_of(reader, at=NOW).limit == 3

    @pytest.mark.parametrize("asked", ["-1", "1001", "many"])
    def test_nonsense_is_refused(self, asked: str, reader: User, desk: Client) -> None:
        answer = desk.post(
            f"/admin/books/readers/{reader.pk}/free-stories/set/", {"allowance": asked, "reason": WHY}
        )
        assert (answer.status_code, Meter.objects.count()) == (200, 0)

    def test_nobody_without_the_permission(self, reader: User, browser: Client) -> None:
        address = f"/admin/books/readers/{reader.pk}/free-stories/set/"
        staff = Client()
        staff.force_login(StaffFactory.create())
        answers = [client.post(address, {"allowance": "8", "reason": WHY}) for client in (browser, staff)]
        assert [answer.status_code for answer in answers] == [302, 403]
        with pytest.raises(PermissionDenied):
            set_allowance(user=reader, allowance=8, by=reader, reason=WHY, at=NOW)
        assert not Meter.objects.exists()


def test_everything_goes_with_the_account(reader: User) -> None:
    grant(reader)
    give_story(article=ArticleFactory.create(), by=reader, at=NOW)
    make_key(user=reader, kind=ReadingKey.Kind.API, name="Script", at=NOW)
    open_story(article=ArticleFactory.create(), owner=reader, at=NOW)
    reader.delete()
    assert [model.objects.count() for model in (Meter, GiftLink, ReadingKey)] == [0, 0, 0]
