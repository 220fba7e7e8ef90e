"""The desk from plan to public page and off it again; and a writer who can publish by no route."""

import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.utils.timezone import localtime
from playwright.sync_api import APIResponse, Page, expect

from demo.house import demo_environment, read_setup
from tests.journeys.conftest import SITE, OpenPage, expect_accessible, sign_in, wait_for_mail

pytestmark = [pytest.mark.journey, pytest.mark.timeout(400)]

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
EMBARGO_SECONDS = 75
ROUTED_STATES = {"Draft": "Draft", "In review": "In review", "Approved": "Approved", "Unpublished": "Draft"}
"""Where the stories stand that the writer tries to publish, and where they must still stand in the end."""
ROOT = Path(__file__).resolve().parent.parent.parent


Desk = Callable[[str], Page]


@pytest.fixture
def desk(open_page: OpenPage) -> Desk:
    """`desk("writer")` is that person's browser, signed in."""
    pages: dict[str, Page] = {}

    def page_of(who: str) -> Page:
        if who not in pages:
            pages[who] = open_page()
            sign_in(pages[who], f"{who}@example.com")
        return pages[who]

    return page_of


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


def test_two_reviews_with_a_request_for_changes(desk: Desk, open_page: OpenPage) -> None:
    name = f"Night Boats to Arrowmere {time.time_ns()}"

    # An editor plans the story and gives it to the writer, who is told and finds it on their desk.
    editor = desk("editor")
    editor.goto("/admin/desk/begin/")
    editor.get_by_label("Slugline").fill(name)
    editor.get_by_label("Section").select_option(label="World")
    editor.get_by_label("Brief").fill("Who takes the night boat, and why. Ask the purser.")
    editor.get_by_label("Assignee").select_option(label="Marta Ellingsen")
    editor.get_by_label("Due").fill(f"{moment(seconds=2 * 86_400):{MOMENT}}")
    expect_accessible(editor)
    editor.get_by_role("button", name="Begin writing").click()
    expect(editor.get_by_text("Ask the purser.")).to_be_visible()
    expect(editor.get_by_role("button", name="Approve")).to_have_count(0)

    writer = desk("writer")
    writer.goto("/admin/")
    expect_accessible(writer)
    writer.locator("#pile-mine").get_by_role("link", name=name).click()
    address = writer.url
    expect(writer.get_by_text("Ask the purser.")).to_be_visible()
    write(writer, name, "The night boat leaves when the last train is in.")
    press(writer, "Submit for review", "Submitted for review.")

    # The fact checker's turn comes after the editor's.
    checker = desk("checker")
    checker.goto(address)
    expect(checker.get_by_label("Reviews")).to_contain_text("Fact check")
    expect(checker.get_by_role("button", name="Approve")).to_have_count(0)
    expect_accessible(checker)
    post(checker, f"/admin/desk/stories/{key_of(address)}/move/", _move="approve")
    checker.goto(address)
    expect_state(checker, "In review")

    # The editor says what should change; the writer reads it on the story and in their mail.
    editor.goto(address)
    reason = "Nobody in it has slept on board. Go once yourself."
    press(editor, "Request changes", "Sent back to its authors.", Note=reason)
    assert name in wait_for_mail("writer@example.com", saying=reason)["text"]
    writer.goto(address)
    expect(writer.locator(".desk__verdict")).to_contain_text(reason)
    expect_accessible(writer)
    write(writer, name, " The bunks are narrow and the tea is free.")
    press(writer, "Submit for review", "Submitted for review.")

    # Editing, then fact check, by two people; then it may go out.
    editor.goto(address)
    press(editor, "Approve", "Approved.")
    expect(editor.get_by_role("button", name="Approve", exact=True)).to_have_count(0)
    desk("publisher").goto(address)
    expect(desk("publisher").get_by_role("button", name="Publish now")).to_have_count(0)
    checker.goto(address)
    press(checker, "Approve", "Approved.")
    expect(checker.get_by_role("button", name="Publish now")).to_have_count(0)
    assert fetch(f"/articles/{slug_of(name)}/")[0] == 404
    publish(desk, address)
    visitor = open_page()
    visitor.goto("/sections/world/")
    visitor.get_by_role("link", name=name).first.click()
    expect(visitor.get_by_role("heading", name=name)).to_be_visible()
    expect(visitor.get_by_text("The night boat leaves when the last train is in.")).to_be_visible()
    assert surfaces_with(name) == ["/", "/sections/world/", "/rss.xml", "/sitemap-stories.xml"]


