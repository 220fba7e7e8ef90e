"""A reader's invoices, from our own rows."""

from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from subscriptions.models import Invoice, InvoiceLine, Payment, Status
from subscriptions.receipts import Attempt, read_receipt
from tests.subscriptions.test_standing import BEGAN, subscription

pytestmark = pytest.mark.django_db


def invoice(user: User, **values: Any) -> Invoice:
    found = user.customers.first()
    running = found.subscriptions.first() if found else subscription(user, Status.ACTIVE)
    assert running
    number = Invoice.objects.count() + 1
    facts = {
        "stripe_id": f"in_{user.pk}_{number}",
        "number": f"EIR-{user.pk}-{number:04}",
        "status": Invoice.Status.PAID,
        "currency": "usd",
        "subtotal": 900,
        "total": 900,
        "amount_due": 900,
        "amount_paid": 900,
        "hosted_url": "https://invoice.stripe.com/i/1",
        "pdf_url": "https://pay.stripe.com/invoice/1/pdf",
        "created_at": BEGAN + timedelta(days=number),
        "synced_at": BEGAN,
    }
    made = Invoice.objects.create(customer=running.customer, subscription=running, **{**facts, **values})
    InvoiceLine.objects.create(
        invoice=made,
        stripe_id="il_1",
        description="1 × Monthly (at $9.00 / month)",
        amount=900,
        period_start_at=BEGAN,
        period_end_at=BEGAN + timedelta(days=31),
    )
    return made


def pay(found: Invoice, status: str = "succeeded", **more: Any) -> Payment:
    facts = {
        "stripe_id": f"ch_{Payment.objects.count()}",
        "status": status,
        "currency": found.currency,
        "amount": found.total,
        "card_brand": "amex",
        "card_last4": "0005",
        "created_at": found.created_at,
    }
    return Payment.objects.create(customer=found.customer, invoice=found, **{**facts, **more})


def page_of(user: User, query: str = "") -> BeautifulSoup:
    browser = Client()
    browser.force_login(user)
    answer = browser.get(f"/account/invoices/{query}")
    assert "no-store" in answer["Cache-Control"]
    return BeautifulSoup(answer.text, "html.parser")


def test_an_invoice_says_what_it_is_for_and_what_became_of_it(reader: User) -> None:
    made = invoice(reader, tax=150)
    pay(made, "failed", created_at=BEGAN)
    pay(made)
    receipt = read_receipt(made)
    assert (receipt.total, receipt.tax, receipt.status) == ("$9", "$1.50", "Paid")
    assert receipt.lines == ("1 × Monthly (at $9.00 / month), Mar 3, 2026 to Apr 3, 2026",)
    assert receipt.attempts == (
        Attempt("$9 paid from American Express ending in 0005 on Mar 4, 2026", is_failed=False),
        Attempt("$9 from American Express ending in 0005 declined on Mar 3, 2026", is_failed=True),
    )
    assert (receipt.pay_url, receipt.see_url) == ("", "https://invoice.stripe.com/i/1")


@pytest.mark.parametrize(
    ("values", "status", "refunded"),
    [
        ({"status": "open", "amount_paid": 0}, "To be paid", ""),
        ({"status": "void", "amount_paid": 0}, "Cancelled", ""),
        ({"status": "uncollectible", "amount_paid": 0}, "Not paid", ""),
        ({"amount_refunded": 900}, "Refunded", "$9"),
        ({"amount_refunded": 300}, "Partly refunded", "$3"),
        ({"total": -500, "amount_paid": 0}, "Kept as credit", ""),
        ({"amount_due": 0, "amount_paid": 0}, "Paid from credit", ""),
        ({"total": 0, "amount_paid": 0}, "Paid", ""),
    ],
)
def test_every_end_of_an_invoice_has_words(
    reader: User, values: dict[str, Any], status: str, refunded: str
) -> None:
    receipt = read_receipt(invoice(reader, **values))
    assert (receipt.status, receipt.refunded) == (status, refunded)


def test_a_currency_without_cents_is_written_without(reader: User) -> None:
    receipt = read_receipt(invoice(reader, currency="jpy", total=1200, tax=109))
    assert (receipt.total, receipt.tax) == ("¥1,200", "¥109")


def test_only_what_is_open_is_to_be_paid(reader: User) -> None:
    invoice(reader)
    open_one = invoice(reader, status="open", hosted_url="https://invoice.stripe.com/i/open")
    links = {str(link["href"]) for link in page_of(reader).select("a.button")}
    assert links >= {open_one.hosted_url}
    assert "https://invoice.stripe.com/i/1" not in links


def test_the_newest_come_first_drafts_and_those_of_others_not_at_all(
    reader: User, django_user_model: type[User]
) -> None:
    other = django_user_model.objects.create_user("other@example.com")
    theirs = invoice(other)
    one, two = invoice(reader), invoice(reader)
    draft = invoice(reader, status="draft", number="")
    page = page_of(reader)
    numbers = [found.get_text() for found in page.select(".receipt__number")]
    assert numbers == [two.number, one.number]
    assert theirs.number not in page.get_text()
    assert draft.stripe_id not in page.get_text()


def test_without_any_it_says_so(reader: User) -> None:
    assert "There are none yet." in page_of(reader).get_text()


def test_many_are_shown_by_the_page(reader: User) -> None:
    for _ in range(25):
        invoice(reader)
    assert len(page_of(reader).select(".receipt")) == 24
    assert len(page_of(reader, "?page=2").select(".receipt")) == 1


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_takes_the_same_queries_for_few_and_many(
    reader: User, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(number):
        pay(invoice(reader))
    browser = Client()
    browser.force_login(reader)
    browser.get("/account/invoices/")
    with django_assert_num_queries(9):
        browser.get("/account/invoices/")
