"""A gift: bought by one, delivered by letter, redeemed by another."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import OpenPage, expect_accessible, wait_for_mail
from tests.journeys.till import (
    expect_reading,
    expect_wall,
    fill_sign_up,
    link_in,
    new_address,
    pay,
    sign_up,
)

pytestmark = pytest.mark.journey


def test_gift_is_bought_delivered_and_redeemed(open_page: OpenPage) -> None:
    giver, receiver = open_page(), open_page()
    recipient = new_address("gifted")
    sign_up(giver, "gives", start="/accounts/signup/?next=/gift/")
    expect_accessible(giver)
    giver.get_by_label("Digital, monthly").check()
    giver.get_by_label("For", exact=True).fill("Ottoline")
    giver.get_by_label("Their e-mail address").fill(recipient)
    giver.get_by_label("From", exact=True).fill("Bastian")
    giver.get_by_label("A few words with it").fill("For the long crossings.")
    giver.get_by_role("button", name="Go to payment").click()
    pay(giver, button="Pay")
    expect(giver.get_by_role("heading", name="Thank you. Your gift is on its way.")).to_be_visible()
    expect_accessible(giver)

    letter = wait_for_mail(recipient, saying="For the long crossings.")
    assert "Dear Ottoline, Bastian gives you" in letter["text"]
    receiver.goto(link_in(letter, where="/gift/redeem/"))
    expect(receiver.get_by_role("heading", name="A gift from Bastian")).to_be_visible()
    expect_accessible(receiver)
    receiver.get_by_role("link", name="Create an account").click()
    fill_sign_up(receiver, recipient)
    expect_wall(receiver)
    receiver.goto(link_in(letter, where="/gift/redeem/"))
    receiver.get_by_role("button", name="Take it").click()
    expect(receiver.get_by_text("It is yours: you can read everything until")).to_be_visible()
    expect_accessible(receiver)
    expect_reading(receiver)

    # The giver reads nothing by giving, and sees that it arrived. The code opens nothing twice.
    expect_wall(giver)
    giver.goto("/account/gifts/")
    expect(giver.get_by_text("Redeemed on")).to_be_visible()
    expect_accessible(giver)
    giver.goto(link_in(letter, where="/gift/redeem/"))
    expect(giver.get_by_role("alert")).to_be_visible()
    expect(giver.get_by_role("button", name="Take it")).to_have_count(0)
