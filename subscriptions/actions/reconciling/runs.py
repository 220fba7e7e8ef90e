"""One comparison of everything: begun, stopped, resumed, and one at a time."""

import logging
from collections.abc import Callable, Iterator
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Q

from accounts.models import AuditEntry, User
from subscriptions.actions.reconciling.customers import AnotherAccount
from subscriptions.actions.reconciling.drift import note_findings
from subscriptions.actions.reconciling.findings import Leaf, Scope
from subscriptions.actions.reconciling.past_runs import (
    BY_HAND,
    SILENT,
    STALE,
    last_finished,
    new_since,
    unfinished,
)
from subscriptions.actions.reconciling.phases import ORDER, PHASES, next_phase
from subscriptions.actions.reconciling.repairs import repair_safely
from subscriptions.gateways import Pace, StripeRefused, StripeUnavailable, paced
from subscriptions.models import Drift, Reconciliation

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime]
State = Reconciliation.State


class CannotReconcile(Exception):
    """No comparison can begin or go on; the message says why."""


class TakenAway(Exception):
    """The comparison was stopped, or taken over by another process, while this one worked on it."""


def begin_run(*, by: User | None, at: datetime) -> Reconciliation:
    """Begin a comparison of everything; `compare_everything` carries it out.

    Raises:
        CannotReconcile: one is running. One that died is put aside.
    """
    for dead in Reconciliation.objects.filter(state=State.RUNNING, touched_at__lt=at - SILENT):
        _stop(dead, "Its process ended without a word.", at=at)
    last = last_finished()
    try:
        with transaction.atomic():
            run = Reconciliation.objects.create(
                phase=ORDER[0],
                expected=last.compared if last else 0,
                started_at=at,
                touched_at=at,
                started_by=by,
            )
            AuditEntry.record("start reconciliation", run, by=by, at=at)
    except IntegrityError:
        raise CannotReconcile("A comparison is running already.") from None
    return run


def resume_run(*, run: Reconciliation, by: User | None, at: datetime) -> Reconciliation:
    """Go on with a comparison that was stopped, or whose process died.

    Raises:
        CannotReconcile: it is done, still alive, or another one is running.
    """
    was_touched_at = run.touched_at
    if run.state == State.DONE or (run.state == State.RUNNING and run.touched_at >= at - SILENT):
        raise CannotReconcile("There is nothing to resume: it is done, or still running.")
    rows = Reconciliation.objects.filter(pk=run.pk, state=run.state, touched_at=was_touched_at)
    try:
        with transaction.atomic():
            taken = rows.update(state=State.RUNNING, touched_at=at, trouble="")
    except IntegrityError:
        taken = 0
    if not taken:
        raise CannotReconcile("Another comparison is running.")
    run.refresh_from_db()
    AuditEntry.record("resume reconciliation", run, by=by, at=at)
    return run


def take_up_run(*, by: User | None, at: datetime) -> Reconciliation:
    """Go on with the last comparison if it was stopped not long ago, otherwise begin one.

    Raises:
        CannotReconcile: one is running.
    """
    last = unfinished()
    if last and last.started_at > at - STALE:
        return resume_run(run=last, by=by, at=at)
    return begin_run(by=by, at=at)


@transaction.atomic
def stop_run(*, run: Reconciliation, by: User | None, at: datetime) -> None:
    """Stop a comparison after its present page; it can be resumed."""
    if _stop(run, BY_HAND, at=at):
        AuditEntry.record("stop reconciliation", run, by=by, at=at)


def _stop(run: Reconciliation, trouble: str, *, at: datetime) -> bool:
    rows = Reconciliation.objects.filter(pk=run.pk, state=State.RUNNING)
    stopped = rows.update(state=State.STOPPED, trouble=trouble, touched_at=at)
    run.refresh_from_db()
    return bool(stopped)


