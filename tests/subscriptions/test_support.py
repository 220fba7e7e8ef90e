"""The support desk: finding a reader, and one page about them (issue 4, "Support and the publisher")."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core import mail
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import AuditEntry, User
from subscriptions.actions.access import follow_subscription
from subscriptions.models import (
    Dispute,
    Drift,
    Gift,
    Grant,
    Invoice,
    Notice,
    Payment,
    Plan,
    Status,
    Subscription,
)
from tests.factories.accounts import (
    StaffFactory,
    SuperuserFactory,
    SupportFactory,
    UserFactory,
    WriterFactory,
)
from tests.subscriptions.test_standing import subscription

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 8, 12, tzinfo=UTC)
LIST = "/admin/books/readers/"


@pytest.fixture
def helper() -> User:
    return SupportFactory.create(email="support@example.org", name="Ona Terhaar")


@pytest.fixture
def desk(helper: User) -> Client:
    browser = Client()
    browser.force_login(helper)
    return browser


def page_of(reader: User) -> str:
    return f"{LIST}{reader.pk}/"


def add_invoice(row: Subscription, number: int, **values: Any) -> Invoice:
    """A paid invoice with one payment."""
    fields: dict[str, Any] = {
        "status": "paid",
        "billing_reason": "subscription_cycle",
        "subtotal": 900,
        "total": 900,
        "amount_due": 900,
        "amount_paid": 900,
        "created_at": NOW - timedelta(days=number),
        "paid_at": NOW - timedelta(days=number),
        "synced_at": NOW,
        **values,
    }
    invoice = Invoice.objects.create(
        customer=row.customer,
        subscription=row,
        stripe_id=f"in_{row.pk}_{number}",
        number=f"LEDGER-{row.pk:02}-{number:04}",
        currency="usd",
        **fields,
    )
    Payment.objects.create(
        customer=row.customer,
        invoice=invoice,
        stripe_id=f"ch_{row.pk}_{number}",
        intent_id=f"pi_{row.pk}_{number}",
        status="succeeded",
        currency="usd",
        amount=900,
        card_brand="visa",
        card_last4="4242",
        created_at=invoice.created_at,
    )
    return invoice


# ------------------------------------------------------------------------------------------- who may


@pytest.mark.parametrize("staff", [StaffFactory, WriterFactory])
def test_only_those_with_the_permission_see_readers(reader: User, staff: type[UserFactory]) -> None:
    browser = Client()
    browser.force_login(staff.create())
    paths = (LIST, page_of(reader), f"{page_of(reader)}give-access/")
    assert [browser.get(path).status_code for path in paths] == [403, 403, 403]
    assert browser.post(f"{page_of(reader)}give-access/", {"until": "1", "reason": "x"}).status_code == 403
    assert not Grant.objects.exists()


def test_readers_and_visitors_are_led_to_sign_in(reader: User) -> None:
    browser = Client()
    assert browser.get(page_of(reader)).status_code == 302
    browser.force_login(reader)
    assert browser.get(page_of(reader)).status_code == 302


# ------------------------------------------------------------------------------------------ finding


@pytest.mark.parametrize(
    "asked", ["cus_{c}", "sub_active_{c}", "in_{s}_1", "pi_{s}_1", "ch_{s}_1"], ids=lambda text: text[:3]
)
def test_an_id_of_stripes_leads_right_to_its_reader(desk: Client, reader: User, asked: str) -> None:
    row = subscription(reader, Status.ACTIVE)
    add_invoice(row, 1)
    subscription(UserFactory.create(), Status.ACTIVE)
    answer = desk.get(LIST, {"q": asked.format(c=reader.pk, s=row.pk)})
    assert (answer.status_code, answer["Location"]) == (302, page_of(reader))


def found_on(page: str) -> list[str]:
    return [link.get_text() for link in BeautifulSoup(page, "html.parser").select(".reader .reader__list a")]


def test_readers_are_found_by_address_name_and_invoice_number(desk: Client, reader: User) -> None:
    row = subscription(reader, Status.ACTIVE)
    invoice = add_invoice(row, 1)
    add_invoice(subscription(UserFactory.create(name="Iven Sollberg"), Status.ACTIVE), 2)
    for asked in (reader.email, "idunsen", invoice.number.lower()):
        assert found_on(desk.get(LIST, {"q": asked}).text) == [reader.email]


def test_a_gift_code_finds_giver_and_reader_however_it_is_typed(desk: Client, reader: User) -> None:
    giver = UserFactory.create()
    gift = make_gift(giver, redeemed_by=reader, redeemed_at=NOW, state="redeemed")
    asked = "-".join(gift.code[at : at + 4] for at in range(0, 16, 4)).lower()
    assert found_on(desk.get(LIST, {"q": asked}).text) == [giver.email, reader.email]


def make_gift(giver: User, **values: Any) -> Gift:
    plan, _ = Plan.objects.get_or_create(key="m", defaults={"name": "Monthly", "amount": 900})
    fields: dict[str, Any] = {
        "giver_name": "Mother",
        "recipient_name": "Ilse Marn",
        "recipient_email": "ilse@example.net",
        "deliver_on": NOW.date(),
        "code": "ABCDEFGHJKLMNPQR",
        "amount": 900,
        "currency": "usd",
        "created_at": NOW,
        "paid_at": NOW,
        "state": "paid",
    }
    return Gift.objects.create(plan=plan, giver=giver, **{**fields, **values})


def test_nobody_found_says_what_to_ask_for(desk: Client, reader: User) -> None:
    page = desk.get(LIST, {"q": "nobody@nowhere.example"}).text
    assert "Nobody found" in page
    assert reader.email not in page


def test_trouble_is_shown_while_nothing_is_typed(desk: Client) -> None:
    late, contested, torn, calm = (UserFactory.create() for _ in range(4))
    subscription(late, Status.PAST_DUE)
    invoice = add_invoice(subscription(contested, Status.ACTIVE), 1)
    Dispute.objects.create(
        payment=invoice.payments.get(),
        stripe_id="dp_1",
        status="needs_response",
        amount=900,
        currency="usd",
        opened_at=NOW,
    )
    drifting = subscription(torn, Status.ACTIVE).customer
    Drift.objects.create(kind="wrong_period", stripe_id="sub_x", customer=drifting, found_at=NOW, seen_at=NOW)
    subscription(calm, Status.ACTIVE)
    assert found_on(desk.get(LIST).text) == [late.email, contested.email, torn.email]


# -------------------------------------------------------------------------------------- the page


def words_of(page: str) -> str:
    return " ".join(BeautifulSoup(page, "html.parser").select_one(".reader").get_text(" ").split())  # type: ignore[union-attr]


def test_a_reader_without_anything_has_a_page_too(desk: Client, reader: User) -> None:
    answer = desk.get(page_of(reader))
    assert "no-store" in answer["Cache-Control"]
    words = words_of(answer.text)
    for said in (
        "Reads free stories only: there never was a subscription, a gift or other access.",
        "Never had a subscription.",
        "None, now or before.",
        "No invoices.",
        "No letters about money or access.",
        "not known: never went to pay",
        "No device.",
        "Made an account",
    ):
        assert said in words
    assert "Check with Stripe" not in words


def test_the_page_shows_what_there_is_of_this_reader_and_of_nobody_else(desk: Client, reader: User) -> None:
    row = subscription(reader, Status.ACTIVE, period_end_at=timezone.now() + timedelta(days=9))
    follow_subscription(subscription=row, at=timezone.now())
    add_invoice(row, 1)
    Notice.objects.create(
        kind="welcome", key="1", user=reader, address=reader.email, given_at=NOW, due_at=NOW, sent_at=NOW,
        subject="Welcome aboard",
    )  # fmt: skip
    other = subscription(UserFactory.create(name="Iven Sollberg"), Status.PAST_DUE)
    add_invoice(other, 2)
    Notice.objects.create(
        kind="welcome", key="2", user=other.customer.user, address="iven@example.org", given_at=NOW,
        due_at=NOW, sent_at=NOW, subject="Somebody else’s letter",
    )  # fmt: skip
    words = words_of(desk.get(page_of(reader)).text)
    for said in (
        "You subscribe: Monthly.",
        "Welcome aboard",
        f"LEDGER-{row.pk:02}-0001",
        "Visa ending in 4242",
    ):
        assert said in words
    for unsaid in (
        "Somebody else’s letter",
        f"LEDGER-{other.pk:02}-0002",
        "iven@example.org",
        other.stripe_id,
    ):
        assert unsaid not in words


@pytest.mark.parametrize(
    "status", ["unpaid", "past_due", "paused", "incomplete", "incomplete_expired", "canceled"]
)
def test_why_someone_cannot_read_is_one_sentence(desk: Client, reader: User, status: str) -> None:
    subscription(reader, status, ended_at=NOW if status == "canceled" else None)
    why = {
        "unpaid": "the last invoice was not paid",
        "past_due": "payment is overdue, and the days of grace are over",
        "paused": "the trial ended without a card",
        "incomplete": "the first payment has not been finished",
        "incomplete_expired": "the first payment was never made",
        "canceled": "the subscription has ended on March 8, 2026",
    }
    assert f"Reads free stories only: {why[status]}." in words_of(desk.get(page_of(reader)).text)


def test_accounts_that_look_like_one_person_are_hinted_at(desk: Client, reader: User) -> None:
    subscription(reader, Status.ACTIVE)
    twin = UserFactory.create(name=reader.name)
    subscription(twin, Status.CANCELED, ended_at=NOW)
    name, _, domain = reader.email.partition("@")
    variant = UserFactory.create(email=f"{name}+news@{domain}")
    same_card = UserFactory.create(name="Somebody Else")
    subscription(same_card, Status.ACTIVE)
    page = BeautifulSoup(desk.get(page_of(reader)).text, "html.parser")
    assert [link.get_text() for link in page.select(".reader__alarm--mild a")] == [twin.email, variant.email]


@pytest.mark.parametrize("number", [1, 30])
def test_the_page_costs_the_same_however_many_invoices(
    desk: Client, reader: User, django_assert_num_queries: DjangoAssertNumQueries, number: int
) -> None:
    row = subscription(reader, Status.ACTIVE)
    for each in range(number):
        add_invoice(row, each)
    desk.get(page_of(reader))
    with django_assert_num_queries(QUERIES):
        desk.get(page_of(reader))


QUERIES = 32


def test_a_look_changes_nothing(desk: Client, reader: User) -> None:
    row = subscription(reader, Status.ACTIVE)
    invoice = add_invoice(row, 1)
    grant = Grant.objects.create(user=reader, source="comp", starts_at=NOW, ends_at=FAR, reason="Thanks.")
    notice = Notice.objects.create(
        kind="welcome", key="1", user=reader, address=reader.email, given_at=NOW, due_at=NOW, sent_at=NOW
    )
    deeds = {
        "give-access": None, "invite": None, "check": None, "sign-out-everywhere": None,
        "extend-access": grant.pk, "end-access": grant.pk, "free-days": row.pk, "cancel": row.pk,
        "keep": row.pk, "refund": invoice.pk, "send-again": notice.pk,
    }  # fmt: skip
    for name, of in deeds.items():
        answer = desk.get(f"{page_of(reader)}{name}/" + (f"{of}/" if of else ""))
        assert (name, answer.status_code) == (name, 200)
        assert "no-store" in answer["Cache-Control"]
    assert not AuditEntry.objects.exists()
    assert mail.outbox == []


FAR = timezone.now() + timedelta(days=400)


def test_another_readers_things_are_not_found_under_this_reader(desk: Client, reader: User) -> None:
    other = subscription(UserFactory.create(), Status.ACTIVE)
    invoice = add_invoice(other, 1)
    for path in (f"cancel/{other.pk}/", f"refund/{invoice.pk}/", "cancel/", "no-such-deed/"):
        assert desk.get(page_of(reader) + path).status_code == 404


def test_the_user_form_and_the_admins_rows_lead_to_the_page(reader: User) -> None:
    browser = Client()
    browser.force_login(SuperuserFactory.create())
    row = subscription(reader, Status.ACTIVE)
    follow_subscription(subscription=row, at=NOW)
    for path in (
        f"accounts/user/{reader.pk}/change/",
        "subscriptions/customer/",
        "subscriptions/subscription/",
        "subscriptions/grant/",
    ):
        assert f'href="{page_of(reader)}"' in browser.get(f"/admin/{path}").text
    assert f'href="{LIST}"' in browser.get("/admin/").text
