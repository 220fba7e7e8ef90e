"""What the clock brings."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from articles.models import Article, State
from editorial.actions.notices import tell
from editorial.actions.states import settle_due
from editorial.models import Notification
from editorial.queries import authors_of


def publish_due(*, at: datetime) -> int:
    """Do what is due: scheduled texts, planned ends; returns how many stories moved.

    Each in a transaction of its own. Readers see new stories, and the end of old ones, on time without this.
    """
    is_due = Q(state=State.SCHEDULED, scheduled_for__lte=at) | Q(
        published_at__isnull=False, unpublish_at__lte=at
    )
    due = Article.objects.filter(is_due).values_list("pk", flat=True)
    return sum(_settle(pk, at=at) for pk in list(due))


@transaction.atomic
def _settle(pk: int, *, at: datetime) -> bool:
    story = Article.objects.select_for_update(no_key=True).get(pk=pk)
    before = story.state
    settle_due(story, at=at)
    if story.state == State.PUBLISHED != before:
        tell(authors_of(story), Notification.Kind.PUBLISHED, story, by=None, at=at)
    return story.state != before
