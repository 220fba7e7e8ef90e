"""The account page: what a reader has and why, and the ways to Stripe's pages and back."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from accounts.models import User
from subscriptions.actions.books import sync_customer
from subscriptions.models import Customer, Grant, Plan, Status, Subscription
from subscriptions.queries import latest_subscription
from tests.subscriptions.conftest import Till, post_form
from tests.subscriptions.test_standing import BEGAN, subscription

pytestmark = pytest.mark.django_db


def signed_in(reader: User) -> Client:
    browser = Client()
    browser.force_login(reader)
    return browser


def page_of(reader: User) -> str:
    answer = signed_in(reader).get("/account/")
    assert "no-store" in answer["Cache-Control"]
    return answer.text


def facts_on(page: str) -> dict[str, str]:
    soup = BeautifulSoup(page, "html.parser")
    return {
        term.get_text(): term.find_next_sibling("dd").get_text()  # type: ignore[union-attr]
        for term in soup.select(".facts dt")
    }


def buttons_on(page: str) -> list[str]:
    soup = BeautifulSoup(page, "html.parser")
    return [found.get_text(" ", strip=True) for found in soup.select(".account__body .button")]


def test_the_account_page_says_why_someone_can_read(reader: User) -> None:
    now = timezone.now()
    Grant.objects.create(user=reader, source="comp", starts_at=now, reason="With thanks for your letters.")
    Grant.objects.create(
        user=reader,
        source="comp",
        starts_at=now - timedelta(days=9),
        ends_at=now,
        reason="A gift that is over.",
    )
    page = page_of(reader)
    assert ("With thanks for your letters." in page, "A gift that is over." in page) == (True, False)


def test_the_account_page_of_someone_without_anything_leads_to_the_plans(reader: User) -> None:
    page = page_of(reader)
    assert 'href="/subscribe/"' in page
    assert buttons_on(page) == []


def test_the_account_page_is_nobody_elses(reader: User) -> None:
    assert Client().get("/account/").status_code == 302


def test_a_running_subscription_with_its_next_charge_and_card(reader: User) -> None:
    subscription(reader, Status.ACTIVE)
    page = page_of(reader)
    assert facts_on(page) == {
        "Price": "$9 a month",
        "Since": "March 3, 2026",
        "Next charge": "April 3, 2026: $9",
        "Card": "Visa ending in 4242, good through 04/2031",
    }
    assert buttons_on(page) == [
        "Change plan",
        "Change card",
        "Cancel",
        "Billing address and cards, at Stripe",
    ]


@pytest.mark.parametrize(
    ("status", "values", "buttons"),
    [
        (Status.ACTIVE, {"cancels_at": BEGAN + timedelta(days=31)}, ["Resume", "Change card"]),
        (Status.PAST_DUE, {"pay_url": "https://pay.test/"}, ["Pay now", "Change card", "Cancel"]),
        (Status.UNPAID, {"pay_url": "https://pay.test/"}, ["Pay now", "Change card", "Cancel"]),
        (
            Status.INCOMPLETE,
            {"pay_url": "https://pay.test/"},
            ["Confirm with your bank", "Cancel"],
        ),
        (Status.PAUSED, {}, ["Start again", "Change card", "Cancel"]),
        (Status.PAUSED, {"card_last4": ""}, ["Add a card", "Cancel"]),
        (Status.CANCELED, {"ended_at": BEGAN}, ["Choose a plan"]),
        (Status.INCOMPLETE_EXPIRED, {}, ["Choose a plan"]),
    ],
)
def test_what_can_be_done_in_each_state(
    reader: User, status: str, values: dict[str, object], buttons: list[str]
) -> None:
    subscription(reader, status, **values)
    assert buttons_on(page_of(reader))[:-1] == buttons


def test_two_that_run_are_both_shown_and_each_can_be_cancelled(reader: User) -> None:
    one = subscription(reader, Status.ACTIVE)
    two = subscription(reader, Status.ACTIVE, stripe_id="sub_two")
    page = page_of(reader)
    for each in (one, two):
        assert f"/account/cancel/?subscription={each.stripe_id}" in page


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_takes_the_same_queries_for_few_and_many_grants(
    reader: User, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    subscription(reader, Status.ACTIVE)
    for _ in range(number):
        Grant.objects.create(user=reader, source="comp", starts_at=BEGAN, reason="Thank you.")
    browser = signed_in(reader)
    browser.get("/account/")
    with django_assert_num_queries(13):
        browser.get("/account/")


@pytest.mark.django_db(transaction=True)
def test_a_discount_shows_in_the_next_charge(
    till: Till, reader: User, plan: Plan, settings: Settings
) -> None:
    coupon = till.v1.coupons.create({"percent_off": 20, "duration": "forever", "name": "Spring"})
    till.subscribe(reader, plan, discounts=[{"coupon": coupon.id}])
    sync_customer(customer=Customer.objects.get(), at=timezone.now())
    due = f"{timezone.localtime(Subscription.objects.get().period_end_at):%B %-d, %Y}"
    facts = facts_on(page_of(reader))
    assert (facts["Next charge"], facts["Discount"]) == (f"{due}: $7.20", "Spring")

    settings.STRIPE_API_BASE = "http://127.0.0.1:9"
    assert facts_on(page_of(reader))["Next charge"] == f"{due}: $7.20"  # kept while nothing is written
    Subscription.objects.update(synced_at=timezone.now())
    assert facts_on(page_of(reader))["Next charge"] == due  # Stripe is away: the page does without


@pytest.mark.django_db(transaction=True)
def test_the_portal_opens_and_what_was_done_there_shows_on_return(
    till: Till, reader: User, plan: Plan
) -> None:
    stripe_id = till.subscribe(reader, plan).id
    browser = signed_in(reader)
    assert browser.post("/account/portal/")["Location"].startswith(till.url)

    till.v1.subscriptions.update(stripe_id, {"cancel_at_period_end": True})
    page = browser.get("/account/returned/", follow=True).text
    assert "Ends on" in page


class TestCards:
    """Rule K2: a card is typed on Stripe's page alone."""

    def put_on_file(self, till: Till, browser: Client, number: str) -> str:
        page = browser.post("/account/card/")["Location"]
        assert page.startswith(f"{till.url}/p/session/")
        form = {"number": number, "expiry": "12 / 34", "cvc": "123", "name": "Ada Vale", "country": "DE"}
        assert post_form(page, form) == 303
        return browser.get("/account/returned/", follow=True).text

    @pytest.mark.django_db(transaction=True)
    def test_another_card_pays_from_then_on(self, till: Till, reader: User, plan: Plan) -> None:
        stripe_id = till.subscribe(reader, plan).id
        browser = signed_in(reader)
        page = self.put_on_file(till, browser, "5555555555554444")
        assert "Your new card is saved" in page
        assert facts_on(page)["Card"] == "Mastercard ending in 4444, good through 12/2034"
        pays = till.v1.subscriptions.retrieve(stripe_id).default_payment_method
        assert till.v1.payment_methods.retrieve(pays).card.last4 == "4444"

    @pytest.mark.django_db(transaction=True)
    def test_the_subscriptions_own_card_does_not_outlive_its_readers_wish(
        self, till: Till, reader: User, plan: Plan
    ) -> None:
        """As Stripe documents its page: it changes the customer's default card and nothing else."""
        stripe_id = till.subscribe(reader, plan).id
        customer = Customer.objects.get(user=reader).stripe_id
        browser = signed_in(reader)
        browser.post("/account/card/")
        method = till.v1.payment_methods.attach("pm_card_mastercard", {"customer": customer})
        till.v1.customers.update(customer, {"invoice_settings": {"default_payment_method": method.id}})
        assert till.v1.subscriptions.retrieve(stripe_id).default_payment_method != method.id
        browser.get("/account/returned/")
        assert till.v1.subscriptions.retrieve(stripe_id).default_payment_method == method.id

    @pytest.mark.django_db(transaction=True)
    def test_coming_back_without_one_changes_nothing(self, till: Till, reader: User, plan: Plan) -> None:
        stripe_id = till.subscribe(reader, plan).id
        before = till.v1.subscriptions.retrieve(stripe_id).default_payment_method
        browser = signed_in(reader)
        browser.post("/account/card/")
        page = browser.get("/account/returned/", follow=True).text
        assert "Your new card is saved" not in page
        assert till.v1.subscriptions.retrieve(stripe_id).default_payment_method == before

    def test_no_page_of_ours_has_a_field_for_a_card(self, reader: User) -> None:
        subscription(reader, Status.ACTIVE)
        for path in ("/account/", "/account/change/", "/account/cancel/", "/account/invoices/"):
            soup = BeautifulSoup(signed_in(reader).get(path).text, "html.parser")
            names = {str(field.get("name")) for field in soup.select("input, select, textarea")}
            assert not {name for name in names if "card" in name or "cvc" in name or "number" in name}


