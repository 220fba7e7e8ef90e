"""The publisher's side of money: drift found and repaired, figures that can be looked at."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import OpenPage, expect_accessible, sign_in
from tests.journeys.till import (
    at_stripe,
    customer_named,
    expect_reading,
    reload_until,
    subscribe,
    subscription_of,
    unheard,
)

pytestmark = pytest.mark.journey


def test_drift_is_found_and_repaired(open_page: OpenPage) -> None:
    reader, twice = open_page(), open_page()
    email, double = subscribe(reader, "unheard"), subscribe(twice, "pays-twice")
    first = subscription_of(double)
    unheard(lambda: cancel_at_stripe(email))
    unheard(lambda: subscribe_again_at_stripe(double))
    reader.goto("/account/")
    expect(reader.get_by_text("Active", exact=True)).to_be_visible()

    # What repairs itself is repaired; what takes a decision waits for the publisher.
    publisher = open_page()
    sign_in(publisher, "publisher@example.com")
    publisher.goto("/admin/books/")
    publisher.get_by_role("button", name=re.compile("Compare now|Begin anew")).click()
    waiting = publisher.locator("article.drift", has_text=double)
    reload_until(publisher, waiting)
    reload_until(publisher, publisher.get_by_role("button", name="Compare now"))
    repaired = publisher.get_by_role("row").filter(has_text=subscription_of(email).id)
    expect(repaired.first).to_contain_text("Repaired by itself")
    expect_accessible(publisher)
    reader.goto("/account/")
    expect(reader.get_by_text(re.compile("^Ends on "))).to_be_visible()

    waiting.get_by_label("Reason, for the audit trail").fill("Two tabs, two payments.")
    waiting.get_by_role("button", name="End the second").click()
    expect(publisher.locator("article.drift", has_text=double)).to_have_count(0)
    expect(publisher.get_by_role("row").filter(has_text="Pavel Lindqvist-Moor").first).to_be_visible()
    assert subscription_of(double).id == first.id
    charges = at_stripe().charges.list({"customer": customer_named(double).id})
    assert sorted(charge.amount_refunded for charge in charges) == [0, 900]
    expect_reading(twice)
    publisher.goto("/admin/accounts/auditentry/?q=pays-twice")
    expect_accessible(publisher)


def cancel_at_stripe(email: str) -> None:
    at_stripe().subscriptions.update(subscription_of(email).id, {"cancel_at_period_end": True})


def subscribe_again_at_stripe(email: str) -> None:
    first = subscription_of(email)
    [item] = first["items"].data
    card = {"default_payment_method": first.default_payment_method}
    at_stripe().subscriptions.create(
        {"customer": first.customer, "items": [{"price": item.price.id}], **card}
    )
