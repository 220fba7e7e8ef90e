"""Handing one message to the mail server, and knowing exactly what became of it.

Django's own backend says only "sent" or raises; the ledger has to know at which step a conversation broke
off. Before the message's last line is out nothing can have arrived; after it, silence means that nobody knows
(rule E3).
"""

import re
import smtplib
from dataclasses import dataclass, replace
from email.generator import BytesGenerator
from email.utils import parseaddr
from enum import StrEnum
from io import BytesIO
from types import TracebackType
from typing import Protocol, Self

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend
from django.core.mail.message import sanitize_address

OK = range(200, 300)
TEMPORARY = range(400, 500)
PERMANENT = range(500, 600)
GO_AHEAD = 354
SERVICE_CLOSING = 421


class Fate(StrEnum):
    ACCEPTED = "accepted"
    DEFERRED = "deferred"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Answer:
    """What the server made of a message, in its own words; `is_connected`: the next one can be tried."""

    fate: Fate
    words: str = ""
    is_connected: bool = True


class Unreachable(Exception):
    """The mail server cannot be reached or does not let us in; nothing was sent."""


class Post(Protocol):
    """An open line to a mail server."""

    def send(self, message: EmailMessage) -> Answer: ...
    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def open_post() -> Post:
    """The line that `EMAIL_BACKEND` names. Raises `Unreachable` on entering or, once lost, on sending."""
    backend = get_connection()
    return SmtpPost(backend) if isinstance(backend, EmailBackend) else BackendPost(backend)


class _Line:
    """Opens the backend's connection on entering, closes it on leaving."""

    def __init__(self, backend: BaseEmailBackend) -> None:
        self.backend = backend

    def __enter__(self) -> Self:
        try:
            self.backend.open()
        except (smtplib.SMTPException, OSError) as error:
            raise Unreachable(_words(error)) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.backend.close()


class BackendPost(_Line):
    """Any other backend of Django's: it either took the message, or nobody knows."""

    def send(self, message: EmailMessage) -> Answer:
        try:
            taken = self.backend.send_messages([message])
        except Exception as error:  # noqa: BLE001  # it may raise anything, and none of it tells what arrived
            return Answer(Fate.UNKNOWN, _words(error))
        return Answer(Fate.ACCEPTED) if taken else Answer(Fate.UNKNOWN, "The backend did not say.")


class SmtpPost(_Line):
    """SMTP step by step (RFC 5321), over one connection as long as the server keeps it."""

    backend: EmailBackend

    def __init__(self, backend: EmailBackend) -> None:
        super().__init__(backend)
        self._sent_on_this_line = 0

    def send(self, message: EmailMessage) -> Answer:
        """Send one message. A server that ends the line between two messages is called once more."""
        answer = self._converse(message)
        if answer.is_connected:
            self._sent_on_this_line += 1
        elif answer.fate is Fate.DEFERRED and self._sent_on_this_line:
            self._reopen()
            answer = self._converse(message)
            self._sent_on_this_line = 1
        return answer

    def _reopen(self) -> None:
        self.backend.close()
        self.__enter__()

    def _converse(self, message: EmailMessage) -> Answer:
        smtp = self.backend.connection
        if smtp is None:
            raise Unreachable("The line is closed.")
        try:
            envelope = _seal(message)
        except ValueError as error:
            return Answer(Fate.REFUSED, _words(error))
        try:
            if refusal := _announce(smtp, envelope):
                return refusal
        except (smtplib.SMTPException, OSError) as error:
            return Answer(Fate.DEFERRED, _words(error), is_connected=False)
        try:
            return _judge(*_transmit(smtp, envelope), otherwise=Fate.UNKNOWN)
        except (smtplib.SMTPException, OSError) as error:
            return Answer(Fate.UNKNOWN, _words(error), is_connected=False)


@dataclass(frozen=True)
class _Envelope:
    """A message ready for the line: bare addresses, and the text with its dots doubled (RFC 5321 §4.5.2)."""

    sender: str
    recipients: tuple[str, ...]
    data: bytes


def _seal(message: EmailMessage) -> _Envelope:
    """Raises ValueError for an address or header that cannot be written."""
    text = BytesIO()
    # Folding would leave a first line without a word in headers that are one long address.
    BytesGenerator(text, mangle_from_=False, maxheaderlen=0).flatten(message.message(), linesep="\r\n")
    data = re.sub(rb"(?m)^\.", b"..", text.getvalue())
    ending = b".\r\n" if data.endswith(b"\r\n") else b"\r\n.\r\n"
    return _Envelope(
        _bare(message.from_email), tuple(_bare(to) for to in message.recipients()), data + ending
    )


def _announce(smtp: smtplib.SMTP, envelope: _Envelope) -> Answer | None:
    """MAIL, RCPT and DATA; None when the server waits for the text, otherwise its refusal.

    A server that will not have our sender at all refuses us, not the recipient: raises `Unreachable`.
    """
    smtp.ehlo_or_helo_if_needed()
    code, words = smtp.mail(envelope.sender)
    if code not in OK and code not in TEMPORARY:
        raise Unreachable(_said(code, words))
    for recipient in envelope.recipients:
        if code in OK:
            code, words = smtp.rcpt(recipient)
    if code in OK:
        code, words = smtp.docmd("DATA")
    return None if code == GO_AHEAD else _refused(smtp, code, words)


def _transmit(smtp: smtplib.SMTP, envelope: _Envelope) -> tuple[int, bytes]:
    smtp.send(envelope.data)
    return smtp.getreply()


def _refused(smtp: smtplib.SMTP, code: int, words: bytes) -> Answer:
    """The refusal, with the conversation set back for the next message."""
    answer = _judge(code, words, otherwise=Fate.DEFERRED)
    if not answer.is_connected:
        return answer
    try:
        smtp.rset()
    except (smtplib.SMTPException, OSError):
        return replace(answer, is_connected=False)
    return answer


def _judge(code: int, words: bytes, *, otherwise: Fate) -> Answer:
    """What a reply code means; `otherwise` for codes that mean nothing."""
    if code in OK:
        return Answer(Fate.ACCEPTED, _said(code, words))
    if code in TEMPORARY:
        return Answer(Fate.DEFERRED, _said(code, words), is_connected=code != SERVICE_CLOSING)
    return Answer(Fate.REFUSED if code in PERMANENT else otherwise, _said(code, words), is_connected=code > 0)


def _said(code: int, words: bytes) -> str:
    return f"{code} {words.decode(errors='replace')}".replace("\n", " ")


def _bare(address: str) -> str:
    """The address without its name; smtplib puts the brackets."""
    return parseaddr(sanitize_address(address, "utf-8"))[1]


def _words(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"
