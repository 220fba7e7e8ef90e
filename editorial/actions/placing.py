"""Who may read a story, its type, its place on the front page, its embargo, until when it is public.

None of it is text: it holds at once and voids no approval.
"""

from datetime import datetime
from typing import TypedDict, Unpack

from django.db import transaction

from accounts.models import AuditEntry, User
from articles.models import Article, StoryType
from editorial.actions.moving import ENDS_FIRST, CannotMove
from editorial.actions.states import settle_due
from editorial.queries import can_place


class Placing(TypedDict, total=False):
    """What may be set; a name left out stays as it is."""

    access: str
    story_type: StoryType | None
    prominence: int
    embargo_until: datetime | None
    unpublish_at: datetime | None


@transaction.atomic
def place_article(*, article: Article, by: User | None, at: datetime, **placing: Unpack[Placing]) -> bool:
    """Set what is given; returns whether anything changed. `unpublish_at` ends a publication by itself.

    Raises `CannotMove`: not this person's to set (for a public or scheduled story, the publishers'), or an
    end that has passed.
    """
    stored = Article.objects.select_for_update(no_key=True).get(pk=article.pk)
    settle_due(stored, at=at)
    changed = {name: value for name, value in placing.items() if getattr(stored, name) != value}
    if not changed:
        return False
    if by and not can_place(stored, by):
        raise CannotMove("Who may read this story, its place and its times are not yours to set now.")
    end = placing.get("unpublish_at")
    if end and end <= at:
        raise CannotMove("The end of the publication has passed; unpublish the story instead.")
    if end and stored.scheduled_for and not stored.is_public(at=at) and end <= stored.scheduled_for:
        raise CannotMove(ENDS_FIRST)
    if placing.get("embargo_until") and stored.published_at and stored.holds.filter(lifted_at=None).exists():
        raise CannotMove("A legal hold stands, and an embargo would end by itself: unpublish the story.")
    for name, value in changed.items():
        setattr(stored, name, value)
        setattr(article, name, value)
    stored.changed_at = article.changed_at = at
    stored.save()
    said = ", ".join(f"{name.replace('_', ' ')}: {value or 'none'}" for name, value in changed.items())
    AuditEntry.record("place story", stored, by=by, at=at, reason=said)
    return True
