"""The comfort of writing: what the story's editor does beyond taking letters. No text here is saved."""

import json
import re
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, Route, expect

from tests.journeys.conftest import OpenPage, expect_accessible, sign_in

pytestmark = pytest.mark.journey

STORY = "A Ferry Novel That Keeps Strictly to the Timetable"
EDITOR = 'document.querySelector(".prose-editor:has(textarea[name=body]) .ProseMirror").editor'
NARROW = "\u202f"


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    return begin(open_page())


def begin(page: Page) -> Page:
    """The writer in the form of a draft of theirs."""
    sign_in(page, "writer@example.com")
    page.goto(f"/admin/articles/article/?q={STORY.replace(' ', '+')}")
    page.get_by_role("link", name=STORY).first.click()
    wait_for_editor(page)
    return page


def wait_for_editor(page: Page) -> None:
    expect(text_of(page)).to_be_visible()
    expect(page.locator(".prose-line")).to_contain_text("Words")


def text_of(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Body")


def write(page: Page, html: str) -> None:
    """Put a text in place of all there is, and the cursor at its end."""
    page.evaluate(f"html => {EDITOR}.chain().setContent(html).focus('end').run()", html)
    page.wait_for_function(f"{EDITOR}.view.hasFocus()")


def html_of(page: Page) -> str:
    html: str = page.evaluate(f"{EDITOR}.getHTML()")
    return html


def choose_language(page: Page, language: str) -> None:
    """In the form, whatever kind of field it has for it."""
    page.evaluate(
        """language => {
          const field = document.querySelector("[name=language]")
          if (field.options) field.add(new Option(language, language))
          field.value = language
          field.dispatchEvent(new Event("change", { bubbles: true }))
        }""",
        language,
    )


def typed(page: Page, keys: str, language: str = "en") -> str:
    """What stands in an empty paragraph after someone has typed into it."""
    choose_language(page, language)
    write(page, "<p></p>")
    page.keyboard.type(keys)
    return text_of(page).locator("p").first.inner_text()


def paste(page: Page, kind: str, data: str) -> None:
    page.evaluate(
        f"""([kind, data]) => {{
          const clipboardData = new DataTransfer()
          clipboardData.setData(kind, data)
          const event = new ClipboardEvent("paste", {{ clipboardData, bubbles: true, cancelable: true }})
          {EDITOR}.view.dom.dispatchEvent(event)
        }}""",
        [kind, data],
    )


def hand_over_file(page: Page, event: str, name: str, kind: str, data: bytes) -> None:
    """Drop or paste a file, as from the person's desktop."""
    page.evaluate(
        f"""([event, name, type, bytes]) => {{
          const transfer = new DataTransfer()
          transfer.items.add(new File([new Uint8Array(bytes)], name, {{ type }}))
          const dom = {EDITOR}.view.dom
          const {{ left, top }} = dom.querySelector("p").getBoundingClientRect()
          const place = {{ clientX: left + 4, clientY: top + 4, bubbles: true, cancelable: true }}
          dom.dispatchEvent(
            event === "drop"
              ? new DragEvent("drop", {{ ...place, dataTransfer: transfer }})
              : new ClipboardEvent("paste", {{ clipboardData: transfer, bubbles: true, cancelable: true }}),
          )
        }}""",
        [event, name, kind, list(data)],
    )


def drawn(size: tuple[int, int] = (900, 600)) -> bytes:
    data = BytesIO()
    Image.new("RGB", size, "#486070").save(data, "PNG")
    return data.getvalue()


def give_house_style(page: Page, rules: list[dict[str, str]]) -> None:
    """Let the form's page carry these rules, before any it has itself."""
    element = f'<script type="application/json" id="house-style">{json.dumps(rules)}</script>'

    def with_rules(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace("</head>", f"{element}</head>", 1))

    page.route(re.compile(r"/admin/articles/article/\d+/change/"), with_rules)
    page.reload()
    wait_for_editor(page)


def focus_is_in_text(page: Page) -> bool:
    return bool(page.evaluate(f"{EDITOR}.view.hasFocus()"))


def test_the_text_and_a_selection_are_counted(page: Page) -> None:
    note = '<span class="footnote">six words of a footnote here</span>'
    write(page, f"<h2>Two words</h2><p>Three more words{note}.</p>" + "<p>word</p>" * 340)
    line = page.get_by_role("group", name="About the text")
    expect(line).to_contain_text("Words 345 Characters 1,386 Reading time 2 min")
    page.evaluate(f"{EDITOR}.commands.setTextSelection({{ from: 1, to: 10 }})")
    expect(line).to_contain_text("Selected words / characters 2 / 9")


def test_any_script_of_the_page_gets_at_the_editor(page: Page) -> None:
    seen = page.evaluate(
        f"""async () => {{
          const {{ whenReady }} = await import("eir/prose-page")
          return new Promise((resolve) =>
            whenReady((editor, textarea) => resolve([editor === {EDITOR}, textarea.name])),
          )
        }}"""
    )
    assert seen == [True, "body"]


def test_signs_are_set_as_typed_by_the_storys_language(page: Page) -> None:
    assert typed(page, "\"Don't,\" she said -- 'in the '90s' --- \"so...\"") == (
        "“Don’t,” she said – ‘in the ’90s’ — “so…”"
    )
    assert typed(page, "Er sagte \"so 'war' es, geht's\"", "de") == "Er sagte „so ‚war‘ es, geht’s“"
    assert typed(page, 'Il dit "l\'heure " enfin', "fr") == f"Il dit «{NARROW}l’heure{NARROW}» enfin"
    assert typed(page, '"Hola" y "otra"', "es") == "«Hola» y «otra»"
    assert typed(page, '"Sim" "não"', "pt-BR") == "“Sim” “não”"
    assert typed(page, '"Sì, l\'ora"', "it") == "«Sì, l’ora»"
    assert typed(page, 'see https://example.org/a--b"c...') == 'see https://example.org/a--b"c...'


def test_backspace_and_undo_bring_back_what_was_typed(page: Page) -> None:
    assert typed(page, 'A "') == "A “"
    page.keyboard.press("Backspace")
    page.keyboard.type("inch")
    assert html_of(page) == '<p>A "inch</p>'
    page.keyboard.type("...")
    page.keyboard.press("Control+z")
    assert html_of(page) == '<p>A "inch...</p>'


def test_smart_quotes_stay_off_for_who_turned_them_off(page: Page) -> None:
    page.get_by_label("Smart quotes").uncheck()
    assert typed(page, '"It\'s"') == '"It\'s"'
    page.reload()
    wait_for_editor(page)
    expect(page.get_by_label("Smart quotes")).not_to_be_checked()
    assert typed(page, '"It\'s"') == '"It\'s"'
    page.get_by_label("Smart quotes").check()
    assert typed(page, '"It\'s"') == "“It’s”"


def test_find_and_replace(page: Page) -> None:
    text = "<p>The <em>harbour</em>, the Harbour’s wall.</p><p>harbours, harbour</p>"
    write(page, text)
    page.keyboard.press("Control+f")
    bar = page.get_by_role("search", name="Find and replace")
    page.keyboard.type("harbour")
    expect(bar).to_contain_text("1 of 4")
    expect(text_of(page).locator(".prose-hit")).to_have_count(4)
    expect_accessible(page)
    page.keyboard.press("Shift+Enter")
    expect(bar).to_contain_text("4 of 4")
    page.keyboard.press("Enter")
    bar.get_by_label("Match case").check()
    expect(bar).to_contain_text("1 of 3")
    bar.get_by_label("Whole word").check()
    expect(bar).to_contain_text("1 of 2")
    bar.get_by_label("Replace with").fill("quay")
    bar.get_by_role("button", name="Replace", exact=True).click()
    expect(bar).to_contain_text("1 of 1")
    bar.get_by_role("button", name="Replace all").click()
    expect(bar).to_contain_text("1 replaced")
    assert html_of(page) == "<p>The <em>quay</em>, the Harbour’s wall.</p><p>harbours, quay</p>"
    bar.get_by_label("Find").fill("harbour's")
    expect(bar).to_contain_text("Not found")
    bar.get_by_label("Match case").uncheck()
    expect(bar).to_contain_text("1 of 1")
    page.keyboard.press("Escape")
    expect(bar).to_be_hidden()
    assert (focus_is_in_text(page), page.evaluate("getSelection().toString()")) == (True, "Harbour’s")
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    assert html_of(page) == text
    expect(text_of(page).locator(".prose-hit")).to_have_count(0)


def test_replacing_all_is_one_step_to_undo(page: Page) -> None:
    write(page, "<p>one two one</p><p>one</p>")
    page.keyboard.press("Control+Alt+h")
    bar = page.get_by_role("search", name="Find and replace")
    bar.get_by_label("Find").fill("one")
    bar.get_by_role("button", name="Replace all").click()
    assert html_of(page) == "<p> two </p><p></p>"
    page.keyboard.press("Escape")
    page.keyboard.press("Control+z")
    assert html_of(page) == "<p>one two one</p><p>one</p>"


SHORTCUTS = f"""async () => {{
  const {{ getExtensionField }} = await import("django-prose-editor/editor")
  const editor = {EDITOR}
  const found = editor.extensionManager.extensions.flatMap((extension) => {{
    const {{ name, options }} = extension
    const type = editor.schema.nodes[name] ?? editor.schema.marks[name]
    const context = {{ name, options, storage: editor.storage[name], editor, type }}
    const bindings = getExtensionField(extension, "addKeyboardShortcuts", context)
    return bindings ? Object.keys(bindings()) : []
  }})
  return {{ found, listed: editor.storage.keySheet.rows.flatMap(([, , ...keys]) => keys) }}
}}"""
PLAIN_WRITING = {"Enter", "Mod-a", "Mod-Backspace", "Mod-Delete", "Shift-Backspace"}


def settled(keys: str) -> str:
    """One way to write a shortcut, whatever the order and the case."""
    *modifiers, key = re.split(r"-(?=.)", keys)
    return "-".join(
        [*sorted(modifiers, key=["Mod", "Alt", "Shift"].index), key.lower() if len(key) == 1 else key]
    )


def test_the_help_sheet_lists_every_shortcut_there_is(page: Page) -> None:
    keys = page.evaluate(SHORTCUTS)
    found, listed = ({settled(each) for each in keys[name] if each.isascii()} for name in ("found", "listed"))
    found = {each for each in found if not re.match(r"(Ctrl|Alt)-", each)}
    assert found - listed - PLAIN_WRITING == set()
    assert listed - found == {"Mod-Alt-m"}  # the comments', which are no extension


def test_the_help_sheet_opens_and_closes_by_keyboard(page: Page) -> None:
    write(page, "<p>Text.</p>")
    page.keyboard.press("Control+/")
    sheet = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(sheet).to_contain_text("Display quote Ctrl Alt Q")
    expect_accessible(page)
    for _ in range(3):
        page.keyboard.press("Tab")
    assert page.evaluate(
        "document.activeElement.closest('dialog') !== null || document.activeElement === document.body"
    )
    page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    assert focus_is_in_text(page)
    page.get_by_role("button", name="Keyboard shortcuts").click()
    expect(sheet).to_be_visible()


def test_a_dropped_picture_needs_words_before_it_is_sent_and_set(page: Page) -> None:
    write(page, "<p>Before.</p><p>After.</p>")
    hand_over_file(page, "drop", "Quay.png", "image/png", drawn())
    dialog = page.get_by_role("dialog", name="New picture")
    expect(dialog).to_be_visible()
    expect_accessible(page)
    insert = dialog.get_by_role("button", name="Add and insert")
    dialog.get_by_label("What the picture shows").fill("  ")
    insert.click()
    expect(dialog.get_by_role("alert")).to_have_text("Say in a few words what the picture shows.")
    dialog.get_by_label("What the picture shows").fill("A quay at dawn")
    dialog.get_by_label("Caption").fill("The quay.")
    dialog.get_by_label("Credit").fill("Ada Wexcombe")
    insert.click()
    expect(text_of(page).locator("figure img")).to_be_visible()
    assert re.sub(r"/media/\S+\.jpeg|\d{2,}", "…", html_of(page)) == (
        '<p>Before.</p><figure><img src="…" data-picture="…" width="…" height="…" alt="A quay at dawn">'
        '<figcaption>The quay. <span class="credit">Ada Wexcombe</span></figcaption></figure><p>After.</p>'
    )
    assert page.evaluate("document.querySelector('.ProseMirror figure img').naturalWidth") == 900
    page.keyboard.press("Control+z")
    assert html_of(page) == "<p>Before.</p><p>After.</p>"


def test_what_is_no_picture_is_refused_in_words(page: Page) -> None:
    write(page, "<p>Text.</p>")
    hand_over_file(page, "paste", "notes.pdf", "application/pdf", b"%PDF-1.7")
    expect(page.get_by_role("dialog", name="Not a picture")).to_contain_text("JPEG, PNG, WebP or AVIF")
    page.keyboard.press("Escape")
    hand_over_file(page, "paste", "quay.png", "image/png", b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    dialog = page.get_by_role("dialog", name="New picture")
    dialog.get_by_label("What the picture shows").fill("A quay")
    dialog.get_by_role("button", name="Add and insert").click()
    expect(dialog.get_by_role("alert")).to_contain_text("This is not a JPEG, PNG, WebP or AVIF picture")
    page.keyboard.press("Escape")
    assert html_of(page) == "<p>Text.</p>"


def test_a_picture_is_chosen_from_the_library_by_keyboard_alone(page: Page) -> None:
    write(page, "<p>Text.</p><p></p>")
    page.keyboard.press("Control+Alt+p")
    library = page.get_by_role("dialog", name="Choose a picture")
    expect(library.get_by_role("status")).to_contain_text("24+ pictures")
    expect_accessible(page)
    page.keyboard.type("lighthouse")
    expect(library.get_by_role("status")).not_to_contain_text("24+")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    words = page.get_by_role("dialog", name="Picture", exact=True)
    expect(words.get_by_label("What the picture shows")).to_have_value(re.compile("lighthouse"))
    expect_accessible(page)
    words.get_by_label("What the picture shows").fill("A lighthouse")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(text_of(page).locator("figure")).to_have_count(1)
    expect(text_of(page).locator("figure img")).to_have_attribute("alt", "A lighthouse")


def test_a_link_to_a_story_of_ours_says_when_readers_cannot_open_it(page: Page) -> None:
    write(page, "<p>Read the novel</p>")
    page.evaluate(f"{EDITOR}.commands.setTextSelection({{ from: 10, to: 15 }})")
    page.keyboard.press("Control+k")
    dialog = page.get_by_role("dialog", name="Link")
    page.keyboard.type("ferry novel")
    expect(dialog.get_by_role("listitem")).to_have_count(1)
    expect(dialog.get_by_role("listitem")).to_contain_text(STORY)
    expect_accessible(page)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(dialog).to_contain_text("Readers cannot open this story yet")
    page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    href = "/articles/ferry-novel-keeps-the-timetable/"
    assert html_of(page) == f'<p>Read the <a href="{href}">novel</a></p>'


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("example.org/a", "https://example.org/a"),
        ("desk@example.org", "mailto:desk@example.org"),
        ("/corrections/", "/corrections/"),
    ],
)
def test_an_address_is_taken_as_it_is_meant(page: Page, written: str, stored: str) -> None:
    write(page, "<p></p>")
    page.get_by_role("button", name="Link", exact=True).click()
    dialog = page.get_by_role("dialog", name="Link")
    dialog.get_by_label("Address").fill("javascript:alert(1)")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("This is no web address")
    dialog.get_by_label("Address").fill(written)
    page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    assert html_of(page) == f'<p><a href="{stored}">{stored}</a></p>'


