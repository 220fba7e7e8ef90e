"""A Stripe of our own for every test: a comparison of everything sees whatever others left behind."""

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.roles import PUBLISHER
from sandbox.running import Sandbox, running_sandbox
from subscriptions.actions.reconciling import begin_run, compare_everything
from subscriptions.models import Drift, Reconciliation
from tests.factories.desk import person


@pytest.fixture(scope="session")
def stripe_state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file that keeps what this Stripe knows."""
    return tmp_path_factory.mktemp("stripe") / "state.sqlite3"


@pytest.fixture(scope="session")
def own_sandbox(stripe_state: Path) -> Iterator[Sandbox]:
    with running_sandbox(state=stripe_state) as running:
        yield running


@pytest.fixture
def sandbox(own_sandbox: Sandbox, stripe_state: Path) -> Sandbox:
    """It forgets everything before each test."""
    with contextlib.closing(sqlite3.connect(stripe_state, timeout=20)) as kept, kept:
        for table in ("attempts", "deliveries", "idempotency", "objects"):
            kept.execute(f"DELETE FROM {table}")  # noqa: S608 the names above
    return own_sandbox


@pytest.fixture(autouse=True)
def full_speed(settings: Any) -> None:
    settings.STRIPE_REQUESTS_PER_SECOND = 10_000


@pytest.fixture
def publisher(db: None) -> User:
    return person(PUBLISHER)


def reconcile(*, repairs: bool = True, at: datetime | None = None) -> Reconciliation:
    """Compare everything now, or at another time, to the end."""
    clock: Callable[[], datetime] = timezone.now if at is None else lambda: at
    run = begin_run(by=None, at=clock())
    for _ in compare_everything(run=run, clock=clock, repairs=repairs):
        pass
    return run


def drift_kinds(state: Drift.State) -> list[str]:
    """The kinds of drift in a state, in alphabetical order."""
    return sorted(Drift.objects.filter(state=state).values_list("kind", flat=True))


def stamp(moment: datetime) -> int:
    return int(moment.timestamp())
