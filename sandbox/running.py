"""Starting a sandbox from Python, for tests and the demo: on free ports, as the process it always is."""

import contextlib
import os
import re
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
READY = re.compile(r"sandbox ready: Stripe (\S+) · SMTP \S+:(\d+) · mailbox (\S+)")


@dataclass
class Sandbox:
    """A running sandbox."""

    process: subprocess.Popen[str]
    stripe_url: str
    smtp_port: int
    mailbox_url: str

    def stop(self) -> None:
        """End it as Ctrl-C would and wait; what it kept stays in its state file. May be called twice."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()


def free_ports(count: int) -> list[int]:
    """Ports nobody listens on at this moment."""
    with contextlib.ExitStack() as held:
        sockets = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [each.getsockname()[1] for each in sockets]


def start_sandbox(
    *, state: Path, ports: Sequence[int] = (), arguments: Sequence[str] = (), seconds: float = 20
) -> Sandbox:
    """Start `python -m sandbox` and wait for its ready line.

    `ports` are those of Stripe, SMTP and the mailbox; without them, free ones. Raises RuntimeError when
    it ends or stays silent for `seconds`.
    """
    stripe, smtp, web = ports or free_ports(3)
    where = [f"--stripe-port={stripe}", f"--smtp-port={smtp}", f"--web-port={web}"]
    process = subprocess.Popen(
        [sys.executable, "-m", "sandbox", *where, f"--state={state.resolve()}", *arguments],
        cwd=ROOT,
        env={key: value for key, value in os.environ.items() if key not in ("EIR_ENV", "STRIPE_SECRET_KEY")},
        stdout=subprocess.PIPE,
        text=True,
    )
    found = READY.search(_first_line(process, seconds))
    if not found:
        process.kill()
        process.wait()
        raise RuntimeError(
            f"The sandbox did not start within {seconds:g} seconds (exit code {process.returncode})."
        )
    return Sandbox(process, found[1], int(found[2]), found[3])


def _first_line(process: subprocess.Popen[str], seconds: float) -> str:
    """What the process says first, or nothing when it says nothing in time."""
    output: IO[str] | None = process.stdout
    until = time.monotonic() + seconds
    with selectors.DefaultSelector() as selector:
        if output is None:
            return ""
        selector.register(output, selectors.EVENT_READ)
        return output.readline() if selector.select(until - time.monotonic()) else ""


@contextlib.contextmanager
def running_sandbox(
    *, state: Path, ports: Sequence[int] = (), arguments: Sequence[str] = ()
) -> Iterator[Sandbox]:
    """A sandbox for the length of a `with` block."""
    sandbox = start_sandbox(state=state, ports=ports, arguments=arguments)
    try:
        yield sandbox
    finally:
        sandbox.stop()
