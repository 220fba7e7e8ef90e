"""The process: its options, what it refuses, what it keeps."""

import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from sandbox.running import ROOT, free_ports, running_sandbox, start_sandbox
from tests.sandbox.driving import client_of


def run(*arguments: str, **environment: str) -> tuple[int, str]:
    """Run the sandbox to its end: exit code and what it said of errors."""
    done = subprocess.run(
        [sys.executable, "-m", "sandbox", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    return done.returncode, done.stderr.strip()


@pytest.mark.parametrize(
    ("name", "value"),
    [("EIR_ENV", "production"), ("STRIPE_SECRET_KEY", "sk_live_x"), ("STRIPE_SECRET_KEY", "rk_live_x")],
)
def test_production_settings_are_refused(name: str, value: str) -> None:
    code, said = run(**{name: value})
    assert code == 2
    assert re.fullmatch(rf"sandbox: {name} is .*", said)
    assert "sk_live_x" not in said


@pytest.mark.parametrize("option", ["--stripe-port", "--smtp-port", "--web-port"])
def test_taken_port_is_named(option: str, tmp_path: Path) -> None:
    options = ("--stripe-port", "--smtp-port", "--web-port")
    ports = dict(zip(options, free_ports(3), strict=True))
    with socket.create_server(("127.0.0.1", 0)) as holder:
        ports[option] = holder.getsockname()[1]
        arguments = [f"{name}={port}" for name, port in ports.items()]
        code, said = run(*arguments, "--state", str(tmp_path / "state.sqlite3"))
    assert code == 2
    assert said == (
        f"sandbox: cannot listen on 127.0.0.1 port {ports[option]} (Address already in use); "
        f"choose another with {option}."
    )


def test_same_port_twice_is_named() -> None:
    port = free_ports(1)[0]
    code, said = run(f"--stripe-port={port}", f"--smtp-port={port}")
    assert (code, said.endswith("choose another with --smtp-port.")) == (2, True)


def test_state_that_cannot_be_kept_is_named(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    ports = dict(zip(("--stripe-port", "--smtp-port", "--web-port"), free_ports(3), strict=True))
    state = blocked / "state.sqlite3"
    code, said = run(*(f"{name}={port}" for name, port in ports.items()), f"--state={state}")
    assert (code, len(said.splitlines())) == (2, 1)
    assert said.endswith(f"(state file {state})")


@pytest.mark.parametrize("days", ["", "0,1", "3,1", "1,1", "1,x", "1,,2"])
def test_retry_days_ascend(days: str) -> None:
    code, said = run(f"--retry-days={days}")
    last = said.splitlines()[-1]
    assert (code, last.partition("error: ")[2]) == (
        2,
        f"argument --retry-days: {days} is not a list of ascending days such as 1,3,5",
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["--rate-limit", "0"],
            "--rate-limit must be at least 1 request a second; without it all are answered.",
        ),
        (
            ["--forward-to", "http://x.test"],
            "--forward-to needs --signing-secret: events are never sent unsigned.",
        ),
        (
            ["--forward-to", "x.test", "--signing-secret", "whsec_a"],
            "--forward-to x.test is not an http or https address.",
        ),
    ],
)
def test_forwarding_needs_address_and_secret(arguments: list[str], said: str) -> None:
    assert run(*arguments) == (2, f"sandbox: {said}")


def test_restart_keeps_everything(tmp_path: Path) -> None:
    state = tmp_path / "deep" / "state.sqlite3"
    with running_sandbox(state=state) as first:
        client: Any = client_of(first)
        options = {"idempotency_key": "kept"}
        customer = client.v1.customers.create({"email": "kept@example.com"}, options)
    with running_sandbox(state=state) as second:
        client = client_of(second)
        assert client.v1.customers.retrieve(customer.id).email == "kept@example.com"
        assert client.v1.customers.create({"email": "kept@example.com"}, options).id == customer.id
        assert [event.type for event in client.v1.events.list().data] == ["customer.created"]


def test_it_stops_fast_and_clean(tmp_path: Path) -> None:
    sandbox = start_sandbox(state=tmp_path / "state.sqlite3")
    client: Any = client_of(sandbox)
    client.v1.customers.create({})
    before = time.monotonic()
    sandbox.stop()
    assert time.monotonic() - before < 3
    assert sandbox.process.returncode == 0
    sandbox.stop()


def test_ready_line_names_three_addresses_that_answer(tmp_path: Path) -> None:
    with running_sandbox(state=tmp_path / "state.sqlite3") as sandbox:
        for address in (sandbox.stripe_url, sandbox.mailbox_url):
            host, port = address.removeprefix("http://").split(":")
            socket.create_connection((host, int(port)), 2).close()
        with socket.create_connection(("127.0.0.1", sandbox.smtp_port), 2) as smtp:
            assert smtp.recv(3) == b"220"
