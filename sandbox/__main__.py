"""`python -m sandbox`: run the Stripe stand-in and the mailbox side by side."""

import asyncio
import contextlib
import os
import socket
import sqlite3
import sys

from sandbox.options import Options, Refused, read_options, refuse_production


def main() -> int:
    """Run until Ctrl-C or SIGTERM. Exit code 2 when it must not or cannot run."""
    try:
        refuse_production(os.environ)
        options = read_options(sys.argv[1:])
        _check_ports(options)
    except Refused as refusal:
        print(f"sandbox: {refusal}", file=sys.stderr)
        return 2
    from sandbox.serving import run  # noqa: PLC0415 a refusal does not wait for the web server to load

    try:
        asyncio.run(run(options))
    except (OSError, sqlite3.Error) as error:
        print(f"sandbox: {error} (state file {options.state})", file=sys.stderr)
        return 2
    return 0


def _check_ports(options: Options) -> None:
    """Raises Refused naming the port that is taken and the option that moves it."""
    with contextlib.ExitStack() as held:
        for option in ("stripe_port", "smtp_port", "web_port"):
            _take_port(held, options.host, getattr(options, option), "--" + option.replace("_", "-"))


def _take_port(held: contextlib.ExitStack, host: str, port: int, option: str) -> None:
    try:
        held.enter_context(socket.create_server((host, port)))
    except (OSError, OverflowError) as error:
        reason = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else str(error)
        message = f"cannot listen on {host} port {port} ({reason}); choose another with {option}."
        raise Refused(message) from error


if __name__ == "__main__":
    sys.exit(main())
