"""How fast Stripe's events are taken and settled: `python -m benchmarks.webhooks`.

On SQLite, and on PostgreSQL with Redis: the servers of DATABASE_URL and REDIS_URL, or private ones. A server
process as in production gets signed `customer.subscription.updated` events, in turns at the endpoint and at a
bare view behind the same middleware that only verifies the signature and inserts one row. Then a worker
settles events, each about another customer or in bursts, fetching from the sandbox. It needs the packages of
`make test`.
"""

import contextlib
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import psycopg
import stripe

from sandbox.running import free_ports, running_sandbox
from tests.servers import database_url, redis_url

if TYPE_CHECKING:
    from subscriptions.models import Customer

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
SECRET = "whsec_benchmark"  # noqa: S105 (both ends of it are here)
ROUNDS, ROUND_SECONDS, CONNECTIONS = 60, 0.3, 8
CUSTOMERS, BURST, PATIENCE = 60, 10, 120
ENDPOINT, BARE = "/stripe/webhook/", "/bare/"


def main() -> None:
    run("SQLite, embedded", {})
    with database_url() as server, redis_url() as redis, own_database(server) as database:
        run("PostgreSQL and Redis", {"DATABASE_URL": database, "REDIS_URL": redis})


@contextlib.contextmanager
def own_database(server: str) -> Iterator[str]:
    """An empty database on this server, dropped after the block."""
    name = f"eir_benchmark_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield urlsplit(server)._replace(path=f"/{name}").geturl()
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def run(name: str, servers: Mapping[str, str]) -> None:
    """Measure in a process of its own: its database is chosen as it starts."""
    print(f"== {name}", flush=True)
    with tempfile.TemporaryDirectory(prefix="eir-benchmark-") as folder, contextlib.ExitStack() as stack:
        sandbox = stack.enter_context(running_sandbox(state=Path(folder) / "sandbox.sqlite3"))
        own = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
        environment = own | {
            "DJANGO_SETTINGS_MODULE": "eir.settings",
            "EIR_ENV": "demo",
            "LOG_LEVEL": "ERROR",
            "DATA_DIR": f"{folder}/data",
            "STRIPE_API_BASE": sandbox.stripe_url,
            "STRIPE_WEBHOOK_SECRETS": SECRET,
            "EMAIL_URL": f"smtp://127.0.0.1:{sandbox.smtp_port}",
            **servers,
        }
        command = [sys.executable, "-m", "benchmarks.webhooks", "measure"]
        subprocess.run(command, cwd=ROOT, env=environment, check=True)


def measure() -> None:
    """Within the environment that `run` has made."""
    from django.core.management import call_command
    from django.db import connection

    from benchmarks.bare_webhook import BareEvent

    call_command("migrate", verbosity=0)
    with connection.schema_editor() as schema:
        schema.create_model(BareEvent)
    customers = subscribers(CUSTOMERS)
    compare_storing(body_about(customers[0]))
    time_settling(customers)


# Taking them in


def compare_storing(body: str) -> None:
    """Both addresses in turns, on the same server; the ratio is that of all events taken."""
    (port,) = free_ports(1)
    size = ("--workers", "1", "--blocking-threads", "8", "--log-level", "error")
    where = ("--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port))
    ours: list[float] = []
    bare: list[float] = []
    with process(
        sys.executable,
        "-W",
        "ignore",
        str(BIN / "granian"),
        *where,
        *size,
        "benchmarks.bare_webhook:application",
    ):
        wait_for(port)
        for number in range(-2, ROUNDS):  # the first two warm up
            turns = ((ENDPOINT, ours), (BARE, bare))
            for path, rates in turns if number % 2 else turns[::-1]:
                rates.append(events_per_second(port, path, body, number))
    ratio = sum(ours[2:]) / sum(bare[2:])
    print(f"one server process, {CONNECTIONS} connections, median of {ROUNDS} rounds of {ROUND_SECONDS:g} s:")
    for name, rates in (("endpoint", ours[2:]), ("bare view", bare[2:])):
        spread = f"(from {min(rates):,.0f} to {max(rates):,.0f})"
        print(f"{name:<22}{statistics.median(rates):6,.0f} events/s {spread}")
    print(f"{'ratio':<22}{ratio:6.2f}", flush=True)


def events_per_second(port: int, path: str, body: str, turn: int) -> float:
    """Send events over several connections, each waiting for its answer, for one round."""
    until = time.perf_counter() + ROUND_SECONDS
    counts = [0] * CONNECTIONS

    def send(place: int) -> None:
        with socket.create_connection(("127.0.0.1", port)) as line:
            while time.perf_counter() < until:
                name = f"evt_{turn}_{place}_{counts[place]}"
                line.sendall(request(path, body.replace("evt_0", name)))
                answer = line.recv(65536)
                if not answer.startswith(b"HTTP/1.1 200"):
                    raise RuntimeError(answer.decode())
                counts[place] += 1

    started = time.perf_counter()
    threads = [threading.Thread(target=send, args=(place,)) for place in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.perf_counter() - started)


def request(path: str, body: str) -> bytes:
    """A signed POST as Stripe sends it."""
    data = body.encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Stripe-Signature: {stripe.WebhookSignature.generate_signature_header(body, SECRET)}\r\n"
        f"Content-Length: {len(data)}\r\n\r\n"
    )
    return head.encode() + data


