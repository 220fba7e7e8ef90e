"""Letters: every mail the house sends is a subject, a text and an MJML layout under `templates/emails/`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import mrml
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import Context, Engine
from django.template.loader import render_to_string

from kit.xml import for_xml

# mrml would have the reader's mail program load fonts from another company.
OPTIONS = mrml.RenderOptions(fonts={})


class LetterBroken(Exception):
    """A letter's layout is not valid MJML; the message names the template."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A rendered mail: one line of subject, the plain text, and the HTML made from the MJML."""

    subject: str
    text: str
    html: str

    def message(
        self, *, to: str, from_email: str | None = None, headers: Mapping[str, str] | None = None
    ) -> EmailMultiAlternatives:
        """The letter to `to`, from the account stream unless `from_email` says otherwise (rule B7)."""
        message = EmailMultiAlternatives(
            self.subject,
            self.text,
            from_email or settings.DEFAULT_FROM_EMAIL,
            [to],
            headers=dict(headers or {}),
        )
        message.attach_alternative(self.html, "text/html")
        return message


def render_letter(name: str, context: Mapping[str, Any]) -> Letter:
    """The letter `templates/emails/<name>.{subject.txt,txt,mjml}`; raises `LetterBroken` on faulty MJML.

    Besides `context` the templates know `publication`, `site_url` and `language`.
    """
    known = {
        "publication": settings.PUBLICATION,
        "site_url": settings.SITE_URL,
        "language": settings.LANGUAGE_CODE,
        **context,
    }
    subject = " ".join(render_text(f"emails/{name}.subject.txt", known).split())
    text = render_text(f"emails/{name}.txt", known).strip() + "\n"
    return Letter(subject, text, render_layout(f"emails/{name}.mjml", known))


def render_text(template_name: str, context: Mapping[str, Any]) -> str:
    """A template as plain text: nothing is escaped."""
    return Engine.get_default().get_template(template_name).render(Context(dict(context), autoescape=False))


def render_layout(template_name: str, context: Mapping[str, Any]) -> str:
    """An MJML template as the HTML of a mail."""
    layout = for_xml(render_to_string(template_name, dict(context)))
    try:
        output = mrml.to_html(layout, render_options=OPTIONS)
    except OSError as error:  # what mrml raises for anything it cannot read
        raise LetterBroken(f"{template_name} is not valid MJML: {error}") from error
    return output.content
