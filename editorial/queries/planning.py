"""Stories with their plans: what is overdue, and what a list of them shows."""

from datetime import datetime

from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import User
from articles.models import Article, State
from editorial.models import LegalHold, Priority, Revision
from editorial.queries.people import WRITING

UNFINISHED = (*WRITING, State.IN_REVIEW)
BY_PLAN = (
    Coalesce("assignment__priority", Priority.NORMAL.value).desc(),
    F("assignment__due_at").asc(nulls_last=True),
    F("changed_at").desc(),
    F("pk").desc(),
)
"""The most urgent first, then what is due soonest, then what was touched last."""


def overdue(at: datetime) -> Q:
    """A text that should have been approved by now; one that came out since it was due is not late again."""
    is_new = Q(first_published_at=None) | Q(assignment__due_at__gt=F("first_published_at"))
    return Q(is_new, assignment__due_at__lt=at, state__in=UNFINISHED)


def planned(stories: QuerySet[Article], *, at: datetime) -> QuerySet[Article]:
    """The stories as lists of the desk show them, in one query and without the texts.

    Each has its section, plan and assignee at hand, `is_overdue`, `is_held`, and `latest_words`: the length
    of the latest text, a working draft's where there is one.
    """
    latest = Revision.objects.filter(article=OuterRef("pk"), number=OuterRef("version"))
    return (
        stories.select_related("section", "assignment__assignee")
        .defer("body")
        .annotate(
            is_overdue=ExpressionWrapper(overdue(at), BooleanField()),
            is_held=Exists(LegalHold.objects.filter(article=OuterRef("pk"), lifted_at=None)),
            latest_words=Coalesce(Subquery(latest.values("word_count")[:1]), "word_count"),
        )
    )


def can_plan(article: Article, user: User) -> bool:
    """Writers plan what they began or were assigned; editors everything."""
    if user.has_perm("articles.edit_any_article") or article.created_by_id == user.pk:
        return True
    assignment = getattr(article, "assignment", None)
    return assignment is not None and assignment.assignee_id == user.pk
