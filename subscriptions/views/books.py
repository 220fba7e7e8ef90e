"""Books and drift: how our books compare with Stripe's, and what is to be done about the difference."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.queries import signed_in_user
from kit.desk import desk_context, desk_page
from kit.queue import enqueue_on_commit
from subscriptions.actions.reconciling import (
    CannotReconcile,
    CannotSettle,
    Explanation,
    begin_run,
    dismiss_drift,
    explain,
    last_finished,
    repair_drift,
    resume_run,
    stop_run,
    unfinished,
)
from subscriptions.gateways import StripeRefused, StripeUnavailable
from subscriptions.models import Drift, Plan, Reconciliation
from subscriptions.tasks import reconcile

RUNS_SHOWN, DRIFT_SHOWN, SETTLED_SHOWN = 7, 25, 12


@dataclass(frozen=True)
class Pile:
    """The open drift of one kind: as many as are shown, each with its explanation."""

    kind: Drift.Kind
    count: int
    rows: list[tuple[Drift, Explanation]]


@desk_page("subscriptions.view_reconciliation")
@require_safe
def books(request: HttpRequest) -> HttpResponseBase:
    """The last comparisons, and drift by kind."""
    settled = Drift.objects.exclude(state=Drift.State.OPEN).select_related("customer__user", "settled_by")
    context = desk_context(
        request,
        "Books and drift",
        runs=Reconciliation.objects.select_related("started_by")[:RUNS_SHOWN],
        run=unfinished(),
        last=last_finished(),
        piles=_piles(),
        settled=settled.order_by("-settled_at")[:SETTLED_SHOWN],
        plans=Plan.objects.all(),
        kinds=[(kind.label, explain(Drift(kind=kind))) for kind in Drift.Kind],
    )
    return render(request, "subscriptions/books.html", context)


def _piles() -> list[Pile]:
    found = Drift.objects.filter(state=Drift.State.OPEN).select_related("customer__user")
    piles = []
    for kind in Drift.Kind:
        rows = found.filter(kind=kind).order_by("found_at", "pk")
        count = rows.count()
        if count:
            piles.append(Pile(kind, count, [(row, explain(row)) for row in rows[:DRIFT_SHOWN]]))
    return piles


@desk_page("subscriptions.view_reconciliation")
@require_safe
def progress(request: HttpRequest) -> HttpResponseBase:
    """How far the comparison is, as a part of the page that is fetched while it runs."""
    return render(request, "subscriptions/_books_run.html", {"run": unfinished(), "last": last_finished()})


@desk_page("subscriptions.add_reconciliation")
@require_POST
def change_run(request: HttpRequest) -> HttpResponseBase:
    """`do`: compare (begin one), resume or stop it."""
    try:
        RUNS.get(request.POST.get("do", ""), _refuse)(signed_in_user(request))
    except CannotReconcile as reason:
        messages.error(request, str(reason))
    return redirect("books")


def _begin(by: User) -> None:
    enqueue_on_commit(reconcile, begin_run(by=by, at=timezone.now()).pk)


def _resume(by: User) -> None:
    enqueue_on_commit(reconcile, resume_run(run=_unfinished(), by=by, at=timezone.now()).pk)


def _stop(by: User) -> None:
    stop_run(run=_unfinished(), by=by, at=timezone.now())


def _unfinished() -> Reconciliation:
    run = unfinished()
    if run is None:
        raise CannotReconcile("No comparison is under way.")
    return run


def _refuse(by: User) -> None:
    raise PermissionDenied


RUNS: dict[str, Callable[[User], None]] = {"compare": _begin, "resume": _resume, "stop": _stop}


@desk_page("subscriptions.change_drift")
@require_POST
def settle(request: HttpRequest, pk: int) -> HttpResponseBase:
    """`do`: repair or dismiss, with a `reason`; `plan` is what a foreign price is to count as."""
    drift = get_object_or_404(Drift.objects.select_related("customer__user"), pk=pk)
    by, at, reason = signed_in_user(request), timezone.now(), request.POST.get("reason", "")
    try:
        if request.POST.get("do") == "dismiss":
            dismiss_drift(drift=drift, reason=reason, by=by, at=at)
        else:
            plan = Plan.objects.filter(key=request.POST.get("plan", "")).first()
            repair_drift(drift=drift, by=by, reason=reason, at=at, plan=plan)
        messages.success(request, f"{drift.get_kind_display()}: {drift.note}".capitalize())
    except CannotSettle as refusal:
        messages.error(request, str(refusal))
    except (StripeUnavailable, StripeRefused) as trouble:
        messages.error(request, f"Stripe: {trouble} Nothing is lost; try again.")
    return redirect("books")
