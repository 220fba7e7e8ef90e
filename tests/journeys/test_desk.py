"""The desk from plan to public page and off it again."""

import time
from datetime import datetime

import pytest
from django.utils.timezone import localtime
from playwright.sync_api import Page, expect

from tests.journeys.conftest import OpenPage, expect_accessible, wait_for_mail
from tests.journeys.desk import (
    MOMENT,
    Desk,
    approve,
    draft,
    expect_state,
    fetch,
    key_of,
    moment,
    post,
    press,
    publish,
    save,
    slug_of,
    surfaces_with,
    write,
)

pytestmark = [pytest.mark.journey, pytest.mark.timeout(400)]

EMBARGO_SECONDS = 75


def test_two_reviews_with_a_request_for_changes(desk: Desk, open_page: OpenPage) -> None:
    name = f"Night Boats to Arrowmere {time.time_ns()}"

    # An editor plans the story and gives it to the writer, who is told and finds it on their desk.
    editor = desk("editor")
    editor.goto("/admin/desk/begin/")
    editor.get_by_label("Slugline").fill(name)
    editor.get_by_label("Section").select_option(label="World")
    editor.get_by_label("Brief").fill("Who takes the night boat, and why. Ask the purser.")
    editor.get_by_label("Assignee").select_option(label="Marta Ellingsen")
    editor.get_by_label("Due").fill(f"{moment(seconds=2 * 86_400):{MOMENT}}")
    expect_accessible(editor)
    editor.get_by_role("button", name="Begin writing").click()
    expect(editor.get_by_text("Ask the purser.")).to_be_visible()
    expect(editor.get_by_role("button", name="Approve")).to_have_count(0)

    writer = desk("writer")
    writer.goto("/admin/")
    expect_accessible(writer)
    writer.locator("#pile-mine").get_by_role("link", name=name).click()
    address = writer.url
    expect(writer.get_by_text("Ask the purser.")).to_be_visible()
    write(writer, name, "The night boat leaves when the last train is in.")
    press(writer, "Submit for review", "Submitted for review.")

    # The fact checker's turn comes after the editor's.
    checker = desk("checker")
    checker.goto(address)
    expect(checker.get_by_label("Reviews")).to_contain_text("Fact check")
    expect(checker.get_by_role("button", name="Approve")).to_have_count(0)
    expect_accessible(checker)
    post(checker, f"/admin/desk/stories/{key_of(address)}/move/", _move="approve")
    checker.goto(address)
    expect_state(checker, "In review")

    # The editor says what should change; the writer reads it on the story and in their mail.
    editor.goto(address)
    reason = "Nobody in it has slept on board. Go once yourself."
    press(editor, "Request changes", "Sent back to its authors.", Note=reason)
    assert name in wait_for_mail("writer@example.com", saying=reason)["text"]
    writer.goto(address)
    expect(writer.locator(".desk__verdict")).to_contain_text(reason)
    expect_accessible(writer)
    write(writer, name, " The bunks are narrow and the tea is free.")
    press(writer, "Submit for review", "Submitted for review.")

    # Editing, then fact check, by two people; then it may go out.
    editor.goto(address)
    press(editor, "Approve", "Approved.")
    expect(editor.get_by_role("button", name="Approve", exact=True)).to_have_count(0)
    desk("publisher").goto(address)
    expect(desk("publisher").get_by_role("button", name="Publish now")).to_have_count(0)
    checker.goto(address)
    press(checker, "Approve", "Approved.")
    expect(checker.get_by_role("button", name="Publish now")).to_have_count(0)
    assert fetch(f"/articles/{slug_of(name)}/")[0] == 404
    publish(desk, address)
    visitor = open_page()
    visitor.goto("/sections/world/")
    visitor.get_by_role("link", name=name).first.click()
    expect(visitor.get_by_role("heading", name=name)).to_be_visible()
    expect(visitor.get_by_text("The night boat leaves when the last train is in.")).to_be_visible()
    assert surfaces_with(name) == ["/", "/sections/world/", "/rss.xml", "/sitemap-stories.xml"]


