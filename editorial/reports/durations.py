"""How long things took: from the plan to the reader, and in each state of the desk."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.db.models import F, OuterRef, Subquery

from accounts.models import AuditEntry
from articles.models import Article, State
from editorial.reports.output import first_published
from kit.reporting import Cell, Period, Report, draw_bars, percentile

ALL = "All sections"
HALF, MOST = 0.5, 0.9
COLUMNS, TIMED = ("Median", "9 of 10 within"), (2, 3)


def time_to_publication(period: Period, *, at: datetime) -> Report:
    """From the first trace of a story, its plan or its draft, to its first publication.

    A story that is older than its first trace here was brought in from elsewhere and left out.
    """
    found = (
        first_published(period, at=at)
        .filter(created_at__lte=F("first_published_at"))
        .values_list("section__name", "created_at", "first_published_at")
        .order_by("section__name")
    )
    taken: dict[str, list[timedelta]] = defaultdict(list)
    for section, created_at, first_published_at in found:
        if first_published_at:
            taken[section].append(first_published_at - created_at)
    rows = _spread(taken)
    every = [duration for durations in taken.values() for duration in durations]
    return Report(
        name="time-to-publication",
        title="From plan to publication",
        note="From the moment a story was planned or begun to its first publication, for stories published "
        "for the first time in the period.",
        empty="No story begun here was published for the first time in this period.",
        columns=("Section", "Stories", *COLUMNS),
        timed=TIMED,
        rows=rows,
        total=_spread({ALL: every})[0] if every else (),
        bars=draw_bars(rows, value=TIMED[0], reach=TIMED[1]),
    )


def time_in_states(period: Period, *, at: datetime) -> Report:
    """How long stories stayed in each state, by the audit trail."""
    stays: dict[str, list[timedelta]] = defaultdict(list)
    for state, left_at, entered_at in _stays(period):
        stays[state].append(left_at - entered_at)
    labels = {state.value: str(state.label) for state in State if state.value in stays}
    others = {state: state.replace("_", " ") for state in sorted(stays) if state not in labels}
    rows = _spread({label: stays[state] for state, label in (labels | others).items()})
    return Report(
        name="time-in-states",
        title="Time in each state",
        note="From the change that brought a story into a state to the one that ended it, if that was in the "
        "period. Stories that are still in a state do not count yet.",
        empty="No story changed its state in this period.",
        columns=("State", "Stays", *COLUMNS),
        timed=TIMED,
        rows=rows,
        bars=draw_bars(rows, value=TIMED[0], reach=TIMED[1]),
    )


def _stays(period: Period) -> Iterable[tuple[str, datetime, datetime]]:
    """The changes of state in the period: the state that was left, when, and when it had begun."""
    moves = (
        AuditEntry.objects.filter(target_type=Article._meta.label_lower)  # noqa: SLF001 (Django's documented API)
        .exclude(to_state="")
        .exclude(to_state=F("from_state"))
    )
    entered = moves.filter(
        target_id=OuterRef("target_id"),
        to_state=OuterRef("from_state"),
        at__lte=OuterRef("at"),
        pk__lt=OuterRef("pk"),
    ).order_by("-at", "-pk")
    return (
        moves.filter(at__gte=period.since, at__lt=period.until)
        .annotate(entered_at=Subquery(entered.values("at")[:1]))
        .exclude(entered_at=None)
        .order_by()
        .values_list("from_state", "at", "entered_at")
    )


def _spread(taken: Mapping[str, Iterable[timedelta]]) -> list[tuple[Cell, ...]]:
    """A row for each: its name, how many, the median, and what nine of ten do not pass."""
    return [
        (name, len(durations), percentile(durations, HALF), percentile(durations, MOST))
        for name, durations in ((name, list(each)) for name, each in taken.items())
    ]
