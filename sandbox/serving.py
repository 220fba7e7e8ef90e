"""The Stripe stand-in and the mailbox, side by side until a signal."""

import asyncio
import signal
import sys
from collections.abc import Coroutine
from typing import Any

from sandbox import mailbox
from sandbox.options import Options
from sandbox.stripe import server
from sandbox.stripe.work import Settings


async def run(options: Options) -> None:
    """Run both until Ctrl-C or SIGTERM. Raises what either of them fell over."""
    stripe_ready, mailbox_ready = asyncio.Event(), asyncio.Event()
    tasks = [
        _start(_stripe(options, stripe_ready)),
        _start(_mailbox(options, mailbox_ready)),
        _start(_announce(options, stripe_ready, mailbox_ready)),
    ]
    stop = asyncio.Event()
    for signum in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(signum, stop.set)
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait([stopping, tasks[0], tasks[1]], return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, Exception):
            raise outcome


def _start(part: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    return asyncio.create_task(part)


async def _stripe(options: Options, ready: asyncio.Event) -> None:
    settings = Settings(
        base_url=f"http://{_reachable(options.host)}:{options.stripe_port}",
        retry_days=options.retry_days,
        after_retries=options.after_retries,
        rate_limit=options.rate_limit,
        forward_to=options.forward_to,
        signing_secret=options.signing_secret,
    )
    await server.serve(
        host=options.host, port=options.stripe_port, state=options.state, settings=settings, ready=ready
    )


async def _mailbox(options: Options, ready: asyncio.Event) -> None:
    await mailbox.serve(
        host=options.host,
        smtp_port=options.smtp_port,
        web_port=options.web_port,
        state=options.state,
        ready=ready,
    )


async def _announce(options: Options, *parts: asyncio.Event) -> None:
    for part in parts:
        await part.wait()
    host = _reachable(options.host)
    stripe, mail = f"Stripe http://{host}:{options.stripe_port}", f"SMTP {host}:{options.smtp_port}"
    line = f"sandbox ready: {stripe} · {mail} · mailbox http://{host}:{options.web_port}\n"
    sys.stdout.write(line)
    sys.stdout.flush()


def _reachable(host: str) -> str:
    """An address a browser can open: 0.0.0.0 only means "everywhere"."""
    return "127.0.0.1" if host == "0.0.0.0" else host  # noqa: S104 it is compared, not bound
