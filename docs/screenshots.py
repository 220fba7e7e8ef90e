"""`python -m docs.screenshots [name …]`: the pictures of the docs, from a demo that runs at SITE_URL.

It begins two stories of its own; take them from a fresh demo, so that the rest is as the sample has it.
"""

import os
import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Locator, Page, sync_playwright

from demo.logins import PASSWORD
from tests.browser import find_chromium

SITE = os.environ.get("SITE_URL", "http://localhost:8000")
IMAGES = Path(__file__).parent / "img"
WIDTH, HEIGHT = 1280, 900
COLOURS = 128
MOST_BYTES = 200_000

IN_REVIEW = "Forty Barges Insure One Another, and Read the Small Print"
CHANGES = "Plateau Herders and Astronomers Draft a Treaty on Darkness"
DRAFT = "A Ferry Novel That Keeps Strictly to the Timetable"


class Desk:
    """The browsers of the people of the demo, each signed in when first asked for."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._pages: dict[str, Page] = {}

    def page(self, who: str = "") -> Page:
        """That person's page; without a name, a visitor's."""
        if who not in self._pages:
            size = {"width": WIDTH, "height": HEIGHT}
            page = self._browser.new_page(base_url=SITE, viewport=size, reduced_motion="reduce")  # type: ignore[arg-type]
            self._pages[who] = page
            if who:
                page.goto("/accounts/login/")
                page.get_by_label("E-mail address").fill(f"{who}@example.com")
                page.get_by_label("Password", exact=True).fill(PASSWORD)
                page.get_by_role("button", name="Sign in", exact=True).click()
                page.wait_for_url(lambda url: "/accounts/login/" not in url)
        page = self._pages[who]
        page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
        return page

    def story(self, who: str, headline: str) -> Page:
        """That person's page, with the story open."""
        page = self.page(who)
        page.goto(f"/admin/articles/article/?q={headline.replace(' ', '+')}")
        page.locator("#result_list").get_by_role("link", name=headline).first.click()
        page.locator(".desk").wait_for()
        return page


def front_page(desk: Desk) -> Page:
    page = desk.page()
    page.goto("/")
    return page


def article_wall(desk: Desk) -> Page:
    page = desk.page()
    page.goto("/articles/tessaly-tunnel-last-four-hundred-metres/")
    page.locator(".wall").scroll_into_view_if_needed()
    return page


def my_desk(desk: Desk) -> Page:
    page = desk.page("editor")
    page.goto("/admin/")
    return page


def begin(desk: Desk) -> Page:
    page = desk.page("editor")
    page.goto("/admin/desk/begin/")
    page.get_by_label("Slugline").fill("night-ferry-band")
    page.get_by_label("Section").select_option(label="Culture")
    page.get_by_label("Type of story").select_option(label="Review")
    page.get_by_label("Brief").fill("They have played on the night ferry for thirty years. Go and listen.")
    page.get_by_label("Assignee").select_option(label="Marta Ellingsen")
    return page


def story(desk: Desk) -> Page:
    page = desk.story("editor", IN_REVIEW)
    page.set_viewport_size({"width": WIDTH, "height": 1300})
    return page


def find_and_replace(desk: Desk) -> Page:
    page = desk.story("writer", DRAFT)
    page.locator(".ProseMirror").first.click()
    page.keyboard.press("Control+f")
    page.keyboard.type("boat")
    page.get_by_role("search", name="Find and replace").scroll_into_view_if_needed()
    return page


def shortcuts(desk: Desk) -> Locator:
    page = desk.story("writer", DRAFT)
    page.locator(".ProseMirror").first.click()
    page.keyboard.press("Control+/")
    dialog = page.get_by_role("dialog")
    dialog.wait_for()
    return dialog


def comments(desk: Desk) -> Page:
    page = desk.story("editor", IN_REVIEW)
    page.locator(".margin .thread").first.get_by_role("link").click()
    page.get_by_label("Standfirst").evaluate("field => field.scrollIntoView()")
    return page


def preflight(desk: Desk) -> Page:
    page = desk.story("writer", CHANGES)
    add(page, "", " In order to see the Kestrel harbor at night, they met on TK [date].")
    page.locator(".preflight summary").click()
    page.locator(".preflight__finding").first.wait_for()
    page.evaluate("scrollTo(0, 0)")
    return page


def preview(desk: Desk) -> Page:
    page = desk.story("editor", IN_REVIEW)
    page.get_by_role("link", name="Preview", exact=True).click()
    page.get_by_role("link", name="Phone").click()
    page.frame_locator("iframe").locator("h1").wait_for()
    return page


def guest(desk: Desk) -> Page:
    address = desk.story("editor", IN_REVIEW).locator("input[id^=guest-url]").first.input_value()
    page = desk.page()
    page.goto(address)
    page.get_by_role("heading", name="Your comments").evaluate(
        "heading => scrollTo(0, heading.getBoundingClientRect().top + scrollY - 480)"
    )
    return page


def calendar(desk: Desk) -> Page:
    page = desk.page("editor")
    page.goto("/admin/desk/calendar/")
    page.get_by_role("link", name="Week", exact=True).click()
    return page


