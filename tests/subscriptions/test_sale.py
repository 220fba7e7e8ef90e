"""The publisher's side of selling: plans and offers in the admin, putting them on sale, print addresses."""

import csv
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import AuditEntry, User
from subscriptions.models import Customer, Grant, Offer, Plan, PlanPrice, Source, Status, Subscription
from tests.subscriptions.conftest import Till

pytestmark = pytest.mark.django_db(transaction=True)

NOTHING_INLINE = {
    f"{prefix}-{count}": "0"
    for prefix in ("currencies", "prices")
    for count in ("TOTAL_FORMS", "INITIAL_FORMS")
}
PLAN: dict[str, Any] = NOTHING_INLINE | {
    "name": "Weekly by post",
    "key": "sale-post",
    "position": "0",
    "is_active": "on",
    "amount": "1500",
    "currency": "usd",
    "interval": "month",
    "trial_days": "0",
    "trial_needs_card": "on",
    "least_seats": "2",
    "most_seats": "200",
}
OFFER: dict[str, Any] = {"name": "Spring", "kind": "code", "duration": "once", "is_active": "on"}


def new_key() -> str:
    # Stripe keeps what earlier tests put on sale, by these keys.
    return f"sale-{uuid4().hex[:8]}"


def staff(*permissions: str) -> Client:
    user = User.objects.create_user(f"{new_key()}@example.com", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def publisher(till: Till, settings: Settings) -> Client:
    settings.STAFF_MFA_REQUIRED = False
    user = User.objects.create_superuser("publisher@example.com")
    client = Client()
    client.force_login(user)
    return client


def said(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def errors(answer: Any) -> dict[str, list[str]]:
    return {name: list(each) for name, each in answer.context["adminform"].form.errors.items()}


class TestPlans:
    def test_saving_a_plan_puts_it_on_sale_in_each_currency(self, till: Till, publisher: Client) -> None:
        currencies = {
            "currencies-TOTAL_FORMS": "1",
            "currencies-0-currency": "jpy",
            "currencies-0-amount": "2200",
        }
        answer = publisher.post("/admin/subscriptions/plan/add/", PLAN | currencies, follow=True)
        plan = Plan.objects.get()
        prices = {price.currency: price for price in PlanPrice.objects.filter(is_current=True)}
        assert {currency: price.amount for currency, price in prices.items()} == {"usd": 1500, "jpy": 2200}
        assert till.v1.prices.retrieve(prices["jpy"].stripe_id).unit_amount == 2200
        assert f"{plan.key}: created {plan.stripe_price_id} ($15 a month)" in said(answer)
        assert AuditEntry.about(plan).values_list("action", flat=True).first() == "add plan"

    def test_without_stripe_a_plan_is_saved_and_not_on_sale(
        self, publisher: Client, settings: Settings
    ) -> None:
        settings.STRIPE_API_BASE = "http://127.0.0.1:9"  # nothing listens there
        answer = publisher.post("/admin/subscriptions/plan/add/", PLAN, follow=True)
        assert Plan.objects.get().stripe_price_id == ""
        assert said(answer)[-1].startswith("Saved, but not on sale yet. Stripe says:")
        assert not PlanPrice.objects.exists()

    def test_a_new_price_says_who_keeps_the_old_one(
        self, till: Till, publisher: Client, reader: User
    ) -> None:
        terms = PLAN | {"key": new_key()}
        publisher.post("/admin/subscriptions/plan/add/", terms)
        plan = Plan.objects.get()
        running(reader, plan)
        form = terms | {"amount": "1700", "prices-TOTAL_FORMS": "1", "prices-INITIAL_FORMS": "1"}
        answer = publisher.post(f"/admin/subscriptions/plan/{plan.pk}/change/", form, follow=True)
        [warning] = [text for text in said(answer) if "new readers" in text]
        assert warning.startswith(
            "One reader who subscribes goes on paying what they pay now; $17 is for new readers."
        )
        history = PlanPrice.objects.order_by("pk").values_list("amount", "is_current")
        assert list(history) == [(1500, False), (1700, True)]

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"suggested_amount": "2000"}, "suggested_amount"),
            ({"is_open_amount": "on", "suggested_amount": "1000"}, "suggested_amount"),
            ({"is_for_groups": "on", "least_seats": "9", "most_seats": "8"}, "most_seats"),
            ({"is_for_groups": "on", "is_giftable": "on"}, "is_giftable"),
            ({"trial_needs_card": ""}, "trial_needs_card"),
        ],
    )
    def test_a_plan_that_makes_no_sense_is_refused(
        self, publisher: Client, values: dict[str, str], field: str
    ) -> None:
        answer = publisher.post("/admin/subscriptions/plan/add/", PLAN | values)
        assert (list(errors(answer)), Plan.objects.count()) == ([field], 0)


