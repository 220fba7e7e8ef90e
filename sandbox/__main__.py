"""`python -m sandbox`: run the Stripe stand-in and the mailbox side by side."""

import asyncio
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
    for option in ("stripe_port", "smtp_port", "web_port"):
        port = getattr(options, option)
        try:
            socket.create_server((options.host, port)).close()
        except (OSError, OverflowError) as error:
            reason = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else str(error)
            another = "--" + option.replace("_", "-")
            message = (
                f"cannot listen on {options.host} port {port} ({reason}); choose another with {another}."
            )
            raise Refused(message) from error


if __name__ == "__main__":
    sys.exit(main())