def merge(desk: Desk) -> Page:
    writer, editor = desk.page("writer"), desk.page("editor")
    writer.goto("/admin/desk/begin/")
    writer.get_by_label("Slugline").fill("canal-lock")
    writer.get_by_label("Section").select_option(label="Infrastructure")
    writer.get_by_role("button", name="Begin writing").click()
    writer.get_by_label("Headline").fill("The Lock That Opens Twice a Day")
    writer.locator(".ProseMirror").click()
    for words in (
        "The lock opened at six.",
        "A barge went through with gravel.",
        "It closed again at seven.",
    ):
        writer.keyboard.type(words)
        writer.keyboard.press("Enter")
    save(writer)
    editor.goto(writer.url)
    add(editor, "A barge went through", " It was the only one.")
    add(writer, "A barge went through", " Nobody waved.")
    add(writer, "It closed again", " The keeper went home.")
    writer.get_by_label("Headline").fill("The Lock That Opens Once a Day")
    save(editor)
    writer.get_by_role("button", name="Save and continue editing").click()
    writer.wait_for_url("**/merge/**")
    return writer


def add(page: Page, paragraph: str, words: str) -> None:
    """Type at the end of the paragraph that holds these words."""
    found = page.locator(".ProseMirror p", has_text=paragraph).first
    found.scroll_into_view_if_needed()
    box = found.bounding_box()
    found.click(position={"x": 4, "y": box["height"] - 8 if box else 4})
    page.wait_for_timeout(300)  # the editor takes the browser's selection over a little later
    page.keyboard.press("End")
    page.keyboard.type(words)


def save(page: Page) -> None:
    page.get_by_role("button", name="Save and continue editing").click()
    page.get_by_text("was changed successfully").wait_for()


def comparison(desk: Desk) -> Page:
    page = desk.story("writer", DRAFT)
    page.get_by_label("Headline").fill("A Ferry Novel That Keeps to the Timetable")
    add(page, "The best chapter is the shortest", " Nobody in it says a word for two pages.")
    page.locator(".ProseMirror p", has_text="There are weaknesses").click(click_count=3)
    page.keyboard.type("There is one weakness: the brothers make it up too readily.")
    save(page)
    page.get_by_role("link", name="Revisions").first.click()
    page.get_by_role("button", name="Compare A with B").click()
    page.get_by_role("link", name="Changes only").click()
    return page


def change(desk: Desk) -> Page:
    page = desk.page("tutor")
    page.goto("/account/change/")
    page.get_by_label("Seats").fill("8")
    page.get_by_role("button", name="See what it costs").first.click()
    page.get_by_role("heading", name="Today").wait_for()
    return page


def reader(desk: Desk) -> Page:
    page = desk.page("support")
    page.goto("/admin/books/readers/?q=overdue@example.com")
    page.get_by_role("link", name="overdue@example.com").click()
    page.get_by_role("heading", name="What happened").wait_for()
    return page


def books(desk: Desk) -> Page:
    page = desk.page("publisher")
    page.goto("/admin/books/")
    page.get_by_role("button", name="Compare now").click()
    for _ in range(60):
        if page.get_by_text("Last compared in full").count():
            break
        page.wait_for_timeout(1000)
        page.reload()
    return page


def at(path: str, who: str = "editor") -> Callable[[Desk], Page]:
    """A page that needs nothing but its address."""

    def opened(desk: Desk) -> Page:
        page = desk.page(who)
        page.goto(path)
        return page

    return opened


SHOTS: dict[str, Callable[[Desk], Page | Locator]] = {
    "front-page": front_page,
    "article-wall": article_wall,
    "my-desk": my_desk,
    "begin": begin,
    "story": story,
    "find": find_and_replace,
    "shortcuts": shortcuts,
    "comments": comments,
    "preflight": preflight,
    "preview-phone": preview,
    "guest": guest,
    "board": at("/admin/desk/board/"),
    "calendar": calendar,
    "reports": at("/admin/desk/reports/", "publisher"),
    "plans": at("/subscribe/", ""),
    "account-overdue": at("/account/", "overdue"),
    "change": change,
    "reader": reader,
    "books": books,
    "revenue": at("/admin/books/reports/revenue/", "publisher"),
    "corrections": at("/corrections/", ""),
    "merge": merge,
    "comparison": comparison,
}


def main(names: list[str]) -> int:
    """Take those named, or all. Exit code 1 for a picture that came out too large."""
    is_too_large = False
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        desk = Desk(browser)
        for name in names or SHOTS:
            size = keep(SHOTS[name](desk), IMAGES / f"{name}.png")
            is_too_large |= size > MOST_BYTES
            print(f"{name}: {size / 1000:.0f} kB", flush=True)
        browser.close()
    return 1 if is_too_large else 0


def keep(shown: Page | Locator, file: Path) -> int:
    """Store what is seen, in few colours; returns the file's size in bytes."""
    page = shown if isinstance(shown, Page) else shown.page
    page.wait_for_load_state("networkidle")
    seen = Image.open(BytesIO(shown.screenshot(animations="disabled"))).convert("RGB")
    seen.quantize(COLOURS, dither=Image.Dither.NONE).save(file, optimize=True)
    return file.stat().st_size


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
