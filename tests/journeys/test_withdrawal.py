"""Withdrawing from a contract in two steps: signed in, without JavaScript, and without signing in."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import OpenPage, expect_accessible, wait_for_mail
from tests.journeys.till import at_stripe, customer_named, expect_wall, link_in, subscribe

pytestmark = pytest.mark.journey


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without"])
def test_withdrawal_of_a_reader_who_is_signed_in(open_page: OpenPage, scripts: bool) -> None:
    page = open_page(scripts=scripts)
    email = subscribe(page, "withdraws")
    page.goto("/")
    page.get_by_role("link", name="Withdraw from contract").click()
    if scripts:
        expect_accessible(page)
    expect(page.get_by_label("E-mail address")).to_have_value(email)
    page.get_by_label("Your name").fill("Sabine Orlund")
    page.get_by_label("Digital, monthly").check()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Confirm your withdrawal")).to_be_visible()
    if scripts:
        expect_accessible(page)
    assert refunded(email) == 0
    page.get_by_role("button", name="Confirm withdrawal").click()
    expect_received(page)
    if scripts:
        expect_accessible(page)

    assert "Digital, monthly" in wait_for_mail(email, saying="Keep this letter as proof")["text"]
    assert "We have given back $9" in wait_for_mail(email, saying="has ended.")["text"]
    assert refunded(email) == 900
    expect_wall(page)


def test_withdrawal_without_signing_in(open_page: OpenPage) -> None:
    reader, stranger = open_page(), open_page()
    email = subscribe(reader, "regrets")
    stranger.goto("/withdraw/")
    stranger.get_by_label("Your name").fill("Sabine Orlund")
    stranger.get_by_label("E-mail address").fill(email)
    stranger.get_by_label("Which contract").fill("The digital plan, from today")
    stranger.get_by_role("button", name="Continue").click()
    stranger.get_by_role("button", name="Confirm withdrawal").click()
    expect_received(stranger)
    # The page says the same to everybody; only the letter's reader can show that the contract is theirs.
    expect(stranger.get_by_text("$9")).to_have_count(0)
    assert refunded(email) == 0

    stranger.goto(link_in(wait_for_mail(email, saying="Keep this letter as proof"), where="/withdraw/claim/"))
    expect_accessible(stranger)
    stranger.get_by_role("button", name="Yes: end it and give my money back").click()
    expect(stranger.get_by_text("we have given back $9")).to_be_visible()
    assert refunded(email) == 900
    expect_wall(reader)


def expect_received(page: Page) -> None:
    expect(page.get_by_role("heading", name="We have received your withdrawal")).to_be_visible()


def refunded(email: str) -> int:
    """What this reader got back, in cents."""
    charges = at_stripe().charges.list({"customer": customer_named(email).id})
    return sum(charge.amount_refunded for charge in charges)
