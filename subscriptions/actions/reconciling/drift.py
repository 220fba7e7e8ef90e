"""The list of what our books and Stripe's disagree on: one open row for each kind and object."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from accounts.models import AuditEntry, User
from subscriptions.actions.reconciling.findings import Finding
from subscriptions.models import Drift

State = Drift.State


class CannotSettle(Exception):
    """A drift that is settled already, or needs a reason; the message says which."""


@transaction.atomic
def note_findings(*, findings: Iterable[Finding], at: datetime) -> list[Drift]:
    """Write findings down, and return the open ones.

    One seen before keeps its `found_at`; one that a person left as it is stays so while its facts do.
    """
    return [drift for finding in findings if (drift := _note(finding, at=at)).state == State.OPEN]


def _note(finding: Finding, *, at: datetime) -> Drift:
    same = Drift.objects.filter(kind=finding.kind, stripe_id=finding.stripe_id)
    facts = {"ours": finding.ours, "theirs": finding.theirs}
    left = same.filter(state=State.DISMISSED, **facts).first()
    if left:
        left.seen_at = at
        left.save(update_fields=("seen_at",))
        return left
    facts_now = {**facts, "seen_at": at, "customer": finding.customer}
    drift, is_new = same.get_or_create(
        kind=finding.kind,
        stripe_id=finding.stripe_id,
        state=State.OPEN,
        defaults={**facts_now, "found_at": at},
    )
    if not is_new:
        for name, value in facts_now.items():
            setattr(drift, name, value)
        drift.save(update_fields=tuple(facts_now))
    return drift


@transaction.atomic
def settle_drift(*, drift: Drift, note: str, by: User | None, at: datetime) -> None:
    """Note that a drift is repaired, how and by whom (None: by itself)."""
    _close(drift, State.REPAIRED, note, by, at)
    AuditEntry.record(
        "repair drift", drift, by=by, at=at, from_state=State.OPEN, to_state=State.REPAIRED, reason=note
    )


@transaction.atomic
def dismiss_drift(*, drift: Drift, reason: str, by: User, at: datetime) -> None:
    """Leave a drift as it is; it is not shown again unless its facts change.

    Raises:
        CannotSettle: no reason, or settled already.
    """
    require_open(drift)
    if not reason.strip():
        raise CannotSettle("Say why it may stay as it is.")
    _close(drift, State.DISMISSED, reason.strip(), by, at)
    AuditEntry.record(
        "dismiss drift",
        drift,
        by=by,
        at=at,
        from_state=State.OPEN,
        to_state=State.DISMISSED,
        reason=reason.strip(),
    )


def close_gone(*, drift: Drift, at: datetime) -> None:
    """A drift that is not there any more when looked for again."""
    _close(drift, State.GONE, drift.note, None, at)


def require_open(drift: Drift) -> None:
    """Raises CannotSettle for one that was settled, perhaps a moment ago by somebody else."""
    drift.refresh_from_db(fields=("state",))
    if drift.state != State.OPEN:
        raise CannotSettle(f"That is settled already: {drift.get_state_display()}.")


def _close(drift: Drift, state: Drift.State, note: str, by: User | None, at: datetime) -> None:
    drift.state, drift.note, drift.settled_by, drift.settled_at = state, note[:300], by, at
    drift.save(update_fields=("state", "note", "settled_by", "settled_at"))
