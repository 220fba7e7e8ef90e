"""A comparison of everything can be stopped anywhere and resumed, is alone, and bears Stripe's bad days."""

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AuditEntry, User
from sandbox.running import running_sandbox
from subscriptions.actions.books import sync_customer
from subscriptions.actions.reconciling import (
    AnotherAccount,
    CannotReconcile,
    begin_run,
    compare_everything,
    phases,
    rehearse,
    resume_run,
    runs,
    stalled,
    stop_run,
    take_up_run,
)
from subscriptions.gateways import Pace, StripeBusy, StripeUnavailable, paced, pages
from subscriptions.gateways.connection import api, in_our_words
from subscriptions.models import Customer, Drift, Plan, Reconciliation, Subscription
from tests.subscriptions.conftest import Till
from tests.subscriptions.reconciling.conftest import reconcile

pytestmark = pytest.mark.django_db

State = Reconciliation.State


@pytest.fixture
def seven_lost(till: Till, plan: Plan, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Seven subscriptions that no event told us of, on pages of two."""
    monkeypatch.setattr(pages, "PAGE", 2)
    readers = [User.objects.create_user(f"reader-{number}@example.com") for number in range(7)]
    return [till.subscribe(user, plan).id for user in readers]


def begin() -> Reconciliation:
    return begin_run(by=None, at=timezone.now())


def pages_of(run: Reconciliation, **how: Any) -> Iterator[Reconciliation]:
    return compare_everything(run=run, clock=timezone.now, **how)


def until(run: Reconciliation, phase: str, *, leaf: int) -> Iterator[Reconciliation]:
    """The comparison, carried on to the given leaf of a phase."""
    working = pages_of(run)
    seen = 0
    for now in working:
        seen += now.phase == phase
        if seen == leaf:
            return working
    raise AssertionError(f"{phase} has not so many pages.")


def finish(run: Reconciliation, **how: Any) -> Reconciliation:
    for _ in pages_of(resume_run(run=run, by=None, at=timezone.now()), **how):
        pass
    return run


def expect_all_here(stripe_ids: list[str], run: Reconciliation) -> None:
    run.refresh_from_db()
    assert (run.state, run.trouble) == (State.DONE, "")
    assert set(Subscription.objects.values_list("stripe_id", flat=True)) == set(stripe_ids)
    assert Drift.objects.filter(state=Drift.State.OPEN).count() == 0


def test_it_pages_through_everything_and_counts_each_object_once(seven_lost: list[str]) -> None:
    run = reconcile()
    expect_all_here(seven_lost, run)
    # The price, 7 customers, 7 subscriptions, 7 invoices, 7 charges, and our 7 with their grants;
    # and 7 that are looked at for being the only one of their reader.
    assert run.compared == 1 + 6 * 7
    assert (run.found, run.repaired) == (7, 7)
    assert reconcile().expected == run.compared


def test_it_is_stopped_and_goes_on_where_it_was(seven_lost: list[str]) -> None:
    run = begin()
    working = until(run, "subscriptions", leaf=3)
    there = Subscription.objects.count()
    assert 0 < there < 7
    stop_run(run=Reconciliation.objects.get(), by=None, at=timezone.now())
    assert list(working) == []
    run.refresh_from_db()
    assert (run.state, run.phase, Subscription.objects.count()) == (State.STOPPED, "subscriptions", there)
    compared = run.compared
    finish(run)
    expect_all_here(seven_lost, run)
    assert run.compared == 1 + 6 * 7 > compared
    assert [entry.action for entry in AuditEntry.about(run).order_by("pk")] == [
        "start reconciliation",
        "stop reconciliation",
        "resume reconciliation",
    ]


def test_ctrl_c_stops_it(seven_lost: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    run = begin()
    working = until(run, "subscriptions", leaf=2)

    def interrupt(*args: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setitem(phases.PHASES, "subscriptions", interrupt)
        with pytest.raises(KeyboardInterrupt):
            next(working)
    assert Reconciliation.objects.get().state == State.STOPPED
    assert stalled(at=timezone.now()) is None
    finish(run)
    expect_all_here(seven_lost, run)


def test_a_killed_process_leaves_a_run_that_another_takes_over(seven_lost: list[str]) -> None:
    run = begin()
    working = until(run, "subscriptions", leaf=2)  # and is never heard of again
    same = Reconciliation.objects.get()
    with pytest.raises(CannotReconcile, match="still running"):
        resume_run(run=same, by=None, at=timezone.now())
    assert stalled(at=timezone.now()) is None

    Reconciliation.objects.update(touched_at=timezone.now() - timedelta(minutes=11))
    dead = stalled(at=timezone.now())
    assert dead == run
    finish(dead)
    expect_all_here(seven_lost, dead)
    # Woken up again, the first one sees that it is not its work any more.
    assert list(working) == []
    assert Reconciliation.objects.get().state == State.DONE


def test_what_a_killed_process_found_and_did_not_repair_is_repaired(
    seven_lost: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """Nothing of the process is left to tidy up."""

    def die(*, drifts: list[Drift], **work: Any) -> int:
        if drifts:
            raise Killed
        return 0

    run = begin()
    with monkeypatch.context() as patch:
        patch.setattr(runs, "repair_safely", die)
        patch.setattr(runs, "_stop", lambda *args, **more: False)
        with pytest.raises(Killed):
            list(pages_of(run))
    assert Drift.objects.filter(state=Drift.State.OPEN).count() == 2
    Reconciliation.objects.update(touched_at=timezone.now() - timedelta(minutes=11))
    dead = Reconciliation.objects.get()
    finish(dead)
    expect_all_here(seven_lost, dead)
    assert dead.repaired == 7


def test_there_is_one_at_a_time(plan: Plan) -> None:
    begin()
    with pytest.raises(CannotReconcile, match="running already"):
        begin()


def test_the_night_resumes_what_was_stopped_lately_and_begins_anew_otherwise(seven_lost: list[str]) -> None:
    run = begin()
    stop_run(run=run, by=None, at=timezone.now())
    assert take_up_run(by=None, at=timezone.now()) == run
    stop_run(run=run, by=None, at=timezone.now())
    Reconciliation.objects.update(started_at=timezone.now() - timedelta(hours=13))
    assert take_up_run(by=None, at=timezone.now()) != run


def test_an_outage_in_the_middle_stops_it_with_a_reason(seven_lost: list[str], settings: Any) -> None:
    run = begin()
    working = until(run, "subscriptions", leaf=2)
    settings.STRIPE_API_BASE, away = "http://127.0.0.1:9", settings.STRIPE_API_BASE
    with pytest.raises(StripeUnavailable):
        list(working)
    run.refresh_from_db()
    assert run.state == State.STOPPED
    assert run.trouble.startswith("Stripe does not answer: ")
    assert stalled(at=timezone.now()) == run

    settings.STRIPE_API_BASE = away
    finish(run)
    expect_all_here(seven_lost, run)


def test_another_accounts_key_is_noticed_before_everyone_is_an_orphan(till: Till, plan: Plan) -> None:
    for number in range(25):
        user = User.objects.create_user(f"reader-{number}@example.com")
        Customer.objects.create(user=user, stripe_id=f"cus_elsewhere_{number}")
    with pytest.raises(AnotherAccount, match="another account"):
        reconcile()
    assert "another account" in Reconciliation.objects.get().trouble
    assert Drift.objects.count() == 0


def test_a_customer_deleted_behind_the_cursor_does_not_end_it(till: Till, seven_lost: list[str]) -> None:
    run = begin()
    until(run, "customers", leaf=2)
    run.refresh_from_db()
    till.v1.customers.delete(run.cursor)
    Reconciliation.objects.update(touched_at=timezone.now() - timedelta(minutes=11))
    run.refresh_from_db()
    finish(run)
    assert Reconciliation.objects.get().state == State.DONE
    assert Customer.objects.filter(deleted_at__isnull=False).count() == 1


def test_rows_that_agree_cost_no_query_of_their_own(till: Till, plan: Plan) -> None:
    def queries_with(number: int) -> int:
        for _ in range(number):
            user = User.objects.create_user(f"reader-{User.objects.count()}@example.com")
            till.subscribe(user, plan)
            sync_customer(customer=Customer.objects.get(user=user), at=timezone.now())
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert reconcile().found == 0
        return len(queries)

    queries_with(1)
    assert queries_with(1) == queries_with(3)


def test_rows_that_agree_cost_no_request_of_their_own(till: Till, plan: Plan, settings: Any) -> None:
    def requests_with(number: int) -> int:
        for _ in range(number):
            user = User.objects.create_user(f"reader-{User.objects.count()}@example.com")
            till.subscribe(user, plan)
            sync_customer(customer=Customer.objects.get(user=user), at=timezone.now())
        before = len(asked)
        assert reconcile().found == 0
        return len(asked) - before

    asked: list[Pace] = []
    wait = Pace.wait

    def count(pace: Pace) -> None:
        asked.append(pace)
        wait(pace)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Pace, "wait", count)
        # Prices, customers, subscriptions, invoices, open invoices, charges, refunds, disputes.
        assert [requests_with(1), requests_with(3)] == [8, 8]


def test_a_dry_run_says_the_same_and_writes_nothing(till: Till, seven_lost: list[str]) -> None:
    Customer.objects.create(user=User.objects.create_user("odd@example.com"), stripe_id="cus_nobodys")
    found = [finding.kind for _, leaf in rehearse(clock=timezone.now) for finding in leaf.findings]
    assert sorted(set(found)) == [Drift.Kind.MISSED_EVENT, Drift.Kind.MISSED_INVOICE, Drift.Kind.ORPHAN]
    assert found.count(Drift.Kind.MISSED_EVENT) == 7
    assert Drift.objects.count() == Reconciliation.objects.count() == Subscription.objects.count() == 0
    assert Customer.objects.exclude(synced_at=None).count() == 0


def test_a_busy_stripe_is_waited_for(stripe_state: Path, seven_lost: list[str], settings: Any) -> None:
    """The same Stripe again, which now lets five requests a second through."""
    with running_sandbox(state=stripe_state, arguments=["--rate-limit=5"]) as busy:
        settings.STRIPE_API_BASE = busy.stripe_url
        expect_all_here(seven_lost, reconcile())


def test_a_stripe_that_stays_busy_is_given_up(tmp_path: Path, settings: Any) -> None:
    with running_sandbox(state=tmp_path / "busy.sqlite3", arguments=["--rate-limit=1"]) as busy:
        settings.STRIPE_API_BASE = busy.stripe_url
        list_customers = in_our_words(lambda: [api().customers.list({}) for _ in range(3)])
        with paced(Pace(10_000, tries=2, first_pause=0.01)), pytest.raises(StripeBusy):
            list_customers()


def test_the_pace_is_kept(till: Till) -> None:
    began = time.monotonic()
    with paced(Pace(50)) as pace:
        for _ in range(11):
            api().customers.list({"limit": 1})
    assert pace.asked == 11
    assert time.monotonic() - began >= 10 / 50