class TestOffers:
    def test_saving_an_offer_opens_its_code(self, till: Till, publisher: Client) -> None:
        form = OFFER | {
            "name": f"Spring {uuid4().hex[:6]}",
            "code": f"S-{uuid4().hex[:8]}",
            "percent_off": "20",
        }
        publisher.post("/admin/subscriptions/offer/add/", form)
        offer = Offer.objects.get()
        assert till.v1.promotion_codes.retrieve(offer.stripe_promotion_id).code == form["code"]
        row = publisher.get("/admin/subscriptions/offer/").text
        assert (offer.name in row, "20% off the first charge" in row) == (True, True)

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"code": "GOOD"}, "percent_off"),
            ({"code": "GOOD", "percent_off": "10", "amount_off": "100", "currency": "usd"}, "percent_off"),
            ({"code": "GOOD", "amount_off": "100"}, "currency"),
            ({"percent_off": "10"}, "code"),
            ({"code": "no spaces", "percent_off": "10"}, "code"),
            ({"code": "taken", "percent_off": "10"}, "code"),
            ({"code": "GOOD", "percent_off": "10", "duration": "repeating"}, "months"),
            ({"code": "GOOD", "percent_off": "101"}, "percent_off"),
        ],
    )
    def test_an_offer_that_makes_no_sense_is_refused(
        self, publisher: Client, values: dict[str, str], field: str
    ) -> None:
        Offer.objects.create(name="Old", code="TAKEN", percent_off=5, is_active=False)
        answer = publisher.post("/admin/subscriptions/offer/add/", OFFER | values)
        assert (list(errors(answer))[:1], Offer.objects.count()) == ([field], 1)


class TestSalePage:
    def test_it_says_what_was_done(self, till: Till, publisher: Client) -> None:
        Plan.objects.create(key=f"sale-{uuid4().hex[:6]}", name="Monthly", amount=900)
        before = publisher.get("/admin/books/sale/")
        after = publisher.post("/admin/books/sale/")
        [line] = after.context["outcome"].lines
        assert (before.context["outcome"], line.split(": ")[1].split()[0]) == (None, "created")
        assert (
            publisher.post("/admin/books/sale/")
            .context["outcome"]
            .lines[0]
            .split(": ")[1]
            .startswith("matched")
        )

    def test_a_currency_taken_away_is_no_longer_sold(self, till: Till, publisher: Client) -> None:
        plan = Plan.objects.create(key=new_key(), name="Monthly", amount=900)
        plan.currencies.create(currency="eur", amount=850)
        publisher.post("/admin/books/sale/")
        price = PlanPrice.objects.get(currency="eur")
        plan.currencies.all().delete()
        lines = publisher.post("/admin/books/sale/").context["outcome"].lines
        assert lines[-1] == f"{plan.key}: withdrew {price.stripe_id} (€8.50 a month)"
        assert till.v1.prices.retrieve(price.stripe_id).active is False
        assert list(PlanPrice.objects.filter(is_current=True).values_list("currency", flat=True)) == ["usd"]

    def test_stripe_away_is_said(self, publisher: Client, settings: Settings) -> None:
        settings.STRIPE_API_BASE = "http://127.0.0.1:9"
        Plan.objects.create(key="sale-away", name="Monthly", amount=900)
        assert publisher.post("/admin/books/sale/").context["outcome"].trouble != ""

    def test_it_takes_the_permission_to_change_plans(self, till: Till, settings: Settings) -> None:
        settings.STAFF_MFA_REQUIRED = False
        assert staff("view_plan").post("/admin/books/sale/").status_code == 403
        assert staff("change_plan").post("/admin/books/sale/").status_code == 200


def running(reader: User, plan: Plan, **values: Any) -> Subscription:
    now = timezone.now()
    customer, _ = Customer.objects.get_or_create(user=reader, defaults={"stripe_id": f"cus_{reader.pk}"})
    facts: dict[str, Any] = {
        "status": Status.ACTIVE,
        "started_at": now,
        "period_start_at": now,
        "period_end_at": now + timedelta(days=30),
        "synced_at": now,
        "amount": plan.amount,
        "currency": plan.currency,
    }
    bought = Subscription.objects.create(
        customer=customer, plan=plan, stripe_id=f"sub_{uuid4().hex[:8]}", **facts | values
    )
    if bought.status == Status.ACTIVE:
        Grant.objects.create(
            user=reader, source=Source.STRIPE, subscription=bought, starts_at=now, reason="x"
        )
    return bought


class TestLabels:
    def addresses(self, client: Client) -> list[list[str]]:
        answer = client.post("/admin/books/labels/")
        text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
        return list(csv.reader(text.splitlines()))

    def test_everyone_a_copy_is_due_to_and_nobody_else(self, publisher: Client, reader: User) -> None:
        printed = Plan.objects.create(key="p", name="By post", amount=1500, has_print=True)
        digital = Plan.objects.create(key="d", name="Digital", amount=900)
        mine = running(reader, printed, quantity=2)
        Customer.objects.filter(user=reader).update(
            shipping_name="Rafe Idunsen",
            shipping_address={"line1": "=Quay 4", "city": "Saldane", "postal_code": "10115", "country": "DE"},
        )
        for name, plan, status in (("digital", digital, "active"), ("ended", printed, "canceled")):
            running(User.objects.create_user(f"{name}@example.com"), plan, status=status)
        rows = self.addresses(publisher)
        until = mine.period_end_at.date().isoformat()
        place = ["Rafe Idunsen", "'=Quay 4", "", "10115", "Saldane", "", "DE"]
        assert rows[1:] == [[*place, "2", "By post", reader.email, until]]
        assert AuditEntry.objects.filter(action="hand out print addresses").count() == 1

    def test_it_needs_the_permission_to_see_customers(self, till: Till, settings: Settings) -> None:
        settings.STAFF_MFA_REQUIRED = False
        answers = [
            client.post("/admin/books/labels/")
            for client in (staff("change_plan"), Client(), staff("view_customer"))
        ]
        assert [answer.status_code for answer in answers] == [403, 302, 200]
