"""The command line of the sandbox, and the settings it refuses to run with."""

import argparse
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

RETRY_DAYS = (1, 2, 3, 5, 7, 9, 11, 14)
"""Eight tries within two weeks: the default of Stripe's Smart Retries, which choose the moments."""


class Refused(Exception):
    """The sandbox must not run like this; the message says why in one line."""


@dataclass(frozen=True)
class Options:
    """Where the sandbox runs and what it does."""

    host: str
    stripe_port: int
    smtp_port: int
    web_port: int
    state: Path
    forward_to: str | None
    signing_secret: str | None
    retry_days: tuple[int, ...]
    after_retries: str
    rate_limit: int | None


def read_options(arguments: list[str]) -> Options:
    """The options of a command line. Raises Refused for a combination that cannot work."""
    options = Options(**vars(_parser().parse_args(arguments)))
    if options.rate_limit is not None and options.rate_limit < 1:
        raise Refused("--rate-limit must be at least 1 request a second; without it all are answered.")
    if options.forward_to and not options.signing_secret:
        raise Refused("--forward-to needs --signing-secret: events are never sent unsigned.")
    if options.forward_to and not options.forward_to.startswith(("http://", "https://")):
        raise Refused(f"--forward-to {options.forward_to} is not an http or https address.")
    return options


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox", description="A Stripe test-mode server and a mailbox."
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    parser.add_argument("--stripe-port", type=int, default=12111, help="port of the Stripe stand-in (12111)")
    parser.add_argument("--smtp-port", type=int, default=1025, help="port that takes mail (1025)")
    parser.add_argument("--web-port", type=int, default=8025, help="port of the mailbox's pages (8025)")
    parser.add_argument(
        "--state", type=Path, default=Path("var/sandbox.sqlite3"), help="file that keeps everything"
    )
    parser.add_argument("--forward-to", metavar="URL", help="send every event to this address")
    parser.add_argument(
        "--signing-secret", metavar="whsec_…", help="secret that signs what --forward-to sends"
    )
    parser.add_argument(
        "--retry-days",
        type=_retry_days,
        default=RETRY_DAYS,
        metavar="DAYS",
        help="days after its first failure on which a renewal is tried again (%(default)s)",
    )
    parser.add_argument(
        "--after-retries",
        choices=("canceled", "unpaid", "past_due"),
        default="canceled",
        help="what becomes of a subscription when the last retry of a renewal failed (canceled)",
    )
    parser.add_argument(
        "--rate-limit",
        type=int,
        metavar="N",
        help="answer N requests of the API a second and refuse more with 429 (all)",
    )
    return parser


def _retry_days(given: str) -> tuple[int, ...]:
    """`1,3,5` as numbers. Raises ArgumentTypeError unless they ascend from 1."""
    parts = given.split(",")
    days = tuple(int(part) for part in parts if part.isdecimal())
    if len(days) < len(parts) or sorted({0, *days}) != [0, *days]:
        raise argparse.ArgumentTypeError(f"{given} is not a list of ascending days such as 1,3,5")
    return days


def refuse_production(environment: Mapping[str, str]) -> None:
    """Raises Refused when the environment belongs to a site where people pay real money."""
    if environment.get("EIR_ENV", "").lower() == "production":
        raise Refused(
            "EIR_ENV is production: the sandbox takes no real money and must not stand in for Stripe there."
        )
    if environment.get("STRIPE_SECRET_KEY", "").startswith(("sk_live_", "rk_live_")):
        raise Refused(
            "STRIPE_SECRET_KEY is a live key: the sandbox only runs with test keys (sk_test_…) or none."
        )
