"""The paywall as readers meet it: the meter, a gift link, a library's network, and the reason why."""

import re
import urllib.request

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import SITE, OpenPage, expect_accessible, sign_in
from tests.journeys.test_support import find
from tests.journeys.till import SECRET, STORY, expect_wall, fill_sign_up, new_address, sign_up

pytestmark = pytest.mark.journey

VISITOR, REGISTERED = 3, 10


@pytest.fixture(scope="module")
def gated() -> list[str]:
    """The paths of some stories for subscribers, as a visitor without cookies meets them."""
    found = []
    for path in re.findall(r"<loc>[^<]*(/articles/[^<]+)</loc>", fetch("/sitemap-stories.xml")):
        if path != STORY and "Read on, free this month" in fetch(path):
            found.append(path)
        if len(found) > REGISTERED:
            return found
    raise AssertionError("The demo has too few stories for subscribers.")


def fetch(path: str) -> str:
    with urllib.request.urlopen(SITE + path) as answer:
        text: str = answer.read().decode()
    return text


def expect_open(page: Page) -> None:
    expect(page.locator(".prose--opening")).to_have_count(0)
    expect(page.locator("#wall")).to_have_count(0)


def reason(page: Page) -> str:
    return page.locator("#wall .wall__reason").inner_text()


@pytest.mark.parametrize("scripts", [True, False], ids=["", "without scripts"])
def test_the_meter_runs_out_and_an_account_extends_it(
    open_page: OpenPage, gated: list[str], scripts: bool
) -> None:
    reader = open_page(width=390, height=844, scripts=scripts)
    reader.goto(gated[0])
    assert reason(reader) == f"One of your {VISITOR} free stories opens this one."
    assert reader.context.cookies() == []
    if scripts:
        expect_accessible(reader)
    reader.get_by_role("button", name="Read this story").click()
    expect_open(reader)
    for path in gated[1:VISITOR]:
        reader.goto(path)
        expect_open(reader)
    if scripts:
        expect_accessible(reader)

    reader.goto(gated[VISITOR])
    assert reason(reader) == (
        f"You have opened your {VISITOR} free stories of this month. "
        f"A free account opens {REGISTERED - VISITOR} stories more."
    )
    reader.get_by_role("link", name="Create a free account").click()
    fill_sign_up(reader, new_address("meter"))
    expect(reader).to_have_url(re.compile(re.escape(gated[VISITOR])))
    expect_open(reader)
    for path in gated[:VISITOR]:
        reader.goto(path)
        expect_open(reader)
    reader.goto("/account/reading/")
    expect(reader.get_by_text(f"{REGISTERED - VISITOR - 1} of {REGISTERED} left.")).to_be_visible()


def test_a_gift_is_read_in_a_private_window(open_page: OpenPage, gated: list[str]) -> None:
    giver, receiver = open_page(), open_page()
    sign_in(giver, "subscriber@example.com")
    giver.goto(STORY)
    giver.get_by_role("button", name="Give this story").click()
    link = giver.get_by_label("Link to copy").first.input_value()
    expect_accessible(giver)

    page = receiver.goto(link)
    assert page is not None
    expect(receiver.get_by_text(SECRET)).to_be_visible()
    expect(receiver.get_by_text("Sabine gave you this story.").first).to_be_visible()
    assert page.header_value("x-robots-tag") == "noindex"
    assert receiver.context.cookies() == []
    expect_accessible(receiver)
    receiver.get_by_role("link", name="See the plans").first.click()
    assert link.split("/")[-2] not in str(receiver.evaluate("document.referrer"))
    expect_wall(receiver)  # the link opens itself alone

    giver.goto("/account/given/")
    expect(giver.get_by_text("read 1 time").first).to_be_visible()


def test_a_library_reads_by_its_network(open_page: OpenPage) -> None:
    admin = open_page()
    expect_wall(open_page())
    sign_in(admin, "admin@example.com")
    admin.goto("/admin/subscriptions/institution/add/")
    admin.locator("input[name=name]").fill("Harrow Reading Room")
    admin.locator("input[name=starts_at_0]").fill("2026-01-01")
    admin.locator("input[name=starts_at_1]").fill("00:00:00")
    admin.locator("input[name='networks-0-cidr']").fill("127.0.0.1/32")
    admin.get_by_role("button", name="Save and continue editing").click()
    expect(admin.get_by_text("covers 1 address")).to_be_visible()
    try:
        visitor = open_page()  # a browser keeps a visitor's page for a minute
        page = visitor.goto(STORY)
        assert page is not None
        expect(visitor.get_by_text("Access provided by Harrow Reading Room.").first).to_be_visible()
        expect(visitor.get_by_text(SECRET)).to_be_visible()
        assert page.header_value("cache-control") == "private, no-store"
        expect_accessible(visitor)
    finally:
        admin.locator("input[name=is_active]").uncheck()
        admin.get_by_role("button", name="Save and continue editing").click()
    expect_wall(open_page())


def test_support_is_told_what_the_wall_tells(open_page: OpenPage, gated: list[str]) -> None:
    reader, support = open_page(), open_page()
    email = sign_up(reader, "wonders")
    for path in gated[:REGISTERED]:
        reader.goto(path)
        expect_open(reader)
    reader.goto(gated[REGISTERED])
    told = reason(reader)
    assert told == (
        f"You have opened your {REGISTERED} free stories of this month. This story is for subscribers."
    )
    reader.get_by_role("link", name="Why can I not read this?").click()
    expect(reader.get_by_text(told)).to_be_visible()
    expect(reader.get_by_text(f"0 of {REGISTERED} left.")).to_be_visible()
    expect_accessible(reader)

    sign_in(support, "support@example.com")
    find(support, email.partition("@")[0], email)
    expect(support.get_by_text(told)).to_be_visible()
    expect(support.get_by_text(f"0 of {REGISTERED} left")).to_be_visible()
