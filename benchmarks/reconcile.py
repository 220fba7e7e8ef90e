"""How fast our books are compared with Stripe's: `python -m benchmarks.reconcile [SUBSCRIPTIONS …]`.

On a throw-away SQLite database, and on PostgreSQL: DATABASE_URL's server, or a private one. One reader
subscribes at a sandbox; both books are then filled with copies of that reader, and compared as `manage.py
reconcile` does, first all of it and then as on any other night. Prints seconds, requests and queries, and how
long the requests for 100,000 subscriptions take at the pace of the settings and at Stripe's limit.
"""

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sandbox.running import running_sandbox
from tests.servers import database_url

SIZES = (1_000, 10_000)
TARGET = 100_000
STRIPES_LIMIT = 100
"""Requests a second in live mode (docs.stripe.com/rate-limits)."""
COPIED = (
    "customer",
    "payment_method",
    "subscription",
    "invoice",
    "payment_intent",
    "charge",
    "invoice_payment",
)


@dataclass(frozen=True)
class Measured:
    """One comparison."""

    seconds: float
    requests: int
    queries: int
    compared: int


def main(sizes: list[str]) -> None:
    run("SQLite, embedded", {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}, sizes)
    with database_url() as url:
        run("PostgreSQL", {**os.environ, "DATABASE_URL": url}, sizes)


def run(name: str, environment: dict[str, str], sizes: list[str]) -> None:
    """Measure in a process of its own: its database is chosen as it starts."""
    print(f"== {name}", flush=True)
    command = [sys.executable, "-m", "benchmarks.reconcile", "measure", *sizes]
    subprocess.run(command, cwd=Path(__file__).parent.parent, env=environment, check=True)


