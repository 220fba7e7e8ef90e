"""The piles on someone's desk: each is shown on the admin's front page and filters the list of stories."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.timezone import get_current_timezone, localtime

from accounts.models import User
from articles.models import Article, State
from editorial.queries.people import WRITING, changed_by, own_stories, written_by
from editorial.queries.planning import BY_PLAN, overdue
from editorial.queries.reviews import review_standings

EMBARGO_AHEAD = timedelta(hours=48)
RECENT = timedelta(days=7)

Stories = QuerySet[Article]


@dataclass(frozen=True)
class Pile:
    """`choose` picks the stories; without `permission` the pile is shown only when something lies in it."""

    title: str
    empty: str
    choose: Callable[[Stories, User, datetime], Stories]
    order: tuple[Any, ...]
    permission: str


def mine(stories: Stories, user: User, at: datetime) -> Stories:
    """Texts this person is to write: assigned to them, or their own and assigned to nobody."""
    writing = stories.filter(state__in=WRITING)
    is_free = Q(assignment=None) | Q(assignment__assignee=None)
    own = own_stories(writing.filter(is_free), user).values("pk")
    return writing.filter(Q(assignment__assignee=user) | Q(pk__in=own))


def waiting(stories: Stories, user: User, at: datetime) -> Stories:
    """Texts whose due review is this person's to make: not their own, not approved by them already."""
    in_review = list(stories.filter(state=State.IN_REVIEW).only("section", "version", "public_version"))
    return stories.filter(pk__in=reviews_due(in_review, user))


def reviews_due(articles: list[Article], user: User) -> set[int]:
    """The keys of those texts in review that wait for this person, in a constant number of queries."""
    groups = set(user.groups.values_list("pk", flat=True))
    standings, written = review_standings(articles), written_by(user, articles)
    changed = changed_by(user, articles)
    found = set()
    for key, standing in standings.items():
        due, barred = standing.due, written | changed if standing.needs_two_people else written
        if due is None or key in barred or not (user.is_superuser or due.group_id in groups):
            continue
        given = next(part.approvals for part in standing.steps if part.step == due)
        if user.pk not in {review.by_id for review in given}:
            found.add(key)
    return found


def late(stories: Stories, user: User, at: datetime) -> Stories:
    """What is overdue: everybody's for editors, their own for others."""
    late_ones = stories.filter(overdue(at))
    return late_ones if user.has_perm("articles.edit_any_article") else own_stories(late_ones, user)


def today(stories: Stories, user: User, at: datetime) -> Stories:
    """What is scheduled for today, in the newsroom's time."""
    start = datetime.combine(localtime(at).date(), time.min, get_current_timezone())
    end = datetime.combine(localtime(at).date() + timedelta(days=1), time.min, get_current_timezone())
    return stories.filter(state=State.SCHEDULED, scheduled_for__gte=start, scheduled_for__lt=end)


def embargoes(stories: Stories, user: User, at: datetime) -> Stories:
    """Stories whose embargo lifts within 48 hours."""
    lifting = stories.filter(embargo_until__gt=at, embargo_until__lte=at + EMBARGO_AHEAD)
    return lifting.exclude(state=State.KILLED)


def approved(stories: Stories, user: User, at: datetime) -> Stories:
    return stories.filter(state=State.APPROVED)


def recent(stories: Stories, user: User, at: datetime) -> Stories:
    """What came out in the last seven days, a new text for it being written or not."""
    return stories.filter(public_version__isnull=False, published_at__gt=at - RECENT, published_at__lte=at)


WRITE, REVIEW = "articles.change_article", "articles.approve_article"
PUBLISH, EDIT_ANY = "articles.publish_article", "articles.edit_any_article"
BY_DUE = (F("assignment__due_at").asc(nulls_last=True), "-changed_at", "-pk")

PILES: dict[str, Pile] = {
    "mine": Pile("My drafts", "You have nothing to write just now.", mine, BY_DUE, WRITE),
    "waiting": Pile("Waiting for me", "No story waits for your review.", waiting, BY_PLAN, REVIEW),
    "overdue": Pile("Overdue", "Nothing is late.", late, ("assignment__due_at", "pk"), WRITE),
    "approved": Pile("Ready to publish", "Nothing waits for publication.", approved, BY_PLAN, PUBLISH),
    "today": Pile("Scheduled today", "Nothing is scheduled.", today, ("scheduled_for", "pk"), EDIT_ANY),
    "embargoes": Pile(
        "Embargoes lifting", "None lifts in the next 48 hours.", embargoes, ("embargo_until", "pk"), EDIT_ANY
    ),
    "recent": Pile(
        "Recently published", "Nothing came out this week.", recent, ("-published_at", "-pk"), WRITE
    ),
}
