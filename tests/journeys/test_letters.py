"""Letters without an account: asked for, confirmed from the mailbox, chosen by a letter's link, stopped."""

import urllib.parse
import urllib.request
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import OpenPage, expect_accessible, sign_in, wait_for_mail
from tests.journeys.till import link_in, new_address

pytestmark = pytest.mark.journey

LETTER = "From the Publisher"


def test_letters_without_an_account(open_page: OpenPage) -> None:
    # From the foot of a story, without scripts: the address there, the choice on the next page.
    reader, address = open_page(width=390, height=844, scripts=False), new_address("mara")
    reader.goto("/articles/flood-ledger-harrow-delta/")
    reader.get_by_label("Where to").fill(address)
    reader.get_by_role("button", name="Choose letters").click()
    expect(reader.get_by_label("E-mail address")).to_have_value(address)
    reader.get_by_role("button", name="Sign up").click()
    expect(reader.get_by_text("Choose at least one letter.")).to_be_visible()
    reader.get_by_label(LETTER).check()
    reader.get_by_role("button", name="Sign up").click()
    expect(reader.get_by_role("heading", name="Look into your mailbox")).to_be_visible()

    # The letter's link asks; nothing comes before its button is pressed.
    question = wait_for_mail(address)
    assert LETTER in question["text"]
    reader.goto(link_in(question, where="/newsletters/confirm/"))
    expect(reader.get_by_role("heading", name="Shall these letters come?")).to_be_visible()
    reader.get_by_role("button", name="Yes, send them to me").click()
    expect(reader.get_by_role("heading", name="Welcome. It is settled.")).to_be_visible()

    # An edition comes. Its link leads to the choices, without a sign-in.
    publisher = open_page()
    sign_in(publisher, "publisher@example.com")
    send_an_edition(publisher)
    letter = wait_for_mail(address, is_letter=True)
    [header] = letter["headers"]["List-Unsubscribe"]
    one_click = header.strip("<>")
    scripted = open_page()
    scripted.goto(one_click)
    expect_accessible(scripted)
    scripted.get_by_role("link", name="Have it less often").click()
    expect_accessible(scripted)
    expect(scripted.get_by_text("m…@example.com")).to_be_visible()
    expect(scripted.get_by_role("checkbox", name=LETTER)).to_be_checked()
    scripted.get_by_role("checkbox", name="The Weekly Digest").check()
    scripted.get_by_label(f"How often: {LETTER}").select_option("monthly")
    scripted.get_by_role("button", name="Save").click()
    expect(scripted.get_by_text("Your choice is saved.")).to_be_visible()
    scripted.get_by_role("button", name="Pause").click()
    expect(scripted.get_by_text("You get no letters until")).to_be_visible()
    expect_accessible(scripted)
    scripted.get_by_role("button", name="Send them again now").click()

    # The mail provider's button ends one letter, the page's ends all, and that can be taken back.
    posted = urllib.parse.urlencode({"List-Unsubscribe": "One-Click"}).encode()
    with urllib.request.urlopen(one_click, posted) as answer:
        assert (answer.status, answer.url) == (200, one_click)
    scripted.goto(scripted.url)
    expect(scripted.get_by_role("checkbox", name=LETTER)).not_to_be_checked()
    expect(scripted.get_by_role("checkbox", name="The Weekly Digest")).to_be_checked()
    scripted.get_by_role("button", name="Unsubscribe from everything").click()
    expect_accessible(scripted)
    scripted.get_by_role("button", name="Unsubscribe from everything").click()
    expect(scripted.get_by_role("heading", name="You are unsubscribed from everything")).to_be_visible()
    expect_accessible(scripted)
    scripted.get_by_role("button", name="Undo: send them again").click()
    expect(scripted.get_by_role("checkbox", name="The Weekly Digest")).to_be_checked()


def send_an_edition(page: Page) -> None:
    """Make an edition for those who asked and send it, as a publisher does."""
    page.goto("/admin/newsletters/edition/add/")
    page.get_by_label("Newsletter").select_option(label=LETTER)
    day = datetime.now(UTC) - timedelta(days=1)
    page.locator("#id_edition_date").fill(f"{day:%Y-%m-%d}")
    page.get_by_role("button", name="Save and continue editing").click()
    page.get_by_role("button", name="Compile from the week").click()
    page.get_by_role("link", name="Send now").click()
    page.get_by_role("button", name="Send now").click()
    expect(page.get_by_text("is on its way")).to_be_visible()