def test_an_address_alone_in_a_line_becomes_a_card_and_nothing_is_loaded_from_it(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    write(page, "<p>Before.</p><p></p>")
    paste(page, "text/plain", "https://films.example/watch?v=1")
    offer = page.get_by_role("group", name="Offer for an address")
    expect(offer).to_contain_text("Make films.example a card?")
    expect_accessible(page)
    page.keyboard.press("Control+.")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Embed")
    expect(dialog.get_by_label("Web address")).to_have_value("https://films.example/watch?v=1")
    expect_accessible(page)
    dialog.get_by_label("Title").fill("A film of the crossing")
    page.keyboard.press("Enter")
    expect(text_of(page).locator(".embed")).to_have_text("A film of the crossing films.example")
    card = '<div class="embed"><a href="https://films.example/watch?v=1">A film of the crossing</a></div>'
    assert html_of(page) == f"<p>Before.</p>{card}<p></p>"
    page.keyboard.type("https://films.example/two")
    page.keyboard.press("Enter")
    expect(offer).to_be_visible()
    page.keyboard.press("Escape")
    expect(offer).to_be_hidden()
    assert html_of(page).endswith("<p>https://films.example/two</p><p></p>")
    assert [url for url in asked if "films.example" in url] == []


RULES = [
    {"avoid": "utilise", "prefer": "use", "note": "shorter"},
    {"avoid": "internet", "prefer": "Internet", "note": ""},
    {"avoid": "very", "prefer": "", "note": "mostly empty"},
]


def test_the_house_style_is_marked_and_offered(page: Page) -> None:
    give_house_style(page, RULES)
    text = "<p>Utilise the internet, utilised by very few on the Internet.</p>"
    write(page, text)
    marks = text_of(page).locator(".prose-avoid")
    titles: list[Any] = marks.evaluate_all("marks => marks.map((mark) => [mark.textContent, mark.title])")
    assert titles == [
        ["Utilise", "prefer “use” – shorter"],
        ["internet", "prefer “Internet”"],
        ["very", "avoid – mostly empty"],
    ]
    assert html_of(page) == text
    marks.first.click()
    offer = page.get_by_role("group", name="House style")
    expect(offer).to_contain_text("“Utilise”: prefer “use” – shorter")
    expect_accessible(page)
    page.keyboard.press("Control+.")
    page.keyboard.press("Enter")
    assert html_of(page) == text.replace("Utilise", "Use")
    page.keyboard.press("Control+z")
    assert html_of(page) == text
    page.get_by_role("button", name="House style: 3").click()
    expect(offer).to_be_visible()
    page.keyboard.press("Escape")
    expect(offer).to_be_hidden()
    assert focus_is_in_text(page)


@pytest.mark.parametrize("is_dark", [False, True])
def test_everything_fits_a_phone(open_page: OpenPage, is_dark: bool) -> None:
    page = begin(open_page(width=390, height=800, dark=is_dark))
    write(page, "<p>A harbour.</p>")
    page.keyboard.press("Control+f")
    expect_to_fit(page)
    page.keyboard.press("Escape")
    for keys, title in (
        ("Control+/", "Keyboard shortcuts"),
        ("Control+Alt+p", "Choose a picture"),
        ("Control+k", "Link"),
    ):
        page.keyboard.press(keys)
        dialog = page.get_by_role("dialog", name=title)
        expect(dialog).to_be_visible()
        expect_to_fit(page)
        assert dialog.evaluate("dialog => dialog.scrollWidth - dialog.clientWidth") == 0
        page.keyboard.press("Escape")


def expect_to_fit(page: Page) -> None:
    """Nothing sticks out to the side, and axe-core has nothing to say."""
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    expect_accessible(page)