# Settling them


def time_settling(customers: "list[Customer]") -> None:
    """A worker of two processes, against the sandbox on the same machine."""
    worker = ("-A", "eir", "--quiet", "worker", "--concurrency=2", "--loglevel=ERROR", "--without-gossip")
    with process(sys.executable, "-W", "ignore", "-m", "celery", *worker):
        settle(customers[:4], 1)  # until the worker is up
        for name, burst in (("different customers", 1), (f"bursts of {BURST}", BURST)):
            seconds = settle(customers, burst)
            number = len(customers) * burst
            print(
                f"   {name:<20}{number / seconds:6,.0f} events/s settled ({number} in {seconds:.1f} s)",
                flush=True,
            )


def settle(customers: "list[Customer]", burst: int) -> float:
    """How many seconds it takes until so many events of each customer are settled."""
    from django.utils import timezone

    from subscriptions.models import StripeEvent
    from subscriptions.tasks import sweep_events

    now, nonce = timezone.now(), time.monotonic_ns()
    rows = [
        StripeEvent(
            stripe_id=f"evt_{nonce}_{customer.pk}_{number}",
            type="customer.subscription.updated",
            subject=customer.stripe_id,
            livemode=False,
            body=json.dumps({"data": {"object": {"id": "sub_0"}}}),
            received_at=now,
        )
        for number in range(burst)
        for customer in customers
    ]
    StripeEvent.objects.bulk_create(rows)
    started = time.perf_counter()
    sweep_events.delay()
    while StripeEvent.objects.all().unsettled().exists() and time.perf_counter() < started + PATIENCE:
        time.sleep(0.02)
    seconds = time.perf_counter() - started
    mine = StripeEvent.objects.filter(stripe_id__startswith=f"evt_{nonce}_")
    if mine.exclude(state=StripeEvent.State.DONE).exists():
        raise SystemExit(f"Not settled: {mine.exclude(state=StripeEvent.State.DONE).first()}")
    return seconds


# Those it is about


def subscribers(number: int) -> "list[Customer]":
    """Readers who pay for a plan in the sandbox."""
    from accounts.models import User
    from subscriptions.actions.checkouts import ensure_customer
    from subscriptions.actions.plans import sync_plans
    from subscriptions.models import Plan

    Plan.objects.create(key="monthly", name="Monthly", amount=900)
    list(sync_plans())
    price = Plan.objects.get().stripe_price_id
    api = stripe_api()
    customers = []
    for count in range(number):
        customer = ensure_customer(user=User.objects.create_user(f"reader-{count}@example.com"))
        card = api.payment_methods.attach("pm_card_visa", {"customer": customer.stripe_id}).id
        items = [{"price": price}]
        api.subscriptions.create(
            {"customer": customer.stripe_id, "items": items, "default_payment_method": card}
        )
        customers.append(customer)
    return customers


def body_about(customer: "Customer") -> str:
    """An event as the sandbox sends it, named evt_0."""
    api = stripe_api()
    subscription = api.subscriptions.list({"customer": customer.stripe_id}).data[0]
    api.subscriptions.update(subscription.id, {"metadata": {"shelf": "north"}})
    event = api.events.list({"type": "customer.subscription.updated", "limit": 1}).data[0]
    return json.dumps(event.to_dict() | {"id": "evt_0"}, default=str)


def stripe_api() -> Any:
    from django.conf import settings

    return stripe.StripeClient(
        "sk_test_benchmark",
        stripe_version=settings.STRIPE_API_VERSION,
        base_addresses={"api": settings.STRIPE_API_BASE},
    ).v1


@contextlib.contextmanager
def process(*command: str) -> Iterator[None]:
    """This command runs while the block does."""
    running = subprocess.Popen(command, cwd=ROOT)
    try:
        yield
    finally:
        running.terminate()
        running.wait(30)


def wait_for(port: int) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise SystemExit("The server did not come up.")


if __name__ == "__main__":
    measure() if "measure" in sys.argv else main()