def test_an_embargo_holds_everywhere_until_its_moment(desk: Desk) -> None:
    fresh, known = f"The Ropewalk Opens Its Doors {time.time_ns()}", "A Thread to Agree On"
    address = draft(desk, fresh, "Nobody had been inside for eleven years.")
    approve(desk, address)
    publisher = desk("publisher")
    publisher.goto(f"/admin/articles/article/?q={known.replace(' ', '+')}")
    publisher.get_by_role("link", name=known).first.click()
    known_address = publisher.url
    usually = surfaces_with(known)
    assert {"/corrections/", "/rss.xml", "/sitemap-stories.xml"} <= set(usually)

    # One story goes out under an embargo; one that has been public, with a correction, gets one.
    lifts = moment(seconds=EMBARGO_SECONDS)
    embargo(publisher, lifts)
    press(publisher, "Save and continue editing", "was changed successfully")
    publisher.goto(address)
    embargo(publisher, lifts)
    press(publisher, "Publish now", "Published. Readers see it now.")
    for name in (fresh, known):
        assert (surfaces_with(name), fetch(f"/articles/{slug_of(name)}/")[0]) == ([], 404)
    assert localtime() < lifts, "too slow to have seen anything"

    time.sleep((lifts - localtime()).total_seconds() + 1)
    assert surfaces_with(fresh) == ["/", "/sections/history/", "/rss.xml", "/sitemap-stories.xml"]
    assert surfaces_with(known) == usually
    for name in (fresh, known):
        assert fetch(f"/articles/{slug_of(name)}/")[0] == 200
    publisher.goto(known_address)
    publisher.locator("#id_embargo_until_0").fill("")
    publisher.locator("#id_embargo_until_1").fill("")
    press(publisher, "Save and continue editing", "was changed successfully")


def embargo(page: Page, until: datetime) -> None:
    page.locator("#id_embargo_until_0").fill(f"{until:%Y-%m-%d}")
    page.locator("#id_embargo_until_1").fill(f"{until:%H:%M:%S}")


def test_a_correction_and_a_killed_story(desk: Desk, open_page: OpenPage) -> None:
    wrong, right = "It was built in 1867.", " No: in 1868."
    name, notice = (
        f"The Wall at Ness {time.time_ns()}",
        f"An earlier version was a year early ({time.time_ns()}).",
    )
    address = draft(desk, name, wrong)
    approve(desk, address)
    publish(desk, address)

    # The writer puts it right in a working draft, which goes through review; readers see the old text.
    writer, publisher, visitor = desk("writer"), desk("publisher"), open_page()
    writer.goto(address)
    write(writer, name, right)
    save(writer)
    approve(desk, address)
    public = f"/articles/{slug_of(name)}/"
    assert (wrong in fetch(public)[1], right in fetch(public)[1]) == (True, False)
    publisher.goto(address)
    expect_accessible(publisher)
    press(
        publisher,
        "Publish as a correction",
        "The correction is published.",
        Notice_for_readers=notice,
        Note="The mason’s mark says so.",
    )
    assert wrong + right in fetch(public)[1]
    for path in (public, "/corrections/"):
        visitor.goto(path)
        expect(visitor.get_by_text(notice)).to_be_visible()
        expect(visitor.get_by_text("The mason’s mark")).to_have_count(0)
        expect_accessible(visitor)

    # Then the story is killed: its address says so, and nothing else knows it.
    assert surfaces_with(name) == [
        "/",
        "/sections/history/",
        "/rss.xml",
        "/sitemap-stories.xml",
        "/corrections/",
    ]
    farewell = f"The wall stands in another town ({time.time_ns()})."
    publisher.goto(address)
    press(publisher, "Kill", "Killed.", Note="There is no such wall.", Notice_for_readers=farewell)
    expect_state(publisher, "Killed")
    expect_accessible(publisher)
    late = open_page()
    answer = late.goto(public)
    assert answer is not None
    assert answer.status == 410
    expect(late.get_by_text(farewell)).to_be_visible()
    expect(late.get_by_text(wrong)).to_have_count(0)
    expect_accessible(late)
    assert surfaces_with(name) == []
