"""Running the mailbox: SMTP and web side by side until cancelled."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path

import uvicorn

from sandbox.mailbox.receiver import start_smtp
from sandbox.mailbox.store import MessageStore
from sandbox.mailbox.web import mailbox_app


class _WebServer(uvicorn.Server):
    """uvicorn without its own signal handlers: the process that runs the mailbox decides when it ends."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(
    *, host: str, smtp_port: int, web_port: int, state: Path, ready: asyncio.Event | None = None
) -> None:
    """Run both servers until cancelled; set `ready` once both accept connections.

    Messages are kept in the SQLite file `state`, which is made if need be. Raises OSError if a port is taken.
    """
    store = MessageStore(state)
    with contextlib.closing(socket.create_server((host, web_port))) as listener:
        smtp = await start_smtp(store=store, host=host, port=smtp_port)
        try:
            if ready is not None:
                # A bound socket queues connections, so a client may come before uvicorn's first turn.
                ready.set()
            await serve_web(store=store, listener=listener)
        finally:
            smtp.close()


async def serve_web(*, store: MessageStore, listener: socket.socket) -> None:
    """Serve the pages on this socket until cancelled, then let open requests end."""
    config = uvicorn.Config(
        mailbox_app(store), log_level="warning", lifespan="off", timeout_graceful_shutdown=2, ws="none"
    )
    server = _WebServer(config)
    running = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        await asyncio.shield(running)
    except asyncio.CancelledError:
        server.should_exit = True
        await running
        raise
