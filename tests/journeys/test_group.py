"""A group: seats bought, given out by mail, taken back."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import OpenPage, expect_accessible, wait_for_mail
from tests.journeys.till import (
    expect_reading,
    expect_thanks,
    expect_wall,
    fill_sign_up,
    go_to_till,
    link_in,
    new_address,
    pay,
    sign_up,
)

pytestmark = pytest.mark.journey


def test_seats_are_given_and_taken_back(open_page: OpenPage) -> None:
    owner, colleague = open_page(), open_page()
    sign_up(owner, "heads")
    go_to_till(owner, "Schools and offices", Seats="3", Name_of_the_group="Tidewater Primary")
    pay(owner)
    expect_thanks(owner)
    owner.get_by_role("link", name="Invite your readers").click()
    expect(owner.get_by_role("heading", name="Tidewater Primary")).to_be_visible()
    stays, goes = new_address("teaches"), new_address("retires")
    owner.get_by_label("E-mail addresses").fill(f"{stays}\n{goes}")
    owner.get_by_role("button", name="Send invitations").click()
    expect(owner.get_by_text("2 of 3 seats given out.")).to_be_visible()
    expect_accessible(owner)

    # Each takes a seat from the letter, in a browser and with an account of their own.
    teacher = open_page()
    for page, email in ((colleague, goes), (teacher, stays)):
        page.goto(link_in(wait_for_mail(email, saying="Tidewater Primary"), where="/seats/"))
        page.get_by_role("link", name="Create an account").click()
        fill_sign_up(page, email)
        page.get_by_role("button", name="Take the seat").click()
        expect_reading(page)

    owner.reload()
    owner.get_by_role("link", name=f"Take back the seat of {goes}").click()
    expect_accessible(owner)
    owner.get_by_role("button", name="Take the seat back").click()
    expect(owner.get_by_text("1 of 3 seats given out.")).to_be_visible()
    expect_wall(colleague)
    wait_for_mail(goes, saying="Tidewater Primary")
    expect_reading(teacher)
    colleague.goto("/account/seats/")
    expect(colleague.get_by_text(re.compile("You have no seat"))).to_be_visible()
    expect_accessible(colleague)
