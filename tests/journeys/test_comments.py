"""Words in the margin: a comment stays with its passage, suggestions are taken one by one."""

import re
import time

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import OpenPage, expect_accessible, sign_in

pytestmark = pytest.mark.journey

FIRST = "The old quay at Harrow lies under water at every spring tide."
SECOND = "What the pilots want is a wall that stands two hands higher, and a lamp that burns."
THIRD = "The minutes run to some sixty pages, and mention the lamp not at all."
EDITOR = 'document.querySelector(".ProseMirror").editor'


def begin(page: Page) -> str:
    """The writer's story, saved; returns the address of its page."""
    page.goto("/admin/desk/begin/")
    page.get_by_label("Slugline").fill(f"QUAY {time.time_ns()}")
    page.get_by_label("Section").select_option(label="Infrastructure")
    page.get_by_role("button", name="Begin writing").click()
    page.get_by_label("Headline").fill("The Quay That Nobody Raises")
    page.locator(".ProseMirror").click()
    for words in (FIRST, SECOND, THIRD):
        page.keyboard.type(words)
        page.keyboard.press("Enter")
    save(page)
    return page.url


def save(page: Page) -> None:
    page.get_by_role("button", name="Save and continue editing").click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()


def open_story(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.locator(".margin .threads")).to_be_attached()


def select(page: Page, words: str, *, to: str = "all") -> None:
    """Select words in the text, or stand before (`start`) or after them (`end`)."""
    page.evaluate(
        f"""([words, to]) => {{
          const editor = {EDITOR}
          let from = null
          editor.state.doc.descendants((node, position) => {{
            const at = node.isText ? node.text.indexOf(words) : -1
            if (from === null && at >= 0) from = position + at
          }})
          const end = from + words.length
          const edges = {{ all: [from, end], start: [from, from], end: [end, end] }}[to]
          editor.commands.setTextSelection({{ from: edges[0], to: edges[1] }})
          editor.view.focus()
        }}""",
        [words, to],
    )
    page.wait_for_function(f"{EDITOR}.view.hasFocus()")


def comment(page: Page, passage: str, text: str = "", *, instead: str | None = None) -> None:
    """On a passage, with the keyboard; with other words, as a suggestion."""
    select(page, passage)
    page.keyboard.press("Control+Alt+m")
    form = page.locator(".margin__new")
    expect(form.get_by_role("textbox", name="Passage")).to_have_value(passage)
    page.keyboard.type(text)
    if instead is not None:
        form.get_by_label("Suggest other words").check()
        form.get_by_label("Suggested words").fill(instead)
    form.get_by_role("button", name="Comment", exact=True).click()
    expect(form).to_be_hidden()
    expect(card(page, passage)).to_be_visible()


def card(page: Page, words: str) -> Locator:
    return page.locator(".margin .thread", has_text=words)


def expect_marked(page: Page, *passages: str) -> None:
    expect(page.locator(".ProseMirror .comment-mark")).to_have_text(list(passages))


