"""Telling people that a story of theirs is late."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from articles.models import Article
from editorial.actions.notices import tell
from editorial.models import Assignment, Notification
from editorial.queries import overdue


def tell_overdue(*, at: datetime) -> int:
    """Tell who is to write a late story, and who planned it, once for each due time; returns how many are.

    However long nobody looked, and however many look at once, each is told once.
    """
    late = Article.objects.filter(overdue(at), assignment__overdue_told_at=None)
    return sum(_tell(story, at=at) for story in late.select_related("assignment").order_by("pk"))


@transaction.atomic
def _tell(story: Article, *, at: datetime) -> bool:
    plan: Assignment = story.assignment
    untold = Assignment.objects.filter(pk=plan.pk, due_at=plan.due_at, overdue_told_at=None)
    if not untold.update(overdue_told_at=at):
        return False
    people = User.objects.filter(
        Q(pk=plan.assignee_id) | Q(pk=story.created_by_id), is_active=True, is_staff=True
    )
    tell(people, Notification.Kind.OVERDUE, story, by=None, at=at)
    return True
