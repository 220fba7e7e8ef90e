"""The history of a story: two edits, compared in the set text, the first text brought back."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import OpenPage, expect_accessible, sign_in
from tests.journeys.test_never_lost import WRITER, begin, save, write

pytestmark = pytest.mark.journey


def begin_and_edit(page: Page) -> str:
    """A story of three revisions; returns the address of its page."""
    sign_in(page, WRITER)
    address = begin(page, "Lamp on the pier", "The lamp burns at night.", "It is fed with oil.")
    write(page, " A boy carries it.")
    save(page)
    page.get_by_label("Headline").fill("Lamp on the mole")
    save(page)
    return address


def test_an_earlier_text_is_compared_named_and_restored(open_page: OpenPage) -> None:
    page = open_page()
    address = begin_and_edit(page)
    page.get_by_role("link", name="Revisions", exact=True).click()
    newest = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="Revision 4"))
    expect(newest).to_contain_text("no words changed; changed: headline")
    expect_accessible(page)

    page.get_by_role("radio", name="Revision 2 as the older").check()
    page.get_by_role("button", name="Compare A with B").click()
    expect(page.get_by_text("4 words in, 0 out; headline changed.")).to_be_visible()
    expect(page.locator(".set-text__body ins")).to_have_text("A boy carries it.")
    expect(page.locator(".set-text h1 del")).to_have_text("pier")
    page.get_by_role("link", name="Changes only").click()
    expect(page.get_by_text("1 unchanged passage")).to_be_visible()
    expect_accessible(page)

    page.get_by_role("link", name="Restore 2 …").click()
    expect(page.get_by_text("Its text becomes the latest, as revision 5, under your name.")).to_be_visible()
    expect_accessible(page)
    page.get_by_role("button", name="Restore revision 2").click()
    expect(page.get_by_text("The text of revision 2 is the latest, as revision 5.")).to_be_visible()

    page.get_by_label("Name revision 4").click()
    page.get_by_role("textbox", name="Name").locator("visible=true").fill("with the boy")
    page.get_by_role("button", name="Keep the name").locator("visible=true").click()
    expect(page.get_by_role("heading", name="Revision 4 with the boy")).to_be_visible()
    page.goto(address)
    expect(page.get_by_label("Headline")).to_have_value("Lamp on the pier")
    expect(page.locator(".ProseMirror")).not_to_contain_text("A boy carries it.")


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)])
def test_the_pages_work_on_every_screen(open_page: OpenPage, width: int, dark: bool) -> None:
    page = open_page(width=width, dark=dark)
    address = begin_and_edit(page)
    key = address.split("/article/")[1].split("/")[0]
    for rest in ("", "compare/", "compare/?only=changes", "2/restore/"):
        page.goto(f"/admin/desk/stories/{key}/revisions/{rest}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        expect_accessible(page)
