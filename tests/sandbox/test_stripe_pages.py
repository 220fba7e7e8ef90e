"""The hosted pages in a browser: accessible, at any width, in both colour schemes, without JavaScript."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from sandbox.running import Sandbox
from tests.browser import find_chromium

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium of our own."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        yield started
        started.close()


def look(page: Page) -> list[str]:
    """What axe finds wrong with a page, and whether one has to scroll sideways."""
    found = [violation["id"] for violation in Axe().run(page).response["violations"]]
    wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return [*found, *(["scrolls sideways"] if wide else [])]


def fill_card(page: Page, number: str) -> None:
    """Type a card as its owner would."""
    page.get_by_label("Card number").fill(number)
    page.get_by_label("Expiry date").fill("12 / 34")
    page.get_by_label("Security code").fill("123")
    page.get_by_label("Name on the card").fill("Ada Vale")
    page.get_by_label("Country").select_option("DE")


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 320)])
def test_pages_are_accessible(
    browser: Browser, api: Any, sandbox: Sandbox, monthly: Any, yearly: Any, scheme: Any, width: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    session = api.checkout.sessions.create(
        {
            "mode": "subscription",
            "line_items": [{"price": monthly.id, "quantity": 1}],
            "success_url": f"{sandbox.stripe_url}/?thanks",
            "cancel_url": f"{sandbox.stripe_url}/?back",
        }
    )
    seen: dict[str, list[str]] = {}

    def note(name: str) -> None:
        seen[name] = look(page)

    page.goto(session.url)
    note("checkout")
    page.get_by_role("button", name="Subscribe").click()
    note("checkout with faults")
    page.get_by_label("E-mail").fill("axe@example.com")
    fill_card(page, "4000002500003155")
    page.get_by_role("button", name="Subscribe").click()
    note("3D Secure")
    page.get_by_role("button", name="Complete authentication").click()
    note("overview")
    page.goto(session.url)
    note("completed")
    _walk_the_portal(page, api, session, note)
    page.goto(f"{sandbox.stripe_url}/objects/{api.events.list({'limit': 1}).data[0].id}")
    note("event")
    assert seen == {name: [] for name in seen}
    assert len(seen) == 12


def _walk_the_portal(page: Page, api: Any, session: Any, note: Any) -> None:
    customer = api.checkout.sessions.retrieve(session.id).customer
    visit = api.billing_portal.sessions.create({"customer": customer, "return_url": session.cancel_url})
    page.goto(visit.url)
    note("portal")
    page.get_by_role("link", name="Change plan").click()
    note("plans")
    page.goto(f"{visit.url}/card")
    note("card")
    page.goto(f"{visit.url}/cancel")
    note("cancel")
    page.get_by_role("button", name="Cancel subscription").click()
    note("portal after cancelling")
    page.get_by_role("row").nth(1).get_by_role("link").click()
    note("invoice")


def test_everything_works_without_javascript(
    browser: Browser, api: Any, sandbox: Sandbox, monthly: Any
) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    session = api.checkout.sessions.create(
        {
            "mode": "subscription",
            "line_items": [{"price": monthly.id, "quantity": 1}],
            "success_url": f"{sandbox.stripe_url}/?thanks",
            "customer_email": "plain@example.com",
        }
    )
    page.goto(session.url)
    fill_card(page, "4242424242424242")
    page.get_by_role("button", name="Subscribe").click()
    assert page.url == f"{sandbox.stripe_url}/?thanks"
    assert api.checkout.sessions.retrieve(session.id).status == "complete"
