"""An outside reviewer reads, comments and approves without an account, and it counts."""

import re
import time

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import OpenPage, expect_accessible, sign_in, wait_for_mail

pytestmark = pytest.mark.journey

HEADLINE = f"The Bell Tower Keeps Its Own Hours {int(time.time())}"
CLAIM = "The verger sold the clapper twice, once to each parish."
LAWYER = "Ingrid Vasthall"
ADDRESS = f"ingrid-{int(time.time())}@law.example"


def submit_story(page: Page) -> str:
    """Write a story and hand it in; returns the address of its page in the admin."""
    page.goto("/admin/articles/article/add/")
    page.get_by_label("Slugline").fill(HEADLINE)
    page.get_by_label("Section").select_option(label="Culture")
    page.get_by_role("button", name="Begin writing").click()
    page.get_by_label("Headline").fill(HEADLINE)
    page.locator(".ProseMirror").first.click()
    page.keyboard.type(CLAIM)
    page.get_by_role("button", name="Submit for review").click()
    expect(page.get_by_text("Submitted for review.")).to_be_visible()
    return page.url


def invite(page: Page, address: str) -> None:
    """As an editor, have a lawyer make the review that is the editor's."""
    page.goto(address)
    if not page.get_by_role("link", name="Make a link").is_visible():
        page.get_by_text("Guests", exact=True).click()
    page.get_by_role("link", name="Make a link").click()
    expect_accessible(page)
    page.get_by_label("Name").fill(LAWYER)
    page.get_by_label("E-mail address").fill(ADDRESS)
    page.get_by_label("Their verdict counts as").select_option(index=1)
    page.get_by_role("button", name="Make the link").click()
    expect(page.get_by_text(f"The link for {LAWYER} is made and mailed.")).to_be_visible()


def test_guest(open_page: OpenPage) -> None:
    writer = open_page()
    sign_in(writer, "writer@example.com")
    address = submit_story(writer)

    editor = open_page()
    sign_in(editor, "editor@example.com")
    invite(editor, address)

    # The lawyer opens the letter's link on a phone, without signing in anywhere.
    letter = wait_for_mail(ADDRESS)
    assert HEADLINE not in letter["text"]
    link = re.search(r"https?://\S+/review/\S+", letter["text"])
    assert link
    lawyer = open_page(width=390, height=844, dark=True)
    lawyer.goto(link[0])
    expect(lawyer.get_by_role("heading", name=HEADLINE)).to_be_visible()
    expect_accessible(lawyer)

    # They select a sentence, comment on it, and approve.
    lawyer.locator(".article__body p").first.click(click_count=3)
    lawyer.get_by_role("button", name="Comment on these words").click()
    expect(lawyer.get_by_label("Passage")).to_have_value(CLAIM)
    lawyer.get_by_label("Comment", exact=True).fill("Do we have both receipts?")
    lawyer.get_by_role("button", name="Send the comment").click()
    expect(lawyer.locator(".guest__threads")).to_contain_text("Do we have both receipts?")
    lawyer.get_by_label("What you want to say").fill("Fine, with the receipts on file.")
    lawyer.get_by_role("button", name="Approve").click()
    expect(lawyer.get_by_text("You approved this text")).to_be_visible()
    expect(lawyer.get_by_role("button", name="Approve")).to_have_count(0)
    expect_accessible(lawyer)

    # The review is done under their name, and the editor closes the link.
    editor.goto(address)
    editor.locator(".guests > summary").click()
    expect(editor.locator(".guest__verdict")).to_contain_text("Fine, with the receipts on file.")
    expect_accessible(editor)
    editor.get_by_role("link", name=f"Close the link for {LAWYER}").click()
    editor.get_by_role("button", name="Close the link").click()
    expect(editor.get_by_text(f"The link for {LAWYER} is closed.")).to_be_visible()
    assert lawyer.goto(link[0]).status == 410  # type: ignore[union-attr]
    expect_accessible(lawyer)
