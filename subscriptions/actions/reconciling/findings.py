"""What a comparison finds, before it is written down."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Model, Q, QuerySet

from subscriptions.models import Customer, Drift

Kind = Drift.Kind
LONGEST = 300


@dataclass(frozen=True)
class Finding:
    """A disagreement: `ours` and `theirs` say in words what each of the books has."""

    kind: Kind
    stripe_id: str
    ours: str
    theirs: str
    customer: Customer | None = None

    @property
    def name(self) -> tuple[str, str]:
        """Of two comparisons, findings of the same name are the same drift."""
        return (self.kind, self.stripe_id)


Findings = tuple[Finding, ...]
Seen = Mapping[type[Model], tuple[str, ...]]


@dataclass(frozen=True)
class Leaf:
    """A page of a comparison: how much it held, what was found, and which of our rows Stripe has shown.

    `cursor` leads to the next leaf of the phase; it is empty on the last.
    """

    cursor: str = ""
    compared: int = 0
    findings: Findings = ()
    seen: Seen = field(default_factory=dict)


@dataclass
class Scope:
    """What a phase needs to know: when the comparison began, since when new objects count, and the time.

    `shown` holds the ids that Stripe has shown when nothing may be written (a dry run), otherwise it is
    None: our rows themselves then say when they were last seen.
    """

    started_at: datetime
    since: datetime | None
    at: datetime
    cursor: str = ""
    shown: set[str] | None = None

    def unseen(self, rows: "QuerySet[Any]", size: int) -> tuple[list[Any], str]:
        """The next `size` rows of which Stripe's lists had nothing to show, and the cursor behind them.

        What was made or fetched after the comparison began is known to exist there.
        """
        unseen = Q(synced_at__isnull=True) | Q(synced_at__lt=self.started_at)
        found = list(rows.filter(unseen, pk__gt=int(self.cursor or 0)).order_by("pk")[:size])
        cursor = str(found[-1].pk) if len(found) == size else ""
        return [row for row in found if row.stripe_id not in (self.shown or ())], cursor


def was_written_since(customer: Customer, asked_at: datetime) -> bool:
    """Whether the books of a customer were fetched later than what they are to be compared with."""
    return customer.synced_at is not None and customer.synced_at > asked_at


def differences(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> tuple[str, str] | None:
    """Both sides of what differs, in words; None when nothing does. The keys say what it is."""
    names = [name for name in ours if ours[name] != theirs[name]]
    return (_listed(names, ours), _listed(names, theirs)) if names else None


def _listed(names: list[str], values: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}: {_said(values[name])}" for name in names)[:LONGEST]


def _said(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value in (None, "", {}) else str(value)
