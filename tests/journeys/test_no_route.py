"""Rule W1: a writer publishes by no route there is."""

import os
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from demo.house import demo_environment, read_setup
from tests.journeys.conftest import SITE, expect_accessible
from tests.journeys.desk import (
    MOMENT,
    Desk,
    approve,
    draft,
    expect_state,
    fetch,
    key_of,
    moment,
    post,
    press,
    publish,
    save,
    slug_of,
    surfaces_with,
)

pytestmark = [pytest.mark.journey, pytest.mark.timeout(400)]

ROUTED_STATES = {"Draft": "Draft", "In review": "In review", "Approved": "Approved", "Unpublished": "Draft"}
"""Where the stories stand that the writer tries to publish, and where they must still stand in the end."""
ROOT = Path(__file__).resolve().parent.parent.parent


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
    for move in ("approve", "publish", "schedule", "correct"):
        post(page, f"/admin/desk/stories/{key}/move/", **forged(move))


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
