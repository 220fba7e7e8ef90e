"""`make demo`: the whole magazine on this machine, with its sample publication, until Ctrl-C.

Standard library only, so that it can say what is wrong before anything else is imported.
"""

import asyncio
import os
import shutil
import sys
from pathlib import Path

from demo import logins
from demo.house import (
    Refused,
    Setup,
    demo_environment,
    locked,
    needs_preparing,
    read_setup,
    remember_prepared,
)
from demo.processes import Ended, Processes, until_stopped

PYTHON = sys.executable
BESIDE_CELERY = ("--without-gossip", "--without-mingle", "--without-heartbeat")


def main(arguments: list[str]) -> int:
    """Exit code 0 when stopped by Ctrl-C or SIGTERM, 1 when something failed."""
    try:
        if arguments == ["--reset"]:
            return reset(read_setup(os.environ, checks_ports=False))
        setup = read_setup(os.environ)
        with locked(setup.data_dir):
            return asyncio.run(run(setup))
    except Refused as refusal:
        print(refusal, file=sys.stderr)
        return 1
    except KeyboardInterrupt:  # before there was anything to stop
        return 0


def reset(setup: Setup) -> int:
    """Delete what the demo wrote."""
    with locked(setup.data_dir):
        shutil.rmtree(setup.data_dir)
    print(f"{setup.data_dir} is gone. The next make demo starts from the beginning.")
    return 0


async def run(setup: Setup) -> int:
    """Bring everything up, say where it is, and stay until stopped."""
    environment = demo_environment(os.environ, setup)
    async with Processes(environment=environment, logs=setup.data_dir / "logs") as processes:
        try:
            await until_stopped(live(setup, processes))
        except Ended as end:
            print(f"\n{end}", file=sys.stderr)
            return 1
        print("\nStopping …", flush=True)
    return 0


async def live(setup: Setup, processes: Processes) -> None:
    """Start each part as soon as what it needs is there. Raises Ended when one ends."""
    print("Starting …", flush=True)
    await processes.start("sandbox", sandbox_command(setup))
    if needs_preparing(setup):
        await processes.until_answers(f"http://127.0.0.1:{setup.stripe_port}/")
        print("Preparing the database and the sample publication (once) …", flush=True)
        await processes.finish("prepare", [PYTHON, "manage.py", "prepare_demo"])
        remember_prepared(setup)
    await processes.start("site", site_command(setup))
    await processes.start("worker", celery("worker", "--concurrency=2", *BESIDE_CELERY))
    await processes.start("beat", celery("beat"))
    await processes.until_answers(f"http://127.0.0.1:{setup.port}/healthz")
    print(welcome(setup), flush=True)
    await processes.first_end()


def sandbox_command(setup: Setup) -> list[str]:
    """The Stripe stand-in and the mailbox."""
    return [
        *(PYTHON, "-m", "sandbox"),
        f"--stripe-port={setup.stripe_port}",
        f"--smtp-port={setup.smtp_port}",
        f"--web-port={setup.mailbox_port}",
        f"--state={setup.data_dir / 'sandbox.sqlite3'}",
        f"--forward-to=http://127.0.0.1:{setup.port}/stripe/webhook/",
        f"--signing-secret={setup.webhook_secret}",
        "--after-retries=unpaid",
    ]


def site_command(setup: Setup) -> list[str]:
    """The site, as in production but for its address."""
    granian = str(Path(PYTHON).parent / "granian")
    where = ("--host", "127.0.0.1", "--port", str(setup.port))
    size = ("--workers", "2", "--blocking-threads", "8")
    return [granian, "--interface", "wsgi", *where, *size, "eir.wsgi:application"]


def celery(part: str, *options: str) -> list[str]:
    """A part of Celery."""
    return [PYTHON, "-m", "celery", "-A", "eir", part, "--loglevel=INFO", *options]


def welcome(setup: Setup) -> str:
    """Where everything is and who may sign in."""
    people = [*logins.STAFF, *((kind.capitalize(), email, name) for kind, email, name in logins.READERS)]
    width = max(len(email) for _, email, _ in people)
    lines = [
        "",
        f"  The magazine   {setup.site_url}/",
        f"  Newsroom       {setup.site_url}/admin/",
        f"  Mailbox        http://127.0.0.1:{setup.mailbox_port}/",
        f"  Stripe sandbox http://127.0.0.1:{setup.stripe_port}/",
        "",
        f"  Sign in with the password {logins.PASSWORD} as",
        *(f"    {email:<{width}}  {role}" for role, email, _ in people),
        "",
        f"  Pay with the card 4242 4242 4242 4242. Logs are in {setup.data_dir / 'logs'}.",
        "  Ctrl-C stops everything; the data stays.",
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
