"""The letter itself: rendered once for each kind of reader, then made out to one of them.

The rendered copy holds marks such as `@@greeting@@` where a reader's own words go; filling them in is all
that is done per message, so that an edition for a million readers is set twice, not a million times.
"""

import re
from dataclasses import replace
from datetime import datetime
from email.utils import format_datetime, formataddr, make_msgid
from html import escape

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils.crypto import salted_hmac

from accounts.models import User
from kit.letters import Letter, render_letter
from newsletters.digest import make_digest, plans_url
from newsletters.models import Edition, EditionCopy
from newsletters.queries import Recipient
from newsletters.tokens import make_token, preferences_url, unsubscribe_url

TEMPLATE = "newsletters/digest"
MARK = re.compile(r"@@(greeting|preferences_url|unsubscribe_url)@@")
LARGEST_HTML = 100_000
"""In bytes; Gmail cuts a message off at 102 KB (rule B5)."""


class LetterTooLong(Exception):
    """The rendered letter would be cut off by mail programs."""


def render_edition(edition: Edition, *, variant: str, at: datetime) -> Letter:
    """The edition for one kind of reader, with the personal marks open. Raises `LetterTooLong`."""
    digest = make_digest(edition, variant=variant, is_mailed=True, at=at)
    context = {
        "digest": digest,
        "edition": edition,
        "newsletter": edition.newsletter,
        "web_url": settings.SITE_URL + edition.get_absolute_url(),
        "plans_url": plans_url(),
    }
    letter = render_letter(TEMPLATE, context)
    size = len(letter.html.encode())
    if size > LARGEST_HTML:
        raise LetterTooLong(
            f"The letter for a {variant} has {size // 1000} KB; at most {LARGEST_HTML // 1000} are allowed."
        )
    return letter


def letter_for_trial(edition: Edition, *, variant: str, to: User, at: datetime) -> EmailMultiAlternatives:
    """The edition as it stands, for one of the staff, marked as a test. Raises `LetterTooLong`."""
    letter = render_edition(edition, variant=variant, at=at)
    recipient = Recipient(to.pk, to.email, to.name, variant)
    message = make_message(edition, replace(letter, subject=f"[Test] {letter.subject}"), recipient, at=at)
    message.extra_headers["Message-ID"] = make_msgid(domain=_domain())
    return message


def letter_of(copy: EditionCopy) -> Letter:
    """The letter that was kept when the edition was let go."""
    return Letter(copy.subject, copy.text, copy.html)


def make_message(
    edition: Edition, letter: Letter, recipient: Recipient, *, at: datetime
) -> EmailMultiAlternatives:
    """The letter made out to one reader, with the headers of a list message (RFC 2369, 2919, 8058)."""
    newsletter = edition.newsletter
    url = unsubscribe_url(make_token(user_id=recipient.user_id, newsletter_id=newsletter.pk))
    headers = {
        "Message-ID": message_id(edition, recipient.address),
        "Date": format_datetime(at),
        "List-Id": formataddr((_one_line(newsletter.name), f"{newsletter.slug}.{_domain()}")),
        "List-Unsubscribe": f"<{url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    filled = fill(letter, recipient, unsubscribe=url)
    return filled.message(to=_mailbox(recipient), from_email=settings.DIGEST_FROM_EMAIL, headers=headers)


def fill(letter: Letter, recipient: Recipient, *, unsubscribe: str) -> Letter:
    """The letter with one reader's own words in place of the marks."""
    words = {
        "greeting": f"Dear {_one_line(recipient.name) or 'reader'},",
        "preferences_url": preferences_url(user_id=recipient.user_id),
        "unsubscribe_url": unsubscribe,
    }
    return Letter(
        letter.subject,
        MARK.sub(lambda mark: words[mark[1]], letter.text),
        MARK.sub(lambda mark: escape(words[mark[1]]), letter.html),
    )


def message_id(edition: Edition, address: str) -> str:
    """The same for the same edition and address whenever it is made, and telling neither (rule E8)."""
    mark = salted_hmac("newsletters.message-id", f"{edition.pk} {address}", algorithm="sha256").hexdigest()[
        :32
    ]
    return f"<{edition.newsletter.slug}.{edition.edition_date:%Y%m%d}.{mark}@{_domain()}>"


def _mailbox(recipient: Recipient) -> str:
    return formataddr((_one_line(recipient.name), recipient.address))


def _one_line(words: str) -> str:
    """Without line breaks, which would end a header."""
    return " ".join(words.split())


def _domain() -> str:
    return settings.DIGEST_FROM_ADDRESS.rpartition("@")[2]
