"""Nothing typed is ever lost: a killed browser, two people at once, a lost login, a lost network."""

import re
import time

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import OpenPage, expect_accessible, sign_in

pytestmark = pytest.mark.journey

WRITER, EDITOR = "writer@example.com", "editor@example.com"
HEARTBEAT = 15_000
KEPT = re.compile("Kept at .* as a draft that only you see")


def begin(page: Page, name: str, *paragraphs: str) -> str:
    """Begin a story with a text and save it; returns the address of its page."""
    page.goto("/admin/desk/begin/")
    page.get_by_label("Slugline").fill(f"{name} {time.time_ns()}")
    page.get_by_label("Section").select_option(label="Infrastructure")
    page.get_by_role("button", name="Begin writing").click()
    page.get_by_label("Headline").fill(name)
    write(page, *paragraphs)
    save(page)
    return page.url


def write(page: Page, *paragraphs: str) -> None:
    """Type at the end of the text."""
    page.locator(".ProseMirror").click()
    page.keyboard.press("Control+End")
    for number, words in enumerate(paragraphs):
        if number:
            page.keyboard.press("Enter")
        page.keyboard.type(words)


def write_into(page: Page, paragraph: str, words: str) -> None:
    """Type at the end of the paragraph that holds these words."""
    page.locator(".ProseMirror p", has_text=paragraph).click()
    page.keyboard.press("End")
    page.keyboard.type(words)


def save(page: Page) -> None:
    page.get_by_role("button", name="Save and continue editing").click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()


def expect_said(page: Page, words: str | re.Pattern[str]) -> None:
    """The line about the draft says so."""
    expect(page.locator("#sitting [data-state]")).to_contain_text(words)


def expect_kept(page: Page) -> None:
    expect_said(page, KEPT)


def test_what_was_typed_before_the_browser_was_killed_is_put_back(open_page: OpenPage) -> None:
    page = open_page()
    sign_in(page, WRITER)
    address = begin(page, "Ferry timetable", "The first boat leaves at six.")
    write(page, " Nobody takes it.")
    page.get_by_label("Standfirst").fill("An empty boat.")
    expect_kept(page)
    page.context.close()

    again = open_page()
    sign_in(again, WRITER)
    again.goto(address)
    expect(again.get_by_text(re.compile("You typed something on .* that was never saved"))).to_be_visible()
    expect(again.locator(".ProseMirror")).not_to_contain_text("Nobody takes it.")
    expect_accessible(again)
    again.get_by_role("button", name="Put it back").click()
    expect(again.locator(".ProseMirror")).to_contain_text("six. Nobody takes it.")
    expect(again.get_by_label("Standfirst")).to_have_value("An empty boat.")
    save(again)
    again.reload()
    expect(again.locator(".ProseMirror")).to_contain_text("Nobody takes it.")
    expect(again.get_by_text("that was never saved")).to_have_count(0)


def test_a_discarded_draft_can_be_had_back(open_page: OpenPage) -> None:
    page = open_page()
    sign_in(page, WRITER)
    address = begin(page, "Harbour lights", "Two of three are lit.")
    write(page, " The third is not.")
    expect_kept(page)
    page.goto("/admin/")
    page.goto(address)
    page.get_by_text("Discard", exact=True).click()
    page.get_by_role("button", name="Yes, discard it").click()
    expect(page.get_by_role("button", name="Put it back")).to_have_count(0)
    page.get_by_role("button", name="Undo", exact=True).click()
    page.get_by_role("button", name="Put it back").click()
    expect(page.locator(".ProseMirror")).to_contain_text("The third is not.")


def test_two_people_in_one_story_bring_their_texts_together(open_page: OpenPage) -> None:
    writer, editor = open_page(), open_page()
    sign_in(writer, WRITER)
    sign_in(editor, EDITOR)
    address = begin(writer, "Canal lock", "The lock opened.", "A barge went through.", "It closed again.")
    editor.goto(address)
    expect(editor.locator("#sitting [data-people]")).to_contain_text("Marta Ellingsen is also in this story")

    write_into(editor, "The lock opened.", " Slowly.")
    write_into(editor, "A barge went through.", " It carried gravel.")
    write_into(writer, "A barge went through.", " It carried sand.")
    write_into(writer, "It closed again.", " For good.")
    expect_kept(writer)
    save(editor)
    writer.get_by_role("button", name="Save and continue editing").click()

    expect(writer).to_have_url(re.compile("/merge/"))
    expect(writer.get_by_text("Edda Korhald saved another text meanwhile.")).to_be_visible()
    for words in ("Slowly.", "It carried gravel.", "It carried sand.", "For good."):
        expect(writer.locator(".merge")).to_contain_text(words)
    expect(writer.get_by_label("Keep both, yours first")).to_be_checked()
    expect_accessible(writer)
    writer.get_by_role("button", name="Save the merged text").click()
    expect(writer.get_by_text("The merged text is saved.")).to_be_visible()
    paragraphs = writer.locator(".ProseMirror > p").all_inner_texts()
    assert [words for words in paragraphs if words.strip()] == [
        "The lock opened. Slowly.",
        "A barge went through. It carried sand.",
        "A barge went through. It carried gravel.",
        "It closed again. For good.",
    ]
    expect(writer.get_by_text("that was never saved")).to_have_count(0)
    told = editor.locator("#sitting [data-saved]")
    expect(told).to_contain_text("Marta Ellingsen saved a new text", timeout=HEARTBEAT + 5_000)


