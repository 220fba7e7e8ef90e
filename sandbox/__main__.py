"""`python -m sandbox`: run the Stripe stand-in and the mailbox side by side."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Coroutine
from typing import Any

from sandbox import mailbox
from sandbox.options import Options, Refused, read_options, refuse_production
from sandbox.stripe import server
from sandbox.stripe.work import Settings


def main() -> int:
    """Run until Ctrl-C or SIGTERM. Exit code 2 when it must not or cannot run."""
    try:
        refuse_production(os.environ)
        options = read_options(sys.argv[1:])
        _check_ports(options)
    except Refused as refusal:
        print(f"sandbox: {refusal}", file=sys.stderr)
        return 2
    asyncio.run(_run(options))
    return 0


def _check_ports(options: Options) -> None:
    """Raises Refused naming the port that is taken and the option that moves it."""
    for option in ("stripe_port", "smtp_port", "web_port"):
        port = getattr(options, option)
        name = "--" + option.replace("_", "-")
        try:
            socket.create_server((options.host, port)).close()
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or error
            raise Refused(
                f"cannot listen on {options.host} port {port} ({reason}); choose another with {name}."
            ) from error


async def _run(options: Options) -> None:
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
        after_retries=options.after_retries,
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
    print(f"sandbox ready: {stripe} · {mail} · mailbox http://{host}:{options.web_port}", flush=True)


def _reachable(host: str) -> str:
    """An address a browser can open: 0.0.0.0 only means "everywhere"."""
    return "127.0.0.1" if host == "0.0.0.0" else host


if __name__ == "__main__":
    sys.exit(main())
