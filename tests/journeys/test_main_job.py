"""The main job, once through: written, published, walled, paid for, read, cancelled, mailed, unsubscribed."""

import re
import time
import urllib.parse
import urllib.request

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import OpenPage, code_in, expect_accessible, sign_in, wait_for_mail

pytestmark = pytest.mark.journey

HEADLINE = f"Lamp Keepers Count the Ships Again {int(time.time())}"
LEAD = "The lamp on the outer mole was lit again last night."
SECRET = "Heliotrope ledgers show that nobody had ever stopped counting."
READER = f"sabine-{int(time.time())}@example.com"


@pytest.fixture(scope="module")
def slug() -> str:
    return re.sub(r"[^a-z0-9]+", "-", HEADLINE.lower()).strip("-")


def write_story(page: Page) -> str:
    """Draft a story with the editor and submit it; returns the address of its page in the admin."""
    page.goto("/admin/desk/begin/")
    expect_accessible(page)
    page.get_by_label("Slugline").fill("lamp-keepers")
    page.get_by_label("Section").select_option(label="Infrastructure")
    page.get_by_role("button", name="Begin writing").click()
    page.get_by_label("Headline").fill(HEADLINE)
    page.get_by_label("Headline").press("Tab")
    text = page.locator(".ProseMirror")
    text.click()
    page.keyboard.type(LEAD)
    page.keyboard.press("Enter")
    page.get_by_role("button", name=re.compile("paywall", re.IGNORECASE)).click()
    page.keyboard.type(SECRET)
    expect_accessible(page)
    page.get_by_role("button", name="Save and continue editing").click()
    page.get_by_role("button", name="Submit for review").click()
    expect(page.get_by_text("Submitted for review.")).to_be_visible()
    return page.url


def test_main_job(open_page: OpenPage, slug: str) -> None:
    # A writer drafts, an editor approves, a publisher publishes.
    writer = open_page()
    sign_in(writer, "writer@example.com")
    address = write_story(writer)
    expect(writer.get_by_role("button", name="Publish now")).to_have_count(0)

    editor = open_page()
    sign_in(editor, "editor@example.com")
    editor.goto("/admin/")
    expect_accessible(editor)
    editor.get_by_role("link", name=HEADLINE).first.click()
    expect(editor.locator(".ProseMirror")).to_contain_text(SECRET)
    editor.get_by_role("button", name="Approve").click()
    expect(editor.get_by_text("Approved.", exact=True)).to_be_visible()

    visitor = open_page()
    assert visitor.goto(f"/articles/{slug}/").status == 404  # type: ignore[union-attr]

    publisher = open_page()
    sign_in(publisher, "publisher@example.com")
    publisher.goto(address)
    publisher.get_by_role("button", name="Publish now").click()
    expect(publisher.get_by_text("Published. Readers see it now.")).to_be_visible()
    expect_accessible(publisher)
    publisher.goto("/admin/articles/article/")
    expect_accessible(publisher)

    # A visitor sees the teaser and nothing more.
    visitor.goto("/")
    expect_accessible(visitor)
    page = visitor.goto(f"/articles/{slug}/")
    assert page is not None
    assert (LEAD in page.text(), SECRET in page.text()) == (True, False)
    expect_accessible(visitor)

    # They sign up with the code from the mailbox, which leads them back to the plan they chose.
    visitor.locator(".wall").get_by_role("link", name="Subscribe to Digital, monthly").click()
    expect_accessible(visitor)
    visitor.get_by_label("E-mail address").fill(READER)
    visitor.get_by_label("Password").first.fill("copper-lantern-over-water")
    visitor.get_by_role("button", name="Create account").click()
    expect_accessible(visitor)
    visitor.locator("input[name=code]").fill(code_in(wait_for_mail(READER)))
    visitor.locator("main form button[type=submit]").first.click()
    visitor.wait_for_url(re.compile(r"/subscribe/\?plan=digital-monthly"))
    expect_accessible(visitor)

    # They pay on the sandbox's page and read the whole story.
    visitor.get_by_role("button", name="Subscribe to Digital, monthly").click()
    visitor.wait_for_url(re.compile(r"/c/pay/"))
    expect_accessible(visitor)
    visitor.get_by_label("Card number").fill("4242 4242 4242 4242")
    visitor.get_by_label(re.compile("Expiry")).fill("12 / 34")
    visitor.get_by_label(re.compile("CVC")).fill("123")
    visitor.get_by_label("Name on the card").fill("Sabine Orlund")
    visitor.get_by_label("Country").select_option("US")
    visitor.get_by_role("button", name="Subscribe").click()
    expect(visitor.get_by_role("heading", name="You can read everything now")).to_be_visible()
    expect_accessible(visitor)
    visitor.get_by_role("link", name="Back to your story").click()
    expect(visitor.get_by_text(SECRET)).to_be_visible()
    expect(visitor.locator(".wall")).to_have_count(0)
    expect_accessible(visitor)

    # They look at what Stripe keeps, cancel on our page, and keep access until the period's end.
    visitor.goto("/account/")
    expect(visitor.locator("main").get_by_text("Digital, monthly", exact=True)).to_be_visible()
    expect_accessible(visitor)
    visitor.get_by_role("button", name="Billing address and cards, at Stripe").click()
    expect_accessible(visitor)
    visitor.get_by_role("link", name="Back to the site").click()
    visitor.get_by_role("link", name="Cancel", exact=True).click()
    visitor.get_by_role("button", name="Cancel my subscription").click()
    expect(visitor.get_by_role("heading", name="Your subscription is cancelled")).to_be_visible()
    visitor.goto("/account/")
    expect(visitor.get_by_text(re.compile("^Ends on "))).to_be_visible()
    visitor.goto(f"/articles/{slug}/")
    expect(visitor.get_by_text(SECRET)).to_be_visible()

    # The digest arrives, with a working one-click unsubscribe.
    send_digest(publisher)
    digest = wait_for_mail(READER, is_letter=True)
    [link] = digest["headers"]["List-Unsubscribe"]
    assert digest["headers"]["List-Unsubscribe-Post"] == ["List-Unsubscribe=One-Click"]
    visitor.goto("/account/newsletters/")
    expect(visitor.get_by_role("checkbox", name="The Weekly Digest")).to_be_checked()
    expect_accessible(visitor)
    one_click = urllib.parse.urlencode({"List-Unsubscribe": "One-Click"}).encode()
    with urllib.request.urlopen(link.strip("<>"), one_click) as answer:
        assert (answer.status, answer.url) == (200, link.strip("<>"))
    visitor.reload()
    expect(visitor.get_by_role("checkbox", name="The Weekly Digest")).not_to_be_checked()


def send_digest(page: Page) -> None:
    """Fill the coming edition from the week and send it, as a publisher does."""
    page.goto("/admin/newsletters/edition/")
    page.locator("#result_list tbody th a, #result_list tbody td a").first.click()
    page.get_by_role("button", name="Compile from the week").click()
    expect_accessible(page)
    page.get_by_role("link", name="Send now").click()
    page.get_by_role("button", name="Send now").click()
    expect(page.get_by_text("is on its way")).to_be_visible()
