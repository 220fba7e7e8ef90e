"""No card ever touches us (rules K1, K2, K3)."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import CharField, TextField
from django.test import Client

from accounts.models import User
from eir.environment import BASE_DIR
from subscriptions.models import StripeEvent
from subscriptions.orders import Order
from tests.subscriptions.conftest import VISA, Till
from tests.subscriptions.test_orders import buy, on_sale

APPS = ("accounts", "articles", "editorial", "newsletters", "subscriptions")
CARD_FIELD = re.compile(
    r"""(name|id|autocomplete)\s*=\s*["']?(cc-|card[-_]?num|cvc|cvv|csc|pan\b)""", re.IGNORECASE
)
CARD_COLUMN = re.compile(r"(^|_)(pan|cvc|cvv|csc|card_?number|security_code)($|_)", re.IGNORECASE)
DIGITS = re.compile(r"(?<![\w.-])(?:\d[ -]?){12,18}\d(?![\w.-])")


def is_card_number(text: str) -> bool:
    """Thirteen to nineteen digits with the check digit that every card number has (ISO/IEC 7812-1, Luhn)."""
    digits = [int(mark) for mark in text if mark.isdigit()]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return 13 <= len(digits) <= 19 and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0 and len(set(digits)) > 1


def card_numbers(text: str) -> list[str]:
    return [found for found in DIGITS.findall(text) if is_card_number(found)]


def files(*patterns: str) -> Iterator[Path]:
    for pattern in patterns:
        yield from sorted(BASE_DIR.glob(pattern))


def test_the_scan_finds_what_it_looks_for() -> None:
    body = '{"number": "4242 4242 4242 4242", "other": "5555555555554444", "cvc": "123"}'
    assert card_numbers(body) == ["4242 4242 4242 4242", "5555555555554444"]
    assert card_numbers("4242424242424241 price_4242424242424242 20261123153000123") == []
    assert CARD_FIELD.search('<input autocomplete="cc-number">')
    assert CARD_COLUMN.search("card_number")


def test_k1_no_template_has_a_card_field() -> None:
    pages = list(files("templates/**/*.*", "static/js/**/*.js"))
    assert len(pages) > 100
    assert [str(page) for page in pages if CARD_FIELD.search(page.read_text())] == []


def test_k1_no_form_and_no_column_takes_a_card() -> None:
    columns = [
        f"{model._meta.label}.{field.name}"
        for app in APPS
        for model in apps.get_app_config(app).get_models()
        for field in model._meta.get_fields()
    ]
    assert len(columns) > 200
    assert [column for column in columns if CARD_COLUMN.search(column.partition(".")[2])] == []


def test_k1_no_fixture_and_no_source_of_ours_holds_a_card_number() -> None:
    # Stripe's public test numbers stand in the demo's script and the sandbox's guide, which play the reader.
    sources = list(files(*(f"{app}/**/*.py" for app in APPS), "demo/**/*.json", "templates/**/*.*"))
    found = {str(path): card_numbers(path.read_text()) for path in sources}
    assert len(sources) > 300
    assert {path: numbers for path, numbers in found.items() if numbers} == {}


@pytest.mark.django_db(transaction=True)
def test_k1_paying_leaves_no_card_number_in_our_database(till: Till, reader: User) -> None:
    """A reader pays; every event of it is stored as it came, and every text we keep is searched."""
    bought = buy(till, reader, Order(on_sale("cards")))
    for event in till.v1.events.list({"limit": 100}).data:
        StripeEvent.objects.get_or_create(
            stripe_id=event.id,
            defaults={
                "type": event.type,
                "livemode": False,
                "body": str(event),
                "received_at": bought.started_at,
            },
        )
    assert StripeEvent.objects.filter(type="customer.subscription.created").exists()
    assert (bought.card_brand, bought.card_last4, bought.card_expires) == ("visa", VISA[-4:], "12/2034")
    assert [text for text in every_text() if card_numbers(text)] == []
    assert [text for text in every_text() if re.search(r'"cvc":\s*"\d', text)] == []


def every_text() -> Iterator[str]:
    """Whatever our tables hold in words."""
    for app in APPS:
        for model in apps.get_app_config(app).get_models():
            fields = [
                field.name
                for field in model._meta.concrete_fields
                if isinstance(field, CharField | TextField)
            ]
            for row in model._default_manager.values_list(*fields) if fields else ():
                yield from (str(value) for value in row if value)


@pytest.mark.django_db(transaction=True)
def test_k2_payment_happens_on_pages_of_stripe(till: Till, reader: User) -> None:
    browser = Client()
    browser.force_login(reader)
    page = browser.get("/subscribe/")
    form_action = page["Content-Security-Policy"].partition("form-action")[2].partition(";")[0].split()
    assert form_action[0] == "'self'"
    assert all(host.startswith("http") for host in form_action[1:])
    assert "js.stripe.com" not in page.text


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "path", ["/subscribe/", "/account/", "/account/invoices/", "/subscribe/success/?session_id=cs_unknown"]
)
def test_k3_pages_about_money_run_no_inline_script_or_style(till: Till, reader: User, path: str) -> None:
    on_sale("csp", is_open_amount=True)
    browser = Client()
    browser.force_login(reader)
    page = browser.get(path)
    policy = page["Content-Security-Policy"]
    assert ("unsafe-inline" in policy, "unsafe-eval" in policy) == (False, False)
    assert "default-src 'self'" in policy
    assert re.findall(r"<script(?![^>]*\bsrc=)[^>]*>|<style|\sstyle=|\son\w+=", page.text) == []
