"""A browser, a mailbox and a running demo: what a journey needs; `tests.run journeys` brings them."""

import json
import os
import re
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from demo.logins import PASSWORD

SITE = os.environ.get("SITE_URL", "")
MAILBOX = os.environ.get("MAILBOX_URL", "")
PATIENCE_SECONDS = 20
READER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{} Safari/537.36"
"""A person's browser, not one without a face: for a program the meter opens nothing."""

OpenPage = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without a demo there is nothing to travel through."""
    if not SITE:
        for item in items:
            item.add_marker(pytest.mark.skip(reason="needs a running demo: python -m tests.run journeys"))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM") or None,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
        )
        yield started
        started.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """A page in a browser profile of its own; `open_page(width=390, dark=True)` changes the device.

    With `scripts=False` the browser runs no JavaScript.
    """
    contexts: list[BrowserContext] = []

    def open_one(*, width: int = 1280, height: int = 900, dark: bool = False, scripts: bool = True) -> Page:
        context = browser.new_context(
            base_url=SITE,
            user_agent=READER.format(browser.version),
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            java_script_enabled=scripts,
        )
        context.set_default_timeout(PATIENCE_SECONDS * 1000)
        contexts.append(context)
        return context.new_page()

    yield open_one
    for context in contexts:
        context.close()


@pytest.fixture
def desk(open_page: OpenPage) -> Callable[[str], Page]:
    """`desk("writer")` is that person's browser, signed in."""
    pages: dict[str, Page] = {}

    def page_of(who: str) -> Page:
        if who not in pages:
            pages[who] = open_page()
            sign_in(pages[who], f"{who}@example.com")
        return pages[who]

    return page_of


def sign_in(page: Page, email: str) -> None:
    """Sign in one of the sample people by password."""
    page.goto("/accounts/login/")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "/accounts/login/" not in url)


def expect_accessible(page: Page) -> None:
    """axe-core finds nothing to complain of (WCAG 2.2 AA)."""
    page.wait_for_load_state()
    found = Axe().run(page).response["violations"]
    complaints = [
        (rule["id"], rule["help"], node["html"][:160]) for rule in found for node in rule["nodes"][:3]
    ]
    assert complaints == [], f"{page.url}: {complaints}"


def wait_for_mail(to: str, *, is_letter: bool = False, saying: str = "") -> dict[str, Any]:
    """The newest message to `to` with these words, once it came: an account mail, or a letter of a list."""
    query = urllib.parse.urlencode({"to": to})
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        with urllib.request.urlopen(f"{MAILBOX}/api/messages?{query}") as answer:
            messages: list[dict[str, Any]] = json.load(answer)
        for message in messages:
            if ("List-Unsubscribe" in message["headers"]) == is_letter and saying in message["text"]:
                return message
        time.sleep(0.3)
    raise AssertionError(f"No such mail to {to} came within {PATIENCE_SECONDS} seconds.")


def code_in(message: dict[str, Any]) -> str:
    """The code that a letter of ours carries on a line of its own."""
    found = re.search(r"^\s{4}([A-Z0-9-]{6,12})\s*$", message["text"], re.MULTILINE)
    assert found, message["text"]
    return found[1]
