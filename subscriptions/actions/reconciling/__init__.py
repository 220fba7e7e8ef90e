"""Comparing our books with Stripe's, and settling what they disagree on (rule S8).

From the outside in: `runs` (one comparison, page by page), `phases` (what is compared in which order),
one module per noun that is compared, `drift` (the list of what was found), `repairs` (what repairs
itself), `settlements` (what a person decides) and `explanations` (both in words).
"""

from subscriptions.actions.reconciling.alarms import alarm_about_drift
from subscriptions.actions.reconciling.customers import AnotherAccount
from subscriptions.actions.reconciling.drift import CannotSettle, dismiss_drift
from subscriptions.actions.reconciling.explanations import Explanation, explain
from subscriptions.actions.reconciling.findings import Finding
from subscriptions.actions.reconciling.past_runs import last_finished, stalled, unfinished
from subscriptions.actions.reconciling.readers import check_reader
from subscriptions.actions.reconciling.rehearsal import rehearse
from subscriptions.actions.reconciling.repairs import SAFE
from subscriptions.actions.reconciling.runs import (
    CannotReconcile,
    begin_run,
    compare_everything,
    resume_run,
    stop_run,
    take_up_run,
)
from subscriptions.actions.reconciling.settlements import repair_drift

__all__ = [
    "SAFE",
    "AnotherAccount",
    "CannotReconcile",
    "CannotSettle",
    "Explanation",
    "Finding",
    "alarm_about_drift",
    "begin_run",
    "check_reader",
    "compare_everything",
    "dismiss_drift",
    "explain",
    "last_finished",
    "rehearse",
    "repair_drift",
    "resume_run",
    "stalled",
    "stop_run",
    "take_up_run",
    "unfinished",
]
