"""A real SMTP server that misbehaves on demand."""

import asyncio
import socket
from collections import Counter
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class MailServer:
    """Keeps what arrives. `at_recipient` and `at_text` say how to answer for an address at those steps:

    a reply line; "stall", which takes the text and never answers; or "drop", which takes it and hangs up.
    """

    def __init__(self) -> None:
        self.arrived: list[tuple[str, bytes]] = []
        self.connections = 0
        self.at_recipient: dict[str, str] = {}
        self.at_text: dict[str, str] = {}
        self.at_sender = ""
        self.pause = 0.0
        self.messages_per_line = 0
        self._on_this_line: Counter[int] = Counter()
        self.controller = Controller(self, hostname="127.0.0.1", port=free_port())

    @property
    def port(self) -> int:
        return int(self.controller.port)

    def recipients(self) -> list[str]:
        return [address for address, _ in self.arrived]

    def messages(self) -> list[EmailMessage]:
        return [message_from_bytes(data, policy=policy.default) for _, data in self.arrived]

    async def handle_EHLO(  # noqa: N802 (the library's name)
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.messages_per_line and self._on_this_line[id(session)] >= self.messages_per_line:
            return "421 4.7.0 Too many messages on this connection"
        if self.at_sender:
            return self.at_sender
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        reply = self.at_recipient.get(address)
        if reply is None:
            envelope.rcpt_tos.append(address)
        return reply or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        address = envelope.rcpt_tos[0]
        reply = self.at_text.get(address, "250 taken")
        await asyncio.sleep(self.pause)
        if reply.startswith(("4", "5")):
            return reply
        self.arrived.append((address, envelope.original_content or b""))
        self._on_this_line[id(session)] += 1
        if reply == "stall":
            await asyncio.sleep(3600)
        if reply == "drop":
            transport: Any = server.transport
            transport.abort()
        return reply
