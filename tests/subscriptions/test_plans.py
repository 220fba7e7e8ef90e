"""The plans page: prices and terms in figures, the way to the till, and what is agreed to on it (rule L2)."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format
from pytest_django.fixtures import Settings

from accounts.actions import give_consent
from accounts.models import Consent, User
from subscriptions.actions.checkouts import finish_checkout, start_checkout
from subscriptions.actions.offers import sync_offers
from subscriptions.actions.plans import sync_plans
from subscriptions.models import Checkout, Offer, OfferShowing, Plan, PlanPrice, Status, Subscription
from subscriptions.orders import Order
from subscriptions.shop import EARLY_START
from subscriptions.views.checkout import HAS_ONE, OFF_SALE, OTHER_TERMS, PLEASE_AGREE
from tests.subscriptions.conftest import Till

pytestmark = pytest.mark.django_db(transaction=True)


def on_sale(key: str, *, currencies: dict[str, int] | None = None, **values: Any) -> Plan:
    terms = {"name": key.title(), "amount": 900, "interval": "month"} | values
    plan = Plan.objects.create(key=key, stripe_price_id=f"price_{key}", **terms)
    sold = {plan.currency: plan.amount} | (currencies or {})
    for currency, amount in sold.items():
        plan.prices.create(
            stripe_id=f"price_{key}_{currency}",
            currency=currency,
            amount=amount,
            interval=plan.interval,
            is_current=True,
        )
    return plan


def page_of(client: Client, **query: str) -> BeautifulSoup:
    answer = client.get("/subscribe/", query)
    assert answer.status_code == 200
    return BeautifulSoup(answer.content, "html.parser")


def words(page: BeautifulSoup, selector: str) -> list[str]:
    return [" ".join(tag.get_text().split()) for tag in page.select(selector)]


def fields(page: BeautifulSoup, plan: Plan) -> dict[str, str]:
    form = page.select_one(f"#plan-{plan.key} form")
    assert form is not None
    names = [(str(tag["name"]), str(tag.get("value", ""))) for tag in form.select("input")]
    return {name: value for name, value in names if name != "csrfmiddlewaretoken"}


@pytest.fixture
def browser(reader: User) -> Client:
    client = Client()
    client.force_login(reader)
    return client


class TestWindow:
    def test_monthly_and_yearly_stand_side_by_side_with_the_saving(self, client: Client) -> None:
        on_sale("monthly", position=1)
        on_sale("yearly", amount=9000, interval="year", position=2)
        on_sale("patron", amount=18000, interval="year", position=3)
        page = page_of(client)
        assert words(page, ".plan__price") == ["$9 a month", "$90 a year", "$180 a year"]
        assert words(page, ".plan__saving") == ["$18 less than twelve months (16%)"]

    def test_c5_another_currency_is_chosen_by_a_link_and_remembered(self, client: Client) -> None:
        on_sale("monthly", currencies={"eur": 850, "jpy": 1200})
        on_sale("local", amount=500, position=9)
        assert words(page_of(client), "nav[aria-label=Currency] a") == ["EUR", "JPY"]
        assert words(page_of(client, currency="jpy"), ".plan__price") == ["¥1,200 a month", "$5 a month"]
        assert words(page_of(client), ".plan__price strong") == ["¥1,200", "$5"]
        assert words(page_of(client, currency="xxx"), ".plan__price strong") == ["$9", "$5"]
        assert words(page_of(client), ".plan__price strong") == ["¥1,200", "$5"]

    def test_the_price_shown_is_the_one_that_stripe_has(self, client: Client) -> None:
        plan = on_sale("monthly")
        Plan.objects.filter(pk=plan.pk).update(amount=1100)  # saved while Stripe was away
        assert words(page_of(client), ".plan__price strong") == ["$9"]

    def test_groups_have_a_section_of_their_own(self, client: Client) -> None:
        on_sale("monthly")
        plan = on_sale("team", is_for_groups=True, least_seats=3, most_seats=40, amount=500)
        page = page_of(client)
        seats = page.select_one("section[aria-labelledby=groups] input[name=seats]")
        assert seats is not None
        assert (seats["min"], seats["max"], seats["value"]) == ("3", "40", "3")
        assert set(fields(page, plan)) == {"plan", "currency", "seats", "group"}

    def test_a_price_of_ones_own_has_a_least_and_a_suggestion(self, client: Client) -> None:
        plan = on_sale("founding", is_open_amount=True, suggested_amount=1550)
        page = page_of(client)
        assert fields(page, plan)["amount"] == "15.50"
        assert words(page, "#least-founding") == ["$9 or more, as you like."]

    def test_the_terms_of_a_trial_name_its_end(self, browser: Client) -> None:
        on_sale("yearly", amount=9000, interval="year", trial_days=14)
        end = date_format(timezone.localdate() + timedelta(days=14), "F j, Y")
        [terms] = words(page_of(browser), ".plan__terms")
        assert terms.startswith(
            f"By subscribing you agree: Free until {end}, then you pay $90 every year, until you cancel. "
            f"Cancel before {end} and nothing is charged."
        )

    def test_promotion_codes_are_mentioned_while_one_is_open(
        self, till: Till, client: Client, plan: Plan
    ) -> None:
        sentence = "You have a promotion code?"
        assert sentence not in page_of(client).get_text()
        Offer.objects.create(name="Spring", code=f"S-{uuid4().hex[:8]}", percent_off=10)
        list(sync_offers(at=timezone.now()))
        assert sentence in page_of(client).get_text()

    @pytest.mark.parametrize("count", [1, 6])
    def test_more_plans_take_no_more_queries(
        self, client: Client, django_assert_num_queries: Any, count: int
    ) -> None:
        for number in range(count):
            on_sale(f"plan-{number}", trial_days=7)
        client.get("/subscribe/")
        with django_assert_num_queries(5):  # prices, codes; networks, sections and pages of the frame
            client.get("/subscribe/")


class TestWayToTheTill:
    def test_a_visitor_signs_up_first_and_nothing_typed_is_lost(self, till: Till, client: Client) -> None:
        plan = on_sale("founding", is_open_amount=True, currencies={"eur": 800})
        typed = {"amount": "25", "currency": "eur", "next": "/articles/tide/", "wall": "subscribe"}
        answer = client.get("/subscribe/checkout/", {"plan": plan.key, **typed})
        place = urlsplit(answer["Location"])
        back = parse_qs(place.query)["next"][0]
        assert (place.path, back.rpartition("#")[2]) == ("/accounts/signup/", "plan-founding")

        reader = User.objects.create_user("new@example.com")
        client.force_login(reader)
        page = BeautifulSoup(client.get(back).content, "html.parser")
        kept = fields(page, plan)
        assert {name: kept[name] for name in typed} == typed

    def test_what_is_wrong_comes_back_with_what_was_typed(self, browser: Client) -> None:
        plan = on_sale("founding", is_open_amount=True)
        form = fields(page_of(browser), plan) | {"amount": "3"}
        answer = browser.post("/subscribe/checkout/", form, follow=True)
        page = BeautifulSoup(answer.content, "html.parser")
        assert words(page, ".message--error") == ["The least you can pay for Founding is $9 a month."]
        assert fields(page, plan)["amount"] == "3"

    def test_the_story_and_the_wall_are_kept_for_the_report(
        self, till: Till, browser: Client, plan: Plan
    ) -> None:
        place = {"next": "/articles/tide/", "wall": "subscribe"}
        form = fields(page_of(browser, **place), plan)
        assert browser.post("/subscribe/checkout/", form)["Location"].startswith(till.url)
        assert Checkout.objects.values_list("return_path", "wall").get() == ("/articles/tide/", "subscribe")

    def test_a_currency_that_is_not_sold_is_refused(self, browser: Client) -> None:
        plan = on_sale("monthly")
        form = fields(page_of(browser), plan) | {"currency": "chf"}
        answer = browser.post("/subscribe/checkout/", form, follow=True)
        assert [str(message) for message in answer.context["messages"]] == [OFF_SALE]

    def test_who_subscribes_sees_what_they_have_and_no_second_way_in(
        self, till: Till, browser: Client, reader: User, plan: Plan
    ) -> None:
        stale = fields(page_of(browser), plan)
        checkout = start_checkout(user=reader, order=Order(plan), at=timezone.now())
        till.pay(checkout.url)
        finish_checkout(user=reader, session_id=checkout.stripe_id, at=timezone.now())
        page = page_of(browser)
        assert (words(page, "#yours"), page.select(".plan form")) == (["You subscribe: Monthly"], [])
        assert [str(link["href"]) for link in page.select(".panel .button")] == [
            "/account/change/",
            "/account/",
        ]
        answer = browser.post("/subscribe/checkout/", stale, follow=True)
        assert [str(message) for message in answer.context["messages"]] == [HAS_ONE]

    def test_who_left_sees_their_offer_in_the_terms(
        self, till: Till, browser: Client, reader: User, plan: Plan
    ) -> None:
        checkout = start_checkout(user=reader, order=Order(plan), at=timezone.now())
        till.pay(checkout.url)
        finish_checkout(user=reader, session_id=checkout.stripe_id, at=timezone.now())
        till.v1.subscriptions.cancel(Subscription.objects.get().stripe_id)
        Subscription.objects.update(status=Status.CANCELED)
        offer = Offer.objects.create(name=f"Back {uuid4().hex[:6]}", kind="win_back", percent_off=50)
        list(sync_offers(at=timezone.now()))
        page = page_of(browser)
        assert words(page, ".plan__saving") == ["For your return: 50% off the first charge"]
        assert "Your offer: 50% off the first charge." in words(page, ".plan__terms")[0]
        assert OfferShowing.objects.values_list("offer", "user").get() == (offer.pk, reader.pk)


class TestConsent:
    def test_l2_what_was_agreed_to_is_kept_word_for_word(
        self, till: Till, browser: Client, reader: User, plan: Plan
    ) -> None:
        page = page_of(browser)
        browser.post("/subscribe/checkout/", fields(page, plan), REMOTE_ADDR="203.0.113.77")
        kept = Consent.objects.get()
        assert f"By subscribing you agree: {kept.text}" in words(page, ".plan__terms")
        assert (kept.user, kept.kind, kept.source) == (reader, Consent.Kind.TERMS, "/subscribe/checkout/")
        assert (kept.network, timezone.now() - kept.given_at < timedelta(minutes=1)) == (
            "203.0.113.0/24",
            True,
        )

    def test_l2_nobody_agrees_to_terms_they_were_not_shown(
        self, till: Till, browser: Client, plan: Plan
    ) -> None:
        stale = fields(page_of(browser), plan)
        Plan.objects.update(amount=1100)
        list(sync_plans())
        for form in (stale, {**stale, "terms": ""}):
            answer = browser.post("/subscribe/checkout/", form, follow=True)
            assert [str(message) for message in answer.context["messages"]] == [OTHER_TERMS]
        assert (Checkout.objects.count(), Consent.objects.count()) == (0, 0)

    def test_l2_the_box_stands_only_where_the_law_asks_for_it(
        self, till: Till, browser: Client, settings: Settings
    ) -> None:
        plan = on_sale("monthly")
        PlanPrice.objects.all().delete()
        plan.currencies.create(currency="eur", amount=850)
        list(sync_plans())
        assert "early_start" not in fields(page_of(browser, currency="usd"), plan)
        form = fields(page_of(browser, currency="eur"), plan)
        assert form.pop("early_start") == "1"
        answer = browser.post("/subscribe/checkout/", form, follow=True)
        assert [str(message) for message in answer.context["messages"]] == [PLEASE_AGREE]
        assert Checkout.objects.count() == 0
        browser.post("/subscribe/checkout/", form | {"early_start": "1"})
        kept = dict(Consent.objects.values_list("kind", "text"))
        assert (kept[Consent.Kind.EARLY_START], set(kept)) == (EARLY_START, {"terms", "early_start"})

    @pytest.mark.parametrize(
        ("address", "network"),
        [
            ("198.51.100.201", "198.51.100.0/24"),
            ("2001:db8:1234:5678::9", "2001:db8:1234::/48"),
            ("::ffff:198.51.100.201", "198.51.100.0/24"),
            ("unknown", ""),
        ],
    )
    def test_g5_the_address_is_truncated(self, reader: User, address: str, network: str) -> None:
        at = timezone.now()
        kept = give_consent(user=reader, kind="terms", text="Yes.", source="/", address=address, at=at)
        assert kept.network == network