def test_an_embargo_holds_everywhere_until_its_moment(desk: Desk) -> None:
    fresh, known = f"The Ropewalk Opens Its Doors {time.time_ns()}", "A Thread to Agree On"
    address = draft(desk, fresh, "Nobody had been inside for eleven years.")
    approve(desk, address)
    publisher = desk("publisher")
    publisher.goto(f"/admin/articles/article/?q={known.replace(' ', '+')}")
    publisher.get_by_role("link", name=known).first.click()
    known_address = publisher.url
    usually = surfaces_with(known)
    assert {"/corrections/", "/rss.xml", "/sitemap-stories.xml"} <= set(usually)

    # One story goes out under an embargo; one that has been public, with a correction, gets one.
    lifts = moment(seconds=EMBARGO_SECONDS)
    embargo(publisher, lifts)
    press(publisher, "Save and continue editing", "was changed successfully")
    publisher.goto(address)
    embargo(publisher, lifts)
    press(publisher, "Publish now", "Published. Readers see it now.")
    for name in (fresh, known):
        assert (surfaces_with(name), fetch(f"/articles/{slug_of(name)}/")[0]) == ([], 404)
    assert localtime() < lifts, "too slow to have seen anything"

    time.sleep((lifts - localtime()).total_seconds() + 1)
    assert surfaces_with(fresh) == ["/", "/sections/history/", "/rss.xml", "/sitemap-stories.xml"]
    assert surfaces_with(known) == usually
    for name in (fresh, known):
        assert fetch(f"/articles/{slug_of(name)}/")[0] == 200
    publisher.goto(known_address)
    publisher.locator("#id_embargo_until_0").fill("")
    publisher.locator("#id_embargo_until_1").fill("")
    press(publisher, "Save and continue editing", "was changed successfully")


def embargo(page: Page, until: datetime) -> None:
    page.locator("#id_embargo_until_0").fill(f"{until:%Y-%m-%d}")
    page.locator("#id_embargo_until_1").fill(f"{until:%H:%M:%S}")


def test_a_correction_and_a_killed_story(desk: Desk, open_page: OpenPage) -> None:
    wrong, right = "It was built in 1867.", " No: in 1868."
    name, notice = (
        f"The Wall at Ness {time.time_ns()}",
        f"An earlier version was a year early ({time.time_ns()}).",
    )
    address = draft(desk, name, wrong)
    approve(desk, address)
    publish(desk, address)

    # The writer puts it right in a working draft, which goes through review; readers see the old text.
    writer, publisher, visitor = desk("writer"), desk("publisher"), open_page()
    writer.goto(address)
    write(writer, name, right)
    save(writer)
    approve(desk, address)
    public = f"/articles/{slug_of(name)}/"
    assert (wrong in fetch(public)[1], right in fetch(public)[1]) == (True, False)
    publisher.goto(address)
    expect_accessible(publisher)
    press(
        publisher,
        "Publish as a correction",
        "The correction is published.",
        Notice_for_readers=notice,
        Note="The mason’s mark says so.",
    )
    assert wrong + right in fetch(public)[1]
    for path in (public, "/corrections/"):
        visitor.goto(path)
        expect(visitor.get_by_text(notice)).to_be_visible()
        expect(visitor.get_by_text("The mason’s mark")).to_have_count(0)
        expect_accessible(visitor)

    # Then the story is killed: its address says so, and nothing else knows it.
    assert surfaces_with(name) == [
        "/",
        "/sections/history/",
        "/rss.xml",
        "/sitemap-stories.xml",
        "/corrections/",
    ]
    farewell = f"The wall stands in another town ({time.time_ns()})."
    publisher.goto(address)
    press(publisher, "Kill", "Killed.", Note="There is no such wall.", Notice_for_readers=farewell)
    expect_state(publisher, "Killed")
    expect_accessible(publisher)
    late = open_page()
    answer = late.goto(public)
    assert answer is not None
    assert answer.status == 410
    expect(late.get_by_text(farewell)).to_be_visible()
    expect(late.get_by_text(wrong)).to_have_count(0)
    expect_accessible(late)
    assert surfaces_with(name) == []


def test_a_writer_publishes_by_no_route(desk: Desk, tmp_path: Path) -> None:
    stories = {state: f"Lamps of the {state} mole {time.time_ns()}" for state in ROUTED_STATES}
    addresses = {state: draft(desk, name, "The lamp was lit by hand.") for state, name in stories.items()}
    keys = {state: key_of(address) for state, address in addresses.items()}
    writer, editor = desk("writer"), desk("editor")
    writer.goto(addresses["In review"])
    press(writer, "Submit for review", "Submitted for review.")
    approve(desk, addresses["Approved"])
    withdraw(desk, addresses["Unpublished"])

    for state, key in keys.items():
        writer.goto(addresses[state])
        expect_no_button(writer)
        for attempt in (move_by_hand, press_a_forged_button, publish_in_bulk, schedule_in_the_calendar):
            attempt(writer, key)
            assert is_hidden(stories[state]), f"{attempt.__name__}, {state}"
    be_their_own_guest(desk, keys["In review"])
    restore_what_was_public(writer, keys["Unpublished"])
    import_as_the_writer(tmp_path)

    for state, name in stories.items():
        assert surfaces_with(name) == []
        editor.goto(addresses[state])
        expect_state(editor, ROUTED_STATES[state])


