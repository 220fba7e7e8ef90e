"""The calendar of the desk: what is due, goes out, lifts and ends, day by day in the newsroom's time."""

import calendar
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import QuerySet
from django.utils.timezone import get_current_timezone, localtime

from accounts.models import User
from articles.models import Article, State
from editorial.queries import can_plan, planned
from editorial.queries.planning import UNFINISHED

DAY, WEEK = timedelta(days=1), timedelta(days=7)
IN_A_MONTHS_DAY, IN_A_WEEKS_DAY = 6, 60
LABELS = {
    "due": "due",
    "scheduled": "goes out",
    "embargo": "embargo lifts",
    "end": "planned end",
    "published": "published",
}


@dataclass(frozen=True)
class Span:
    """Whole days, from Monday to Sunday; `month` names the one that is shown, none for a week."""

    first: date
    last: date
    month: date | None = None

    @property
    def query(self) -> str:
        return f"month={self.month:%Y-%m}" if self.month else f"week={self.first:%G-W%V}"

    @property
    def previous(self) -> "Span":
        return month_of(self.month - DAY) if self.month else week_of(self.first - WEEK)

    @property
    def following(self) -> "Span":
        return month_of(self.last_of_month + DAY) if self.month else week_of(self.first + WEEK)

    @property
    def last_of_month(self) -> date:
        start = self.month or self.first
        return start.replace(day=calendar.monthrange(start.year, start.month)[1])

    @property
    def days(self) -> list[date]:
        return [self.first + DAY * number for number in range((self.last - self.first).days + 1)]

    @property
    def limits(self) -> tuple[datetime, datetime]:
        """From its first midnight to the one after its last day, on the newsroom's clock."""
        zone = get_current_timezone()
        return (
            datetime.combine(self.first, time.min, zone),
            datetime.combine(self.last + DAY, time.min, zone),
        )


def week_of(day: date) -> Span:
    monday = day - DAY * day.weekday()
    return Span(monday, monday + 6 * DAY)


def month_of(day: date) -> Span:
    first = day.replace(day=1)
    last = week_of(first.replace(day=calendar.monthrange(first.year, first.month)[1])).last
    return Span(week_of(first).first, last, month=first)


def span_from(params: Mapping[str, str], *, today: date) -> Span:
    """What `month=2026-11` or `week=2026-W48` asks for; this month when they ask for nothing sensible."""
    try:
        if "week" in params:
            return week_of(sensible_day(f"{params['week']}-1"))
        return month_of(sensible_day(f"{params['month']}-01"))
    except (KeyError, ValueError):
        return month_of(today)


def sensible_day(words: str) -> date:
    """A day like 2026-11-23 or 2026-W48-1. Raises `ValueError`, also for years no calendar needs."""
    day = date.fromisoformat(words)
    if not 1900 <= day.year <= 2999:
        raise ValueError(words)
    return day


@dataclass(frozen=True)
class Entry:
    """Something that happens to a story at a moment; whoever looks may move it or not."""

    kind: str
    moment: datetime
    story: Article
    may_move: bool = False

    @property
    def label(self) -> str:
        return LABELS[self.kind]

    @property
    def is_late(self) -> bool:
        return self.kind == "due" and bool(getattr(self.story, "is_overdue", False))


@dataclass(frozen=True)
class Day:
    """A day with its first entries, and how many more there are."""

    date: date
    entries: list[Entry]
    more: int
    is_today: bool
    is_aside: bool

    @property
    def week(self) -> str:
        return week_of(self.date).query


Moments = list[tuple[datetime, str, int]]


def days_of(span: Span, stories: QuerySet[Article], user: User, *, at: datetime) -> list[Day]:
    """Every day of the span, in a constant number of queries however full it is."""
    moments = _moments(span, stories, at=at)
    most = IN_A_MONTHS_DAY if span.month else IN_A_WEEKS_DAY
    shown = {day: sorted(_foremost(found, most)) for day, found in moments.items()}
    keys = {key for found in shown.values() for _, _, key in found}
    rows = {story.pk: story for story in planned(Article.objects.filter(pk__in=keys), at=at)}
    return [
        Day(
            day,
            [_entry(kind, moment, rows[key], user) for moment, kind, key in shown.get(day, [])],
            len(moments[day]) - len(shown.get(day, [])),
            day == localtime(at).date(),
            span.month is not None and day.month != span.month.month,
        )
        for day in span.days
    ]


def _moments(span: Span, stories: QuerySet[Article], *, at: datetime) -> defaultdict[date, Moments]:
    """What happens on each day, as moment, kind and the story's key: one query for each kind."""
    living, limits = stories.exclude(state=State.KILLED), span.limits
    sources = {
        "due": ("assignment__due_at", living.filter(state__in=(*UNFINISHED, State.APPROVED))),
        "scheduled": ("scheduled_for", living.filter(state=State.SCHEDULED)),
        "embargo": ("embargo_until", living),
        "end": ("unpublish_at", living.filter(published_at__isnull=False)),
        "published": ("published_at", living.filter(public_version__isnull=False, published_at__lte=at)),
    }
    found: defaultdict[date, Moments] = defaultdict(list)
    for kind, (field, chosen) in sources.items():
        inside = chosen.filter(**{f"{field}__gte": limits[0], f"{field}__lt": limits[1]}).order_by()
        for key, moment in inside.values_list("pk", field):
            found[localtime(moment).date()].append((moment, kind, key))
    return found


def _foremost(found: Moments, most: int) -> Moments:
    """What is still to be done comes before what is out already."""
    return sorted(found, key=lambda each: (each[1] == "published", each))[:most]


def _entry(kind: str, moment: datetime, story: Article, user: User) -> Entry:
    if kind == "due":
        may_move = user.has_perm("articles.change_article") and can_plan(story, user)
    else:
        may_move = kind == "scheduled" and user.has_perm("articles.publish_article")
    return Entry(kind, moment, story, may_move)


def on_day(moment: datetime, day: date) -> datetime:
    """The same time of another day, on the newsroom's clock; a time that the clocks skip is an hour later."""
    moved = datetime.combine(day, localtime(moment).time(), get_current_timezone())
    return localtime(moved.astimezone(UTC))