def test_a_login_that_expires_while_typing_costs_nothing(open_page: OpenPage) -> None:
    page = open_page()
    sign_in(page, WRITER)
    begin(page, "Weather mast", "It stood for forty years.")
    page.context.clear_cookies()
    write(page, " It fell on Sunday.")
    expect_said(page, "You are signed out: what you type is kept in this browser.")
    page.get_by_role("button", name="Save and continue editing").click()
    expect_said(page, "It could not be saved just now.")

    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Sign in in a new window").click()
    other = opened.value
    other.get_by_label("E-mail address").wait_for()
    sign_in(other, WRITER)
    other.close()
    page.bring_to_front()
    write(page, " Nobody was hurt.")
    expect_kept(page)
    save(page)
    expect(page.locator(".ProseMirror")).to_contain_text("It fell on Sunday. Nobody was hurt.")


def test_without_a_network_writing_goes_on_and_catches_up(open_page: OpenPage) -> None:
    page = open_page()
    sign_in(page, WRITER)
    address = begin(page, "Night train", "It left on time.")
    page.context.set_offline(True)
    write(page, " It arrived in the morning.")
    expect_said(page, "No connection: what you type is kept in this browser")
    page.context.set_offline(False)
    expect_kept(page)
    page.context.close()

    elsewhere = open_page()
    sign_in(elsewhere, WRITER)
    elsewhere.goto(address)
    elsewhere.get_by_role("button", name="Put it back").click()
    expect(elsewhere.locator(".ProseMirror")).to_contain_text("It arrived in the morning.")


def test_what_is_typed_while_a_save_is_under_way_is_in_the_form_again(open_page: OpenPage) -> None:
    page = open_page()
    sign_in(page, WRITER)
    begin(page, "Slow bridge", "It takes a minute.")
    write(page, " Or two.")
    page.evaluate(
        """() => {
            document.querySelector('[name="_continue"]').click()
            const { editor } = document.querySelector(".ProseMirror")
            const end = editor.state.doc.content.size - 1
            setTimeout(() => editor.commands.insertContentAt(end, " Or three."), 20)
        }"""
    )
    expect_said(page, "What you typed while it was being saved is in the form again")
    expect(page.locator(".ProseMirror")).to_contain_text("It takes a minute. Or two. Or three.")


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)])
def test_the_merge_page_works_on_every_screen(open_page: OpenPage, width: int, dark: bool) -> None:
    page = open_page(width=width, dark=dark)
    sign_in(page, WRITER)
    begin(page, "Small screen", "It reads well.")
    write(page, " On a phone too.")
    expect_kept(page)
    page.reload()
    page.get_by_role("link", name="Compare").click()
    expect(page.locator(".merge__taken ins")).to_contain_text("On a phone too.")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    expect_accessible(page)
    page.get_by_role("button", name="Save what you typed").click()
    expect(page.get_by_text("The merged text is saved.")).to_be_visible()


def test_a_story_that_went_to_review_keeps_the_text_and_its_buttons_work(open_page: OpenPage) -> None:
    page = open_page()
    sign_in(page, WRITER)
    address = begin(page, "Tide tables", "They are out of print.")
    late = page.context.new_page()
    late.goto(address)
    write(late, " They always were.")
    expect_kept(late)
    page.get_by_role("button", name="Submit for review").click()
    expect(page.get_by_text("Submitted for review.")).to_be_visible()

    late.get_by_role("button", name="Save and continue editing").click()
    expect(late.get_by_text("This story is not yours to change as it stands now.")).to_be_visible()
    late.get_by_role("link", name="look at it").click()
    expect(late.locator(".merge")).to_contain_text("They always were.")

    page.goto(address)
    page.get_by_text("More", exact=True).click()
    page.get_by_role("button", name="Take back to draft").click()
    expect(page.get_by_text("Taken back to draft.")).to_be_visible()
    page.get_by_role("button", name="Put it back").click()
    expect(page.locator(".ProseMirror")).to_contain_text("They are out of print. They always were.")
