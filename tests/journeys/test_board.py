"""The board and the calendar in a browser: what a mouse can drag, a keyboard can do as well."""

import re
import time

import pytest
from playwright.sync_api import Locator, Page, Position, expect

from tests.journeys.conftest import OpenPage, expect_accessible, sign_in

pytestmark = pytest.mark.journey

BOARD = "/admin/desk/board/?whose=mine"
HEAD: Position = {"x": 60.0, "y": 16.0}
"""Where to drop on a column however long it is: a page that scrolls on the way takes up another card."""


def plan_story(page: Page, slugline: str, *, due: str = "2026-01-02T08:00") -> None:
    """Plan one story and write a line of it, so that it can be submitted."""
    page.goto("/admin/desk/begin/")
    page.get_by_label("Slugline").fill(slugline)
    page.get_by_label("Section").select_option(label="Culture")
    page.get_by_label("Priority").select_option(label="urgent")  # the first card of its column
    page.get_by_label("Due").fill(due)
    page.get_by_role("button", name="Begin writing").click()
    page.get_by_label("Headline").fill(slugline.capitalize())
    page.locator(".ProseMirror").first.click()
    page.keyboard.type("It was counted again last night.")
    page.get_by_role("button", name="Save and continue editing").click()
    page.wait_for_load_state()


def column(page: Page, title: str) -> Locator:
    return page.get_by_role("region", name=re.compile(f"^{title}"))


def test_a_card_moves_by_dragging_and_the_same_by_keyboard(open_page: OpenPage) -> None:
    page = open_page(width=1920, height=1080)
    sign_in(page, "writer@example.com")
    name = f"Lamp ledger {int(time.time())}"
    plan_story(page, name)
    page.goto(BOARD)
    expect_accessible(page)
    card = column(page, "Draft").locator(".card", has_text=name)

    # By the mouse: the column's move is ready, and a press makes it.
    card.drag_to(column(page, "In review"), target_position=HEAD)
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Submit for review")).to_be_visible()
    expect_accessible(page)
    dialog.get_by_label("Note").fill("All three ledgers are in.")
    dialog.get_by_role("button", name="Submit for review").click()
    expect(page.get_by_role("status")).to_contain_text("Submitted for review.")
    expect(column(page, "In review").locator(".card", has_text=name)).to_be_visible()
    expect(dialog).to_be_hidden()

    # A column no move of theirs leads to says why, and the card stays.
    column(page, "In review").locator(".card", has_text=name).drag_to(
        column(page, "Published"), target_position=HEAD
    )
    expect(dialog).to_contain_text("No single move leads from in review to published.")
    page.keyboard.press("Escape")
    expect(column(page, "In review").locator(".card", has_text=name)).to_be_visible()

    # By keyboard, back again: focus comes to the card where it is now.
    page.get_by_role("button", name=f"Move {name}").focus()
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("button", name="Take back to draft")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Taken back to draft.")
    expect(column(page, "Draft").get_by_role("button", name=f"Move {name}")).to_be_focused()


def test_a_refused_move_says_why_and_leaves_the_card(open_page: OpenPage) -> None:
    page = open_page()
    sign_in(page, "writer@example.com")
    page.goto("/admin/desk/begin/")
    name = f"Empty ledger {int(time.time())}"
    page.get_by_label("Slugline").fill(name)
    page.get_by_label("Section").select_option(label="Culture")
    page.get_by_role("button", name="Save the plan and add another").click()
    expect(page.get_by_text("is planned. Plan the next one.")).to_be_visible()
    expect(page.get_by_label("Section")).to_have_value(re.compile(r"\d+"))
    page.goto(BOARD)
    page.get_by_role("button", name=f"Move {name}").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("Submit for review").first.click()
    dialog.get_by_role("button", name="Submit for review").click()
    expect(dialog.get_by_role("alert")).to_contain_text("The story has no headline and no body yet.")
    dialog.get_by_role("button", name="Cancel").click()
    expect(column(page, "Draft").locator(".card", has_text=name)).to_be_visible()


def test_without_script_the_moves_are_a_page(open_page: OpenPage) -> None:
    page = open_page()
    sign_in(page, "writer@example.com")
    name = f"Paper ledger {int(time.time())}"
    plan_story(page, name)
    page.goto(BOARD)
    address = page.get_by_role("button", name=f"Move {name}").get_attribute("href")
    page.goto(f"{address}?next={BOARD}")
    expect_accessible(page)
    page.get_by_text("Submit for review").first.click()
    page.get_by_role("button", name="Submit for review").click()
    page.wait_for_url("**/admin/desk/board/?whose=mine")
    expect(page.get_by_text("Submitted for review.")).to_be_visible()


def test_what_is_due_moves_by_dragging_and_by_keyboard(open_page: OpenPage) -> None:
    page = open_page(width=1280, height=1000)
    sign_in(page, "writer@example.com")
    name = f"Tide ledger {int(time.time())}"
    plan_story(page, name, due="2027-02-02T17:30")
    page.goto("/admin/desk/calendar/?month=2027-02")
    expect_accessible(page)
    day = page.locator("[data-day='2027-02-04']")
    page.locator(".entry", has_text=name).drag_to(day)
    expect(page.get_by_role("status")).to_have_text(f"{name} is due Thursday, February 4, 17:30.")
    expect(day.locator(".entry", has_text=name)).to_contain_text("17:30")

    page.get_by_role("button", name=f"Move {name}, due").focus()
    page.keyboard.press("Space")
    when = page.get_by_role("dialog").get_by_label("Due (newsroom time)")
    expect(when).to_be_focused()
    expect(when).to_have_value("2027-02-04T17:30")
    when.fill("2027-02-10T09:15")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text(f"{name} is due Wednesday, February 10, 09:15.")
    expect(page.get_by_role("button", name=f"Move {name}, due")).to_be_focused()


def test_a_phone_shows_the_days_on_which_something_happens(open_page: OpenPage) -> None:
    page = open_page(width=390, height=844, dark=True)
    sign_in(page, "writer@example.com")
    name = f"Pier ledger {int(time.time())}"
    plan_story(page, name, due="2027-05-04T08:00")
    page.goto("/admin/desk/calendar/?month=2027-05")
    expect(page.locator("[data-day]:visible")).to_have_count(1)
    expect_accessible(page)
    page.goto(BOARD)
    expect_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