def compare_everything(
    *, run: Reconciliation, clock: Clock, repairs: bool = True
) -> Iterator[Reconciliation]:
    """Carry a comparison out from where it stands, yielding it after each page.

    What a page finds is written in one transaction with the place reached; safe kinds are then repaired.
    However it ends, short of a power cut, it says so in `trouble` and can be resumed.

    Raises:
        StripeUnavailable, StripeRefused, AnotherAccount, OperationalError: it is stopped.
    """
    try:
        with paced(Pace(settings.STRIPE_REQUESTS_PER_SECOND)):
            if repairs:
                _repair_left_over(run, clock)
            while run.state == State.RUNNING:
                _turn_page(run, clock, repairs=repairs)
                yield run
    except TakenAway:
        run.refresh_from_db()
    except BaseException as trouble:
        _stop(run, _in_words(trouble), at=clock())
        raise


def _in_words(trouble: BaseException) -> str:
    if isinstance(trouble, KeyboardInterrupt):
        return BY_HAND
    if isinstance(trouble, (SystemExit, GeneratorExit)):
        return "Its process was stopped."
    if isinstance(trouble, StripeUnavailable):
        return f"Stripe does not answer: {trouble}"
    if isinstance(trouble, StripeRefused):
        return f"Stripe refuses: {trouble}"
    if isinstance(trouble, AnotherAccount):
        return str(trouble)
    if isinstance(trouble, OperationalError):
        return f"The database is away: {trouble}"
    return f"{type(trouble).__name__}: {trouble}"


def _repair_left_over(run: Reconciliation, clock: Clock) -> None:
    """Found by this comparison before it was stopped, and not repaired any more then."""
    open_ones = Drift.objects.filter(state=Drift.State.OPEN, seen_at__gte=run.started_at)
    _repair(run, list(open_ones.select_related("customer")), clock)


def _turn_page(run: Reconciliation, clock: Clock, *, repairs: bool) -> None:
    scope = Scope(run.started_at, since=new_since(), at=clock(), cursor=run.cursor)
    leaf = read_leaf(run.phase, scope)
    drifts = _write_leaf(run, leaf, asked_at=scope.at, at=clock())
    if repairs and drifts:
        _repair(run, drifts, clock)


def read_leaf(phase: str, scope: Scope) -> Leaf:
    """The next page of a phase; the first one again if what the cursor names was deleted meanwhile."""
    try:
        return PHASES[phase](scope)
    except StripeRefused as refusal:
        if not (refusal.is_missing and scope.cursor):
            raise
        scope.cursor = ""
        return PHASES[phase](scope)


@transaction.atomic
def _write_leaf(run: Reconciliation, leaf: Leaf, *, asked_at: datetime, at: datetime) -> list[Drift]:
    """Findings, what was seen, and the place reached, all together. Raises TakenAway."""
    drifts = note_findings(findings=leaf.findings, at=asked_at)
    phase = run.phase if leaf.cursor else next_phase(run.phase)
    values = {
        "phase": phase,
        "cursor": leaf.cursor,
        "compared": run.compared + leaf.compared,
        "found": run.found + sum(drift.found_at == asked_at for drift in drifts),
        "touched_at": at,
        **({} if phase else {"state": State.DONE, "finished_at": at}),
    }
    _advance(run, values)
    older = Q(synced_at__isnull=True) | Q(synced_at__lt=asked_at)
    for model, ids in leaf.seen.items():
        model._default_manager.filter(older, stripe_id__in=ids).update(synced_at=asked_at)  # noqa: SLF001 documented
    return drifts


def _advance(run: Reconciliation, values: dict[str, object]) -> None:
    """Raises TakenAway when somebody else has moved it since this process last did."""
    mine = Reconciliation.objects.filter(pk=run.pk, state=State.RUNNING, touched_at=run.touched_at)
    if not mine.update(**values):
        raise TakenAway
    for name, value in values.items():
        setattr(run, name, value)


def _repair(run: Reconciliation, drifts: list[Drift], clock: Clock) -> None:
    repaired = repair_safely(drifts=drifts, clock=clock)
    if repaired:
        _advance(run, {"repaired": run.repaired + repaired, "touched_at": clock()})
