"""The SMTP side: takes every message for everyone and keeps it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from aiosmtpd.smtp import SMTP, Envelope, Session

from sandbox.mailbox.store import MessageStore

SIZE_LIMIT = 32 * 1024 * 1024


class Receiver:
    """aiosmtpd calls `handle_DATA` once a message is complete; the answer is what the client is told."""

    def __init__(self, store: MessageStore) -> None:
        self._store = store

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep the message and only then say so: a client told 250 finds it in the mailbox."""
        raw = envelope.content if isinstance(envelope.content, bytes) else b""
        recipients = [str(address) for address in envelope.rcpt_tos]
        message_id = await asyncio.to_thread(
            self._store.keep,
            mail_from=str(envelope.mail_from or ""),
            recipients=recipients,
            raw=raw,
            at=datetime.now(UTC),
        )
        return f"250 2.0.0 Kept as message {message_id}"


async def start_smtp(*, store: MessageStore, host: str, port: int) -> asyncio.Server:
    """An SMTP server that accepts connections. Raises OSError if the port is taken."""
    loop = asyncio.get_running_loop()
    receiver = Receiver(store)
    return await loop.create_server(
        lambda: SMTP(
            receiver,
            data_size_limit=SIZE_LIMIT,
            enable_SMTPUTF8=True,
            hostname="mailbox.localhost",
            ident="EIR sandbox mailbox",
            loop=loop,
        ),
        host=host,
        port=port,
    )
