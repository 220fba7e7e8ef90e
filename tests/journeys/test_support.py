"""Support: finding a reader, letting them read, giving money back, each with a reason."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import OpenPage, expect_accessible, sign_in, wait_for_mail
from tests.journeys.till import (
    at_stripe,
    customer_named,
    expect_reading,
    expect_wall,
    sign_up,
    subscribe,
    subscription_of,
)

pytestmark = pytest.mark.journey


def find(support: Page, asked: str, email: str) -> None:
    """Search as support does, and open the reader's page."""
    support.goto("/admin/books/readers/")
    expect_accessible(support)
    support.get_by_label("Find a reader").fill(asked)
    support.get_by_role("button", name="Find", exact=True).click()
    if "/books/readers/?" in support.url:
        support.get_by_role("link", name=email).click()
    expect(support.get_by_role("heading", name="What happened")).to_be_visible()


def test_access_is_given_with_a_reason(open_page: OpenPage) -> None:
    reader, support = open_page(), open_page(width=390, height=844, dark=True)
    email = sign_up(reader, "asks")
    expect_wall(reader)
    sign_in(support, "support@example.com")
    find(support, email.partition("@")[0], email)
    support.get_by_role("link", name="Give access").click()
    expect_accessible(support)
    support.get_by_role("button", name="Give access").click()
    expect(support.get_by_role("alert").first).to_be_visible()
    support.get_by_label("Reason").fill("Our press was late for a week.")
    support.get_by_role("button", name="Give access").click()
    expect(support.get_by_text(re.compile("can read until the end of"))).to_be_visible()
    expect_accessible(support)

    expect_reading(reader)
    reader.goto("/account/")
    expect(reader.get_by_text("Our press was late for a week.")).to_be_visible()
    wait_for_mail(email, saying="Our press was late for a week.")


def test_a_payment_is_given_back_with_a_reason(open_page: OpenPage) -> None:
    reader, support = open_page(), open_page()
    email = subscribe(reader, "complains")
    sign_in(support, "support@example.com")
    find(support, subscription_of(email).id, email)
    support.get_by_role("link", name=re.compile("^Refund ")).click()
    expect_accessible(support)
    support.get_by_label("Amount").fill("3")
    support.get_by_label("Reason").fill("A third of the month without the app.")
    support.get_by_role("button", name="Give back").click()
    expect(support.get_by_text(re.compile(r"\$3 of invoice .* was given back"))).to_be_visible()
    [charge] = at_stripe().charges.list({"customer": customer_named(email).id}).data
    assert charge.amount_refunded == 300
    expect_reading(reader)

    # The rest of it too: the money for the running period is back, and reading ends with it.
    support.get_by_role("link", name=re.compile("^Refund ")).click()
    support.get_by_label("Reason").fill("The rest as well, as agreed by telephone.")
    support.get_by_role("button", name="Give back").click()
    expect(support.get_by_text(re.compile(r"\$6 of invoice .* was given back"))).to_be_visible()
    expect_accessible(support)
    expect_wall(reader)
    happened = support.get_by_role("region", name="What happened")
    expect(happened).to_contain_text("A third of the month without the app.")
    wait_for_mail(email, saying="$6")
