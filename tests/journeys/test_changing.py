"""Changing a plan at the price shown before, leaving, and staying after all; with JavaScript and without."""

import re

import pytest
from playwright.sync_api import expect

from kit.money import format_money
from tests.journeys.conftest import OpenPage, expect_accessible, wait_for_mail
from tests.journeys.till import at_stripe, expect_reading, subscribe, subscription_of

pytestmark = pytest.mark.journey
BOTH = pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without"])


@BOTH
def test_upgrade_costs_what_the_preview_said(open_page: OpenPage, scripts: bool) -> None:
    page = open_page(scripts=scripts)
    email = subscribe(page, "climbs")
    before = subscription_of(email).latest_invoice

    page.goto("/account/")
    page.get_by_role("link", name="Change plan").click()
    if scripts:
        expect_accessible(page)
    page.get_by_role("button", name="See what it costs to have Digital, yearly").click()
    expect(page.get_by_text("Nothing has been changed yet.")).to_be_visible()
    shown = page.locator(".bill tfoot td").inner_text()
    if scripts:
        expect_accessible(page)
    page.get_by_role("button", name=f"Change and pay {shown}").click()
    expect(page.get_by_text(f"Done: you have Digital, yearly now. {shown} was charged.")).to_be_visible()

    invoice = at_stripe().invoices.retrieve(subscription_of(email).latest_invoice)
    assert invoice.id != before
    assert (format_money(invoice.amount_paid, "usd"), invoice.status) == (shown, "paid")
    page.goto("/account/invoices/")
    newest = page.locator(".receipt").first
    expect(newest).to_contain_text(shown)
    expect(newest).to_contain_text(str(invoice.number))
    expect_reading(page)


@BOTH
def test_cancel_and_resume(open_page: OpenPage, scripts: bool) -> None:
    page = open_page(scripts=scripts)
    email = subscribe(page, "leaves")
    page.goto("/account/")
    page.get_by_role("link", name="Cancel", exact=True).click()
    # The offer to stay stands beside the way out, after it.
    expect(page.get_by_role("heading", name="Or stay for less")).to_be_visible()
    if scripts:
        expect_accessible(page)
    page.get_by_label("Why are you leaving?").select_option(label="It costs too much")
    page.get_by_role("button", name="Cancel my subscription").click()
    expect(page.get_by_role("heading", name="Your subscription is cancelled")).to_be_visible()
    if scripts:
        expect_accessible(page)
    subscription = subscription_of(email)
    assert subscription.cancel_at_period_end is True
    assert subscription.cancellation_details.feedback == "too_expensive"
    wait_for_mail(email, saying="We have your cancellation of Digital, monthly.")
    expect_reading(page)

    page.goto("/account/")
    expect(page.get_by_text(re.compile(r"^Ends on "))).to_be_visible()
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_text("Your subscription goes on.")).to_be_visible()
    assert subscription_of(email).cancel_at_period_end is False


def test_the_offer_to_stay_is_taken_once(open_page: OpenPage) -> None:
    page = open_page()
    email = subscribe(page, "stays")
    page.goto("/account/cancel/")
    page.get_by_role("button", name="Stay with").click()
    expect(page.get_by_text("Thank you for staying.")).to_be_visible()
    assert len(subscription_of(email).discounts) == 1
    page.goto("/account/cancel/")
    expect(page.get_by_role("button", name="Cancel my subscription")).to_be_visible()
    expect(page.get_by_role("heading", name="Or stay for less")).to_have_count(0)
