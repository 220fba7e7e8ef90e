"""`python -m tests.run [postgres|sqlite|journeys] [pytest arguments]`: all tests, or one part of them."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sandbox.running import free_ports
from tests.browser import NoBrowser, find_chromium
from tests.servers import database_url, redis_url

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 600
STOP_SECONDS = 30


@dataclass(frozen=True)
class Result:
    """What one part came to."""

    name: str
    passed: int
    failed: int
    skipped: int
    seconds: float


def main(arguments: list[str]) -> int:
    """Run the parts and print what came out. Exit code 1 when anything failed."""
    # Told to end, unwind as for Ctrl-C, so that every server is stopped.
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    chosen = [PARTS[arguments.pop(0)]] if arguments and arguments[0] in PARTS else list(PARTS.values())
    results = [part(arguments) for part in chosen]
    print()
    for each in results:
        counts = f"{each.passed} passed, {each.failed} failed, {each.skipped} skipped"
        print(f"{each.name:<22} {counts} in {each.seconds:.0f} s")
    failed = sum(each.failed for each in results)
    print(f"{sum(each.passed for each in results)} passed, {failed} failed")
    return 1 if failed else 0


def on_postgres(arguments: Sequence[str]) -> Result:
    """The suite as production runs it."""
    with database_url() as database, redis_url() as redis:
        servers = {"DATABASE_URL": database, "REDIS_URL": redis}
        return run_pytest("PostgreSQL and Redis", suite(arguments), own_environment() | servers)


def on_sqlite(arguments: Sequence[str]) -> Result:
    """The suite on the embedded defaults."""
    return run_pytest("SQLite, embedded", suite(arguments), own_environment())


def journeys(arguments: Sequence[str]) -> Result:
    """The journeys, in a browser, against a demo of their own."""
    started = time.monotonic()
    try:
        chromium = find_chromium()
        with running_demo() as addresses:
            environment = own_environment() | addresses | {"CHROMIUM": chromium}
            return run_pytest("Journeys", ["tests/journeys", *arguments], environment)
    except (NoBrowser, DemoFailed) as error:
        print(error, file=sys.stderr)
        return Result("Journeys", passed=0, failed=1, skipped=0, seconds=time.monotonic() - started)


PARTS: dict[str, Callable[[Sequence[str]], Result]] = {
    "postgres": on_postgres,
    "sqlite": on_sqlite,
    "journeys": journeys,
}


def suite(arguments: Sequence[str]) -> list[str]:
    """Everything but the journeys, on two processes."""
    return ["-n", "2", "--ignore", "tests/journeys", *arguments]


def own_environment() -> dict[str, str]:
    """The environment without the servers of whoever runs the tests."""
    return {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}


def run_pytest(name: str, arguments: Sequence[str], environment: Mapping[str, str]) -> Result:
    """One run of pytest, counted from its report; a run without a report is a failure."""
    print(f"\n== {name}", flush=True)
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-q", f"--junit-xml={report}", *arguments]
        code = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
        passed, failed, skipped = read_report(report)
    if code and not failed:
        failed = 1
    return Result(name, passed, failed, skipped, time.monotonic() - started)


def read_report(report: Path) -> tuple[int, int, int]:
    """How many tests passed, failed (errors among them) and were skipped."""
    if not report.exists():
        return 0, 0, 0
    suites = ET.parse(report).getroot().iter("testsuite")  # noqa: S314 (pytest wrote it)
    counts = [
        {key: int(each.get(key, 0)) for key in ("tests", "failures", "errors", "skipped")} for each in suites
    ]
    tests, failures, errors, skipped = (
        sum(each[key] for each in counts) for key in ("tests", "failures", "errors", "skipped")
    )
    return tests - failures - errors - skipped, failures + errors, skipped


class DemoFailed(Exception):
    """The demo did not come up; the message holds what it said."""


@contextlib.contextmanager
def running_demo() -> Iterator[dict[str, str]]:
    """A demo on free ports with data of its own. Yields the addresses, as variables for the journeys."""
    names = ("PORT", "STRIPE_PORT", "SMTP_PORT", "MAILBOX_PORT")
    ports = dict(zip(names, map(str, free_ports(len(names))), strict=True))
    with tempfile.TemporaryDirectory(prefix="eir-journeys-") as folder:
        said = Path(folder) / "demo.log"
        # What was taken away shows while a journey watches: passes hold for seconds.
        environment = own_environment() | ports | {"DATA_DIR": f"{folder}/data", "PASS_SECONDS": "5"}
        with said.open("w") as output:
            command = [sys.executable, "-m", "demo"]
            process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)
        try:
            site = f"http://localhost:{ports['PORT']}"
            wait_until_welcomed(process, said)
            yield {
                "SITE_URL": site,
                "STRIPE_URL": f"http://127.0.0.1:{ports['STRIPE_PORT']}",
                "MAILBOX_URL": f"http://127.0.0.1:{ports['MAILBOX_PORT']}",
                "DEMO_DATA_DIR": f"{folder}/data",
            }
        finally:
            process.terminate()
            process.wait(STOP_SECONDS)


def wait_until_welcomed(process: subprocess.Popen[bytes], said: Path) -> None:
    """Wait for the demo's welcome. Raises DemoFailed when it ends or takes too long."""
    until = time.monotonic() + START_SECONDS
    while "Ctrl-C stops everything" not in said.read_text():
        if process.poll() is not None or time.monotonic() > until:
            raise DemoFailed(f"The demo did not come up. It said:\n{said.read_text()}")
        time.sleep(0.2)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