@pytest.mark.parametrize(
    "path", ["/account/portal/", "/account/card/", "/account/resume/", "/account/offer/"]
)
def test_nothing_is_done_by_a_link(reader: User, path: str) -> None:
    assert signed_in(reader).get(path).status_code == 405


@pytest.mark.parametrize(
    "path",
    ["/account/change/", "/account/change/review/", "/account/cancel/", "/account/cancelled/"],
)
def test_without_a_subscription_there_is_no_such_page(reader: User, path: str) -> None:
    assert Client().get(path).status_code == 302
    assert signed_in(reader).get(path).status_code == 404


@pytest.mark.parametrize("path", ["/account/portal/", "/account/card/"])
def test_who_never_paid_is_led_to_the_plans(reader: User, path: str) -> None:
    assert signed_in(reader).post(path)["Location"] == "/subscribe/"


def test_a_stripe_that_is_away_costs_a_message(reader: User, settings: Settings) -> None:
    subscription(reader, Status.ACTIVE)
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"
    for path in ("/account/portal/", "/account/card/", "/account/cancel/"):
        page = signed_in(reader).post(path, follow=True)
        assert "The payment service is not answering." in page.text
    assert Subscription.objects.get().cancels_at is None


@pytest.mark.parametrize(
    ("older", "newer", "told"),
    [
        (Status.ACTIVE, Status.INCOMPLETE, Status.ACTIVE),
        (Status.CANCELED, Status.INCOMPLETE, Status.INCOMPLETE),
        (Status.CANCELED, Status.INCOMPLETE_EXPIRED, Status.CANCELED),
        (Status.CANCELED, Status.TRIALING, Status.TRIALING),
    ],
)
def test_of_several_subscriptions_the_one_that_matters_is_told(
    reader: User, older: str, newer: str, told: str
) -> None:
    subscription(reader, older)
    subscription(reader, newer, started_at=BEGAN + timedelta(days=60))
    found = latest_subscription(reader)
    assert found is not None
    assert found.status == told