def test_a_comment_stays_with_its_passage_until_it_is_answered(open_page: OpenPage) -> None:
    writer = open_page(width=1400)
    sign_in(writer, "writer@example.com")
    address = begin(writer)

    editor = open_page(width=1400)
    sign_in(editor, "editor@example.com")
    open_story(editor, address)
    select(editor, "old quay")
    editor.keyboard.press("Control+Alt+m")
    editor.keyboard.type("Which one, @mar")
    expect(editor.get_by_role("option", name="Marta Ellingsen")).to_have_attribute("aria-selected", "true")
    expect_accessible(editor)
    editor.keyboard.press("Enter")
    form = editor.locator(".margin__new")
    expect(form.get_by_role("textbox", name="Comment")).to_have_value("Which one, @Marta Ellingsen ")

    # What was not sent survives a reload.
    editor.reload()
    expect(form.get_by_role("textbox", name="Comment")).to_have_value("Which one, @Marta Ellingsen ")
    expect(form.get_by_role("textbox", name="Passage")).to_have_value("old quay")
    form.get_by_role("button", name="Comment", exact=True).click()
    expect(form).to_be_hidden()
    expect_marked(editor, "old quay")

    # The writer finds it, edits around it and within it, and saves.
    open_story(writer, address)
    expect_marked(writer, "old quay")
    select(writer, "The old", to="start")
    writer.keyboard.type("Listen: ")
    select(writer, "old ", to="end")
    writer.keyboard.type("stone ")
    select(writer, "at Harrow", to="end")
    writer.keyboard.type(" Sound")
    expect_marked(writer, "old stone quay")
    save(writer)
    expect_marked(writer, "old stone quay")
    expect(writer.locator(".ProseMirror")).to_contain_text("Listen: The old stone quay at Harrow Sound lies")

    # From the card into the text, an answer, and done.
    thread = card(writer, "Which one")
    thread.get_by_role("link", name=re.compile("old quay")).click()
    assert writer.evaluate("document.getSelection().toString()") == "old stone quay"
    thread.get_by_label("Reply to Edda Korhald").fill("The east one.")
    thread.get_by_role("button", name="Reply").click()
    expect(thread.get_by_text("The east one.")).to_be_visible()
    expect_accessible(writer)
    thread.get_by_role("button", name="Resolve").click()
    expect(thread).to_have_count(0)
    expect_marked(writer)


def test_the_author_takes_one_suggestion_and_refuses_another(open_page: OpenPage) -> None:
    writer, editor = open_page(width=1400), open_page(width=1400)
    sign_in(writer, "writer@example.com")
    address = begin(writer)
    sign_in(editor, "editor@example.com")
    open_story(editor, address)
    comment(editor, "two hands higher", instead="half a metre higher")
    comment(editor, "some sixty pages", "Were there not more?", instead="sixty pages")

    # With words of their own unsaved, the writer takes the one, back, again, and refuses the other.
    open_story(writer, address)
    select(writer, "and a lamp that burns", to="end")
    writer.keyboard.type(" all night")
    taken, refused = card(writer, "half a metre higher"), card(writer, "Were there not more?")
    taken.get_by_role("button", name="Accept").click()
    expect(writer.locator(".ProseMirror")).to_contain_text("stands half a metre higher, and a lamp")
    expect(taken.get_by_text("Accepted; kept with the next save.")).to_be_visible()
    writer.keyboard.press("Control+z")
    expect(writer.locator(".ProseMirror")).to_contain_text("stands two hands higher, and a lamp")
    expect(taken.get_by_role("button", name="Accept")).to_be_visible()
    taken.get_by_role("button", name="Accept").click()
    refused.get_by_role("button", name="Reject").click()
    expect(refused).to_have_count(0)
    save(writer)
    expect(writer.locator(".ProseMirror")).to_contain_text(
        "What the pilots want is a wall that stands half a metre higher, and a lamp that burns all night."
    )
    expect(writer.locator(".ProseMirror")).to_contain_text(THIRD)
    expect(writer.locator(".margin .thread")).to_have_count(0)

    writer.get_by_role("link", name="Comments", exact=True).click()
    expect_accessible(writer)
    writer.get_by_role("link", name="All").click()
    expect(writer.get_by_text("Accepted by Marta Ellingsen")).to_be_visible()
    expect(writer.get_by_text("Rejected by Marta Ellingsen")).to_be_visible()


def test_comments_follow_the_text_on_a_phone(open_page: OpenPage) -> None:
    page = open_page(width=390, height=844, dark=True)
    sign_in(page, "writer@example.com")
    begin(page)
    comment(page, "some sixty pages", "I counted them.")
    thread = card(page, "I counted them.")
    text_box, card_box = page.locator(".ProseMirror").bounding_box(), thread.bounding_box()
    assert text_box is not None
    assert card_box is not None
    assert card_box["y"] > text_box["y"] + text_box["height"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    expect_accessible(page)
