"""Running the Stripe stand-in until cancelled."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path

import uvicorn

from sandbox.stripe.app import build
from sandbox.stripe.store import Store
from sandbox.stripe.work import Settings


class _Server(uvicorn.Server):
    """Leaves the signals to the process that runs it."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(*, host: str, port: int, state: Path, settings: Settings, ready: asyncio.Event) -> None:
    """Run the server on a state file until cancelled; set `ready` once it accepts connections.

    Raises OSError when the port is taken, sqlite3.Error or OSError when the file cannot be kept.
    """
    with (
        contextlib.closing(socket.create_server((host, port))) as listener,
        contextlib.closing(Store(state)) as store,
    ):
        # Connections inherit it; without it each answer waits 40 ms for the client's delayed ACK.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        app = build(store, settings)
        config = uvicorn.Config(
            app, log_level="warning", access_log=False, timeout_graceful_shutdown=1, ws="none"
        )
        server = _Server(config)
        running = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            ready.set()
            await asyncio.shield(running)
        except asyncio.CancelledError:
            server.should_exit = True
            await running
            raise
