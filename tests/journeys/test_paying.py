"""Paying: with 3D Secure, and after a card was declined."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import OpenPage, expect_accessible, wait_for_mail
from tests.journeys.till import (
    DECLINES_LATER,
    PAYS,
    STORY,
    THREE_D_SECURE,
    at_stripe,
    expect_reading,
    expect_thanks,
    expect_wall,
    fill_card,
    go_to_till,
    link_in,
    pay,
    reload_until,
    sign_up,
    sparing_the_meter,
    subscription_of,
)

pytestmark = pytest.mark.journey


def test_three_d_secure_passed(open_page: OpenPage) -> None:
    page = open_page()
    sign_up(page, "confirms")
    go_to_till(page, "Digital, monthly")
    pay(page, card=THREE_D_SECURE)
    expect(page.get_by_role("heading", name="Is this you?")).to_be_visible()
    page.get_by_role("button", name="Complete authentication").click()
    expect_thanks(page)
    expect_reading(page)


def test_three_d_secure_failed_then_left_then_finished(open_page: OpenPage) -> None:
    page = open_page()
    sign_up(page, "hesitates")
    go_to_till(page, "Digital, monthly")
    pay(page, card=THREE_D_SECURE)
    page.get_by_role("button", name="Fail authentication").click()
    expect(page.get_by_role("alert")).to_contain_text("authenticate")

    # Whoever leaves it there reads nothing, and is told how to finish.
    expect_wall(page)
    told = page.locator(".banner", has_text="Finish your payment")
    with sparing_the_meter(page):
        reload_until(page, told)
    expect_accessible(page)
    page.goto("/account/")
    expect(page.get_by_text("Finish your payment").first).to_be_visible()
    expect_accessible(page)

    page.get_by_role("link", name=re.compile("Confirm with your bank|Pay now")).first.click()
    fill_card(page, PAYS)
    page.get_by_role("button", name=re.compile(r"^Pay \$")).click()
    expect(page.locator(".state.paid")).to_be_visible()
    expect_reading(page)
    expect(page.locator(".banner")).to_have_count(0)


def test_declined_then_recovered(open_page: OpenPage) -> None:
    page = open_page()
    email = sign_up(page, "overdue")
    go_to_till(page, "Digital, yearly")
    pay(page, card=DECLINES_LATER, button="Start trial")
    expect_thanks(page)

    # The trial ends, the bank declines: there is grace to read in, a banner, and a letter with a way to pay.
    at_stripe().subscriptions.update(subscription_of(email).id, {"trial_end": "now"})
    letter = wait_for_mail(email, saying="the bank declined")
    assert "We tried to charge $90" in letter["text"]
    expect_reading(page)
    told = page.locator(".banner", has_text="Your last payment did not go through")
    with sparing_the_meter(page):
        reload_until(page, told)
    expect_accessible(page)
    page.goto("/account/")
    expect_accessible(page)
    expect(page.locator("main").get_by_role("link", name="Pay now")).to_be_visible()

    page.goto(link_in(letter, where="/i/"))
    fill_card(page, PAYS)
    page.get_by_role("button", name=re.compile(r"^Pay \$")).click()
    expect(page.locator(".state.paid")).to_be_visible()

    wait_for_mail(email, saying="has been paid: thank you")
    page.goto(STORY)
    expect(page.locator(".banner")).to_have_count(0)
    page.goto("/account/")
    expect(page.get_by_text("Active", exact=True)).to_be_visible()
