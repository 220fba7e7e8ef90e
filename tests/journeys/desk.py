"""What the journeys through the desk do at every step, and what visitors see of it."""

import re
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import datetime, timedelta

from django.utils.timezone import localtime
from playwright.sync_api import APIResponse, Page, expect

from tests.journeys.conftest import SITE

SURFACES = (
    "/",
    "/sections/world/",
    "/sections/history/",
    "/topics/rail/",
    "/authors/marta-ellingsen/",
    "/rss.xml",
    "/sitemap-stories.xml",
    "/corrections/",
)
MOMENT = "%Y-%m-%dT%H:%M"


Desk = Callable[[str], Page]


def begin(page: Page, name: str, *, section: str = "History") -> None:
    """Plan a story under this name and open its page."""
    page.goto("/admin/desk/begin/")
    page.get_by_label("Slugline").fill(name)
    page.get_by_label("Section").select_option(label=section)
    page.get_by_role("button", name="Begin writing").click()
    expect(page.get_by_label("Headline")).to_be_visible()


def write(page: Page, headline: str, text: str) -> None:
    """Type a headline and, at its end, more of the text."""
    page.get_by_label("Headline").fill(headline)
    page.locator(".ProseMirror").first.click()
    page.keyboard.press("Control+End")
    page.keyboard.type(text)


def save(page: Page) -> None:
    page.get_by_role("button", name="Save and continue editing").click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()


def press(page: Page, button: str, said: str, **typed: str) -> None:
    """Make a move by its button, with what it asks for, behind "More" if it is there."""
    group = page.get_by_role("group", name=button)
    if typed and not group.is_visible():
        page.get_by_text("More", exact=True).click()
    for label, words in typed.items():
        group.get_by_label(label.replace("_", " ")).fill(words)
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_text(said)).to_be_visible()


def draft(desk: Desk, name: str, text: str) -> str:
    """A story of the writer's; returns the address of its page."""
    writer = desk("writer")
    begin(writer, name)
    write(writer, name, text)
    save(writer)
    expect(writer.locator("#id_slug")).to_have_value(slug_of(name))
    return writer.url


def approve(desk: Desk, address: str) -> None:
    """Take the story from its writer through review, ready to go out."""
    desk("writer").goto(address)
    press(desk("writer"), "Submit for review", "Submitted for review.")
    desk("editor").goto(address)
    press(desk("editor"), "Approve", "Approved.")


def publish(desk: Desk, address: str) -> None:
    desk("publisher").goto(address)
    press(desk("publisher"), "Publish now", "Published. Readers see it now.")


def slug_of(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def key_of(address: str) -> str:
    found = re.search(r"/article/(\d+)/", address)
    assert found, address
    return found[1]


def fetch(path: str) -> tuple[int, str]:
    """The status and text of a page as a visitor without a cache gets it."""
    try:
        with urllib.request.urlopen(SITE + path) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def surfaces_with(name: str) -> list[str]:
    """The public surfaces that tell of the story, by its headline or its address."""
    marks = name, f"/articles/{slug_of(name)}/"
    return [path for path in SURFACES if any(mark in fetch(path)[1] for mark in marks)]


def post(page: Page, path: str, **form: str) -> APIResponse:
    """Send what no button of theirs would: a form made by hand, with the person's session and token."""
    token = next(each["value"] for each in page.context.cookies() if each["name"] == "csrftoken")
    return page.request.post(path, form={**form, "csrfmiddlewaretoken": token})


def expect_state(page: Page, state: str) -> None:
    expect(page.locator(".desk__state [data-state]")).to_have_text(state, ignore_case=True)


def moment(*, seconds: int) -> datetime:
    """So long from now, on the newsroom's clock."""
    return localtime() + timedelta(seconds=seconds)