def is_hidden(name: str) -> bool:
    """Whether no visitor can read the story at its address."""
    return fetch(f"/articles/{slug_of(name)}/")[0] in (404, 410)


def withdraw(desk: Desk, address: str) -> None:
    """Publish the story and take it back; its writer goes on with it."""
    approve(desk, address)
    publish(desk, address)
    press(desk("publisher"), "Unpublish", "Unpublished. Readers no longer see it.", Note="Too early.")
    writer = desk("writer")
    writer.goto(address)
    expect_no_button(writer)
    writer.locator(".ProseMirror").first.click()
    writer.keyboard.type("Once more: ")
    save(writer)


def expect_no_button(page: Page) -> None:
    expect(page.locator(".desk")).to_be_visible()
    for label in ("Publish now", "Schedule", "Publish as a correction", "Approve"):
        expect(page.get_by_role("button", name=label, exact=True, include_hidden=True)).to_have_count(0)


def move_by_hand(page: Page, key: str) -> None:
    for path in (f"/admin/desk/stories/{key}/move/", f"/admin/articles/article/{key}/move/"):
        for move in ("approve", "publish", "schedule", "correct"):
            post(page, path, **forged(move))


def press_a_forged_button(page: Page, key: str) -> None:
    """Send the story's own form with a button it has not, and with fields of the row it does not show."""
    for move in ("approve", "publish", "schedule"):
        page.goto(f"/admin/articles/article/{key}/change/")
        with page.expect_navigation():
            page.evaluate(
                """fields => {
                  const form = document.getElementById("article_form")
                  for (const [name, value] of Object.entries(fields)) {
                    const input = document.createElement("input")
                    Object.assign(input, { type: "hidden", name, value })
                    form.append(input)
                  }
                  form.submit()
                }""",
                forged(move) | {"state": "published", "published_at": "2020-01-01", "public_version": "1"},
            )


def forged(move: str) -> dict[str, str]:
    asked = {"when": f"{moment(seconds=3600):{MOMENT}}", "note": "A good reason.", "notice": "A notice."}
    return {"_move": move} | {f"move-{move}-{name}": value for name, value in asked.items()}


def publish_in_bulk(page: Page, key: str) -> None:
    page.goto("/admin/articles/article/")
    expect(page.locator("select[name=action] option[value=submit_stories]").first).to_be_attached()
    expect(page.locator("select[name=action] option[value=publish_stories]")).to_have_count(0)
    for action in ("approve_stories", "publish_stories"):
        post(page, "/admin/articles/article/", action=action, _selected_action=key, index="0")


def schedule_in_the_calendar(page: Page, key: str) -> None:
    post(page, f"/admin/desk/stories/{key}/when/scheduled/", when=f"{moment(seconds=3600):{MOMENT}}")


def be_their_own_guest(desk: Desk, key: str) -> None:
    """Make a link whose verdict counts; then use another's, made for comments only, to approve."""
    writer, editor = desk("writer"), desk("editor")
    invitation = f"/admin/desk/stories/{key}/guest/"
    editor.goto(invitation)
    step = editor.locator("[name=step] option").nth(1).get_attribute("value") or ""
    refused = post(writer, invitation, name="Somebody", days="7", may_review="on", step=step)
    assert refused.status == 403
    editor.get_by_label("Name").fill("A source")
    editor.get_by_label("May comment").check()
    editor.get_by_role("button", name="Make the link").click()
    link = editor.get_by_label("Address for A source").input_value()
    for version in range(4):
        sent = writer.request.post(link, form={"do": "approve", "version": str(version), "note": "Fine."})
        assert sent.status == 409


def restore_what_was_public(page: Page, key: str) -> None:
    """Bring back the very text that readers once saw: it is a draft like any other."""
    page.goto(f"/admin/desk/stories/{key}/revisions/1/restore/")
    expect_accessible(page)
    page.get_by_role("button", name="Restore").click()
    expect(page.get_by_text("The text of revision 1 is the latest")).to_be_visible()


def import_as_the_writer(folder: Path) -> None:
    """Ask the importer to publish with the writer's rights."""
    name = f"Salt Convoy Held at the Narrows {time.time_ns()}"
    dispatch = folder / "dispatch.txt"
    dispatch.write_text(f"{name}\n\nARROWMERE, July 3, 2017 (EIRNS)—The convoy has waited for three days.\n")
    setup = read_setup(
        {"PORT": str(urlsplit(SITE).port), "DATA_DIR": os.environ["DEMO_DATA_DIR"]}, checks_ports=False
    )
    command = [
        sys.executable,
        "manage.py",
        "import_wire",
        str(dispatch),
        "--publish",
        "--by",
        "writer@example.com",
    ]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=demo_environment(os.environ, setup),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stdout
    assert "1 of 1 files not imported" in done.stderr
    assert surfaces_with(name) == []
