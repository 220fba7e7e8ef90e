"""Rendering letters."""

import pytest
from django.template import TemplateDoesNotExist
from pytest_django.fixtures import Settings

from kit.letters import LetterBroken, render_letter

COLUMN = "<mj-section><mj-column><mj-text>{{ who }}</mj-text></mj-column></mj-section>"
LAYOUT = f"<mjml><mj-body>{COLUMN}</mj-body></mjml>"


def use_templates(settings: Settings, **templates: str) -> None:
    """Only these letters exist, in the folder of the desk."""
    loader = {f"emails/desk/{name}": text for name, text in templates.items()}
    settings.TEMPLATES = [
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {"loaders": [("django.template.loaders.locmem.Loader", loader)]},
        }
    ]


def test_text_is_not_escaped_and_the_page_is(settings: Settings) -> None:
    use_templates(
        settings,
        **{"note.subject.txt": "For {{ who }}\n\n", "note.txt": "\nDear {{ who }}", "note.mjml": LAYOUT},
    )
    letter = render_letter("desk/note", {"who": "Orlund & Sons"})
    assert letter.subject == "For Orlund & Sons"
    assert letter.text == "Dear Orlund & Sons\n"
    assert "Orlund &amp; Sons" in letter.html


def test_characters_that_xml_cannot_hold_do_not_stop_a_letter(settings: Settings) -> None:
    use_templates(settings, **{"note.subject.txt": "For you", "note.txt": "x", "note.mjml": LAYOUT})
    assert "Orlund" in render_letter("desk/note", {"who": "Or\x0bl\x01und"}).html


def test_a_subject_is_one_line_whatever_it_holds(settings: Settings) -> None:
    use_templates(settings, **{"note.subject.txt": "For {{ who }}", "note.txt": "x", "note.mjml": LAYOUT})
    assert (
        render_letter("desk/note", {"who": "a\r\nBcc: all@example.org"}).subject
        == "For a Bcc: all@example.org"
    )


def test_a_faulty_layout_names_its_template(settings: Settings) -> None:
    use_templates(
        settings, **{"note.subject.txt": "x", "note.txt": "x", "note.mjml": "<mjml><mj-body></mjml>"}
    )
    with pytest.raises(LetterBroken, match=r"emails/desk/note\.mjml is not valid MJML: "):
        render_letter("desk/note", {})


def test_a_letter_that_does_not_exist_is_named(settings: Settings) -> None:
    use_templates(settings)
    with pytest.raises(TemplateDoesNotExist, match=r"emails/desk/note\.subject\.txt"):
        render_letter("desk/note", {})


def test_a_message_carries_both_parts_and_the_given_headers(settings: Settings) -> None:
    use_templates(settings, **{"note.subject.txt": "Note", "note.txt": "text", "note.mjml": LAYOUT})
    letter = render_letter("desk/note", {"who": "Mara"})
    message = letter.message(to="mara@example.org", from_email="desk@eir.example", headers={"X-Note": "1"})
    assert (message.to, message.from_email, message.body) == (
        ["mara@example.org"],
        "desk@eir.example",
        "text\n",
    )
    assert message.extra_headers == {"X-Note": "1"}
    assert message.alternatives == [(letter.html, "text/html")]
