"""A story's audit trail in plain words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from django.utils.timezone import localtime

from accounts.models import AuditEntry
from articles.models import State

SYSTEM = "The system"
STATE_LABELS = dict(State.choices)
WORDS = {
    "begin story": "began the story",
    "edit story": "edited the story",
    "name revision of story": "named a revision",
    "plan story": "changed the plan",
    "place story": "changed the placing",
    "submit story": "submitted the story for review",
    "recall story": "took the story back from review",
    "sign off story": "signed off a review",
    "approve story": "approved the story",
    "request changes story": "asked for changes",
    "send back story": "sent the story back",
    "schedule story": "scheduled the story",
    "unschedule story": "took the story off the schedule",
    "publish story": "published the story",
    "correct story": "published a correction",
    "discard draft story": "discarded the working draft",
    "unpublish story": "took the story off the site",
    "kill story": "killed the story",
    "revive story": "brought the killed story back",
    "hold story": "placed a legal hold",
    "lift hold of story": "lifted the legal hold",
    "invite guest to story": "invited a guest",
    "revoke guest link of story": "ended a guest's link",
    "resolve comment on story": "resolved a comment",
    "reopen comment on story": "reopened a comment",
    "reject suggestion for story": "rejected a suggested edit",
}


@dataclass(frozen=True)
class Event:
    """One thing that happened to a story. `before` and `after` are empty when its state stayed."""

    at: datetime
    who: str
    did: str
    before: str
    after: str
    why: str


@dataclass(frozen=True)
class Day:
    """What happened on one day of the newsroom."""

    date: date
    events: list[Event]


def days_of(entries: Iterable[AuditEntry]) -> list[Day]:
    """The entries, which are in the order of time, day by day. Reads `by` of each."""
    by_day = groupby(entries, key=lambda entry: localtime(entry.at).date())
    return [Day(day, [event_of(entry) for entry in inside]) for day, inside in by_day]


def event_of(entry: AuditEntry) -> Event:
    """One entry in plain words. Reads its `by`."""
    has_moved = entry.from_state != entry.to_state
    return Event(
        at=entry.at,
        who=_who(entry),
        did=WORDS.get(entry.action, f"did “{entry.action}”"),
        before=_label(entry.from_state) if has_moved else "",
        after=_label(entry.to_state) if has_moved else "",
        why=entry.reason,
    )


def _who(entry: AuditEntry) -> str:
    """The name the account has now; of a deleted one, the address that was recorded."""
    if entry.by:
        return entry.by.get_full_name()
    return SYSTEM if entry.by_label == "system" else entry.by_label


def _label(state: str) -> str:
    return str(STATE_LABELS.get(state, state.replace("_", " ")))
