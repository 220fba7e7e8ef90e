"""The banner on the pages of the site: for those it concerns, and not a byte for anyone else."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup, Tag
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from subscriptions.models import Status, Subscription
from tests.subscriptions.test_standing import subscription

pytestmark = pytest.mark.django_db

PAGES = ("/", "/subscribe/", "/account/invoices/", "/no/such/page/")


def signed_in(user: User) -> Client:
    browser = Client()
    browser.force_login(user)
    return browser


def banner_on(browser: Client, path: str = "/") -> Tag | None:
    return BeautifulSoup(browser.get(path).text, "html.parser").select_one(".banner")


def waits(user: User) -> Subscription:
    return subscription(user, Status.ACTIVE, has_pending_update=True, pay_url="https://pay.test/")


@pytest.mark.parametrize("path", PAGES)
def test_who_must_act_is_told_on_every_page(reader: User, path: str) -> None:
    subscription(reader, Status.UNPAID, pay_url="https://pay.test/")
    banner = banner_on(signed_in(reader), path)
    assert banner
    assert banner["role"] == "status"
    assert "Unpaid. Reading has stopped" in banner.get_text(" ", strip=True).replace(" .", ".")
    links = [(link.get_text(), link["href"]) for link in banner.select("a")]
    assert links == [("Pay now", "https://pay.test/"), ("Your account", "/account/")]
    assert "autofocus" not in str(banner)


def test_the_account_page_says_it_itself(reader: User) -> None:
    subscription(reader, Status.UNPAID, pay_url="https://pay.test/")
    assert banner_on(signed_in(reader), "/account/") is None


@pytest.mark.parametrize("path", PAGES)
def test_nobody_else_is_told_anything(reader: User, path: str) -> None:
    subscription(reader, Status.ACTIVE)
    assert banner_on(signed_in(reader), path) is None
    assert banner_on(Client(), path) is None


def test_a_visitors_page_is_the_same_bytes_whoever_owes_what(reader: User) -> None:
    before = Client().get("/").content
    subscription(reader, Status.UNPAID)
    answer = Client().get("/")
    assert answer.content == before
    assert answer["Cache-Control"] == "public, max-age=60"
    assert "Set-Cookie" not in answer
    assert b"banner" not in before


def test_it_costs_one_query_and_visitors_none(
    reader: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    visitor, browser = Client(), signed_in(reader)
    browser.get("/")
    with django_assert_num_queries(4):
        visitor.get("/")
    with django_assert_num_queries(4 + 2):  # who, and what is owed; their rights in place of the network's
        browser.get("/")
    subscription(reader, Status.UNPAID)
    with django_assert_num_queries(4 + 2):
        browser.get("/")


def test_where_something_is_at_stake_it_stays(reader: User) -> None:
    subscription(reader, Status.PAST_DUE)
    banner = banner_on(signed_in(reader))
    assert banner
    assert "Hide this" not in banner.get_text()


def test_where_nothing_is_it_can_be_waved_away_until_something_else_comes(reader: User) -> None:
    found = waits(reader)
    browser = signed_in(reader)
    banner = banner_on(browser)
    assert banner
    form = banner.select("form")[-1]
    fields = {str(each["name"]): str(each.get("value", "")) for each in form.select("[name]")}
    assert browser.post(str(form["action"]), fields)["Location"] == "/"
    assert banner_on(browser) is None
    found.period_end_at = timezone.now() + timedelta(days=400)
    found.save()
    assert banner_on(browser) is not None


@pytest.mark.parametrize("path", ["https://evil.test/", "//evil.test/", "", "javascript:alert(1)"])
def test_it_leads_nowhere_else(reader: User, path: str) -> None:
    answer = signed_in(reader).post("/account/banner/", {"key": "x", "next": path})
    assert answer["Location"] == "/"


def test_a_visitor_has_nothing_to_wave_away() -> None:
    assert Client().post("/account/banner/", {"key": "x"}).status_code == 302


def test_what_is_kept_of_it_stays_small(reader: User) -> None:
    browser = signed_in(reader)
    for number in range(30):
        browser.post("/account/banner/", {"key": f"{number:02}" + "x" * 500})
    kept = browser.session["dismissed_banners"]
    assert (len(kept), len(kept[-1]), kept[-1][:2]) == (20, 80, "29")