def measure(sizes: list[int]) -> None:
    """In a database that is made for this, and dropped after it."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django

    django.setup()
    from django.test.utils import setup_databases, setup_test_environment, teardown_databases

    setup_test_environment(debug=False)
    made = setup_databases(verbosity=0, interactive=False)
    try:
        with tempfile.TemporaryDirectory() as folder:
            compare(Path(folder) / "stripe.sqlite3", sizes)
    finally:
        teardown_databases(made, verbosity=0)


def compare(state: Path, sizes: list[int]) -> None:
    from django.conf import settings

    settings.STRIPE_REQUESTS_PER_SECOND = 100_000  # the sandbox's own speed
    with running_sandbox(state=state) as sandbox:
        settings.STRIPE_API_BASE = sandbox.stripe_url
        customer, there = one_reader(sandbox.stripe_url), 1
        print(
            f"{'subscriptions':>14}{'night':>8}{'seconds':>9}{'a second':>10}{'requests':>10}{'queries':>9}"
        )
        for size in sizes:
            copy_at_stripe(state, range(there, size))
            copy_here(customer, range(there, size))
            there = size
            print_line(size, "first", first := compare_once(since_ever=True))
            print_line(size, "other", other := compare_once())
    print(in_words("the first", first.requests * TARGET / size))
    print(in_words("any other", other.requests * TARGET / size))


def one_reader(address: str) -> Any:
    """Somebody who subscribes, in both books."""
    import stripe
    from django.conf import settings
    from django.utils import timezone

    from accounts.models import User
    from subscriptions.actions.books import sync_customer
    from subscriptions.actions.checkouts import ensure_customer
    from subscriptions.actions.plans import sync_plans
    from subscriptions.models import Plan

    v1 = stripe.StripeClient(
        settings.STRIPE_SECRET_KEY,
        stripe_version=settings.STRIPE_API_VERSION,
        base_addresses={"api": address},
    ).v1
    plan = Plan.objects.create(key="monthly", name="Monthly", amount=900)
    list(sync_plans())
    plan.refresh_from_db()
    customer = ensure_customer(user=User.objects.create_user("reader@example.com"))
    card = v1.payment_methods.attach("pm_card_visa", {"customer": customer.stripe_id})
    v1.subscriptions.create(
        {
            "customer": customer.stripe_id,
            "items": [{"price": plan.stripe_price_id}],
            "default_payment_method": card.id,
        }
    )
    sync_customer(customer=customer, at=timezone.now())
    return customer


def copy_at_stripe(state: Path, numbers: range) -> None:
    """Put the reader's objects into the sandbox's file once more for each number, under other ids."""
    with closing(sqlite3.connect(state, timeout=60)) as kept, kept:
        marks = ", ".join("?" * len(COPIED))
        query = f"SELECT kind, id, json FROM objects WHERE kind IN ({marks}) ORDER BY seq LIMIT 7"  # noqa: S608
        rows = kept.execute(query, COPIED).fetchall()
        ids = [row[1] for row in rows] + items_in(rows)
        for number in numbers:
            for kind, stripe_id, text in rows:
                copy = renamed(text, ids, number)
                facts = (f"{stripe_id}{number}", kind, copy, "{}")
                kept.execute("INSERT INTO objects (id, kind, json, hidden) VALUES (?, ?, ?, ?)", facts)


def items_in(rows: list[Any]) -> list[str]:
    """The ids of subscription items and invoice lines, which are objects within objects."""
    inner = [json.loads(text).get(key, {}) for _, _, text in rows for key in ("items", "lines")]
    return [each["id"] for part in inner for each in part.get("data", ())]


def renamed(text: str, ids: list[str], number: int) -> str:
    for stripe_id in ids:
        text = text.replace(f'"{stripe_id}"', f'"{stripe_id}{number}"')
    return text


def copy_here(customer: Any, numbers: range) -> None:
    """The same for our tables."""
    from accounts.models import User
    from subscriptions.models import Customer, Grant, Invoice, InvoiceLine, Payment, Subscription

    def copies(row: Any, **links: list[Any]) -> list[Any]:
        fields = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}  # noqa: SLF001
        fields.pop("id")
        made = []
        for place, number in enumerate(numbers):
            values = {**fields, **{name: others[place].pk for name, others in links.items()}}
            if "stripe_id" in fields:
                values["stripe_id"] = f"{row.stripe_id}{number}"
            made.append(type(row)(**values))
        return list(type(row)._default_manager.bulk_create(made, batch_size=500))  # noqa: SLF001 documented

    users = User.objects.bulk_create(
        (User(email=f"reader-{number}@example.com") for number in numbers), batch_size=500
    )
    customers = copies(Customer.objects.get(pk=customer.pk), user_id=users)
    subscriptions = copies(Subscription.objects.get(customer=customer), customer_id=customers)
    invoices = copies(
        Invoice.objects.get(customer=customer), customer_id=customers, subscription_id=subscriptions
    )
    copies(InvoiceLine.objects.get(invoice__customer=customer), invoice_id=invoices)
    copies(Payment.objects.get(customer=customer), customer_id=customers, invoice_id=invoices)
    copies(Grant.objects.get(user=customer.user), user_id=users, subscription_id=subscriptions)


def compare_once(*, since_ever: bool = False) -> Measured:
    """All of it; not `since_ever`: as if the copies had been made before the last comparison."""
    from django.db import connection
    from django.utils import timezone

    from subscriptions.actions.reconciling import begin_run, compare_everything
    from subscriptions.gateways import Pace
    from subscriptions.models import Drift, Reconciliation

    if since_ever:
        Reconciliation.objects.all().delete()
    Reconciliation.objects.update(started_at=timezone.now() + timedelta(days=1))
    requests, queries = Counter(), Counter()
    wait = Pace.wait
    Pace.wait = lambda self: (requests.count(), wait(self))[1]  # type: ignore[method-assign, func-returns-value]
    began = time.perf_counter()
    with connection.execute_wrapper(queries):
        run = begin_run(by=None, at=timezone.now())
        for _ in compare_everything(run=run, clock=timezone.now):
            pass
    Pace.wait = wait  # type: ignore[method-assign]
    if Drift.objects.exists():
        raise SystemExit(f"The copies differ: {Drift.objects.first()}")
    return Measured(time.perf_counter() - began, requests.number, queries.number, run.compared)


class Counter:
    """Counts calls; a wrapper of queries as well."""

    number = 0

    def count(self) -> None:
        self.number += 1

    def __call__(self, execute: Any, *query: Any) -> Any:
        self.count()
        return execute(*query)


def print_line(size: int, night: str, measured: Measured) -> None:
    rate = size / measured.seconds
    counts = f"{measured.seconds:10.1f}{rate:10,.0f}{measured.requests:10,}{measured.queries:10,}"
    print(f"{size:14,}{night:>10}{counts}", flush=True)


def in_words(night: str, requests: float) -> str:
    ours = timedelta(seconds=round(requests / 10))
    least = timedelta(seconds=round(requests / STRIPES_LIMIT))
    pace = f"{ours} at 10 a second, {least} at Stripe's limit"
    return f"{TARGET:,} on {night} night: {requests:,.0f} requests, {pace}."


if __name__ == "__main__":
    arguments = sys.argv[1:]
    if arguments[:1] == ["measure"]:
        measure([int(size) for size in arguments[1:]] or list(SIZES))
    else:
        main(arguments)
