"""Reading one message: its headers, its two bodies, its other parts. Never fails on malformed mail."""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTPUTF8
from functools import cached_property
from urllib.parse import urlsplit

LOOPBACK = ("127.0.0.1", "::1", "localhost")
ONE_CLICK = "List-Unsubscribe=One-Click"


@dataclass(frozen=True)
class Part:
    """One leaf of the MIME tree. `number` is its place among all leaves, counted from 0."""

    number: int
    name: str
    content_type: str
    content_id: str
    is_attachment: bool
    data: bytes


@dataclass(frozen=True)
class Letter:
    """A message as it was received: the envelope the client gave, and the bytes it sent."""

    id: int
    received_at: datetime
    mail_from: str
    recipients: tuple[str, ...]
    raw: bytes

    @cached_property
    def _message(self) -> EmailMessage:
        return parse(self.raw)

    @cached_property
    def headers(self) -> list[tuple[str, str]]:
        """Every header in its order, decoded; one that appears twice is here twice."""
        return [(name, header_text(self._message, index)) for index, name in enumerate(self._message.keys())]

    def header(self, name: str) -> str:
        """The first header of this name, or an empty string."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    @property
    def sender(self) -> str:
        """The From header, or the envelope's sender when there is none."""
        return self.header("From") or self.mail_from

    @property
    def subject(self) -> str:
        """The subject on one line; empty when there is none."""
        return " ".join(self.header("Subject").split())

    @property
    def text(self) -> str:
        """The plain text body, or an empty string."""
        return self._body("plain")

    @property
    def html(self) -> str:
        """The HTML body as sent, or an empty string. It is somebody's code: show it in a sandbox only."""
        return self._body("html")

    @cached_property
    def parts(self) -> list[Part]:
        """All leaves of the MIME tree, the bodies among them."""
        return [read_part(number, leaf) for number, leaf in enumerate(leaves(self._message))]

    @property
    def attachments(self) -> list[Part]:
        """The parts that are files rather than bodies; inline pictures count."""
        return [part for part in self.parts if part.is_attachment]

    @property
    def source(self) -> str:
        """The message as it came, for reading; bytes that are no UTF-8 are replaced."""
        return self.raw.decode(errors="replace")

    @cached_property
    def unsubscribe_addresses(self) -> list[str]:
        """The addresses of List-Unsubscribe, in the sender's order of preference (RFC 2369 §2)."""
        return [
            re.sub(r"\s+", "", each) for each in re.findall(r"<([^>]*)>", self.header("List-Unsubscribe"))
        ]

    @property
    def one_click_address(self) -> str:
        """Where a mail provider would POST, or an empty string if this message offers no one-click.

        RFC 8058 §3.1 asks for one https address; plain http is taken on this machine only, where the demo
        runs without a certificate.
        """
        pages = [address for address in self.unsubscribe_addresses if is_postable(address)]
        is_offered = "".join(self.header("List-Unsubscribe-Post").split()) == ONE_CLICK
        return pages[0] if is_offered and len(pages) == 1 else ""

    def _body(self, subtype: str) -> str:
        body = self._message.get_body(preferencelist=(subtype,))
        return decoded_text(body) if isinstance(body, EmailMessage) else ""


def parse(raw: bytes) -> EmailMessage:
    """The message of these bytes; defects are noted by the parser and not raised."""
    return email.message_from_bytes(raw, policy=SMTPUTF8)


def header_text(message: EmailMessage, index: int) -> str:
    """The decoded value of the header at this place, or the raw one where decoding fails."""
    try:
        return str(message.values()[index])
    except Exception:  # noqa: BLE001 (the standard library's parser raises many kinds on malformed headers)
        return str(list(message.raw_items())[index][1])


def leaves(message: EmailMessage) -> Iterator[EmailMessage]:
    """Every part that holds no other parts."""
    return (part for part in message.walk() if not part.is_multipart())


def read_part(number: int, leaf: EmailMessage) -> Part:
    """What the pages need to know of one leaf."""
    name = leaf.get_filename() or ""
    content_id = (leaf.get("Content-ID") or "").strip("<> ")
    is_text = leaf.get_content_maintype() == "text"
    return Part(
        number=number,
        name=name or f"part-{number}",
        content_type=leaf.get_content_type(),
        content_id=content_id,
        is_attachment=bool(name) or leaf.is_attachment() or not is_text,
        data=payload(leaf),
    )


def payload(leaf: EmailMessage) -> bytes:
    """The decoded bytes of a leaf."""
    data = leaf.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def decoded_text(leaf: EmailMessage) -> str:
    """The text of a leaf in its charset; an unknown charset is read as UTF-8."""
    data = payload(leaf)
    try:
        text = data.decode(leaf.get_content_charset("utf-8"), errors="replace")
    except LookupError:
        text = data.decode(errors="replace")
    return text.replace("\r\n", "\n")


def is_postable(address: str) -> bool:
    """Whether an address is https, or http on this machine."""
    try:
        parts = urlsplit(address)
        return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    except ValueError:
        return False
