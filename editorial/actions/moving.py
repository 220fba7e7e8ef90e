"""The one way to move a story: it is locked, the clock's due is done first, and the table decides."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction

from accounts.models import User
from articles.models import Article
from editorial.actions.states import settle_due
from editorial.queries import Situation, hindrance
from editorial.workflow import Check, Transition

ENDS_FIRST = "The story would end before it goes out: change one of the two times."


class CannotMove(Exception):
    """The story may not make this move now, or not by this person; the message says why."""


class CannotPublish(CannotMove):
    """Something must be done before readers may see this text; the message says what."""


@contextmanager
def moving(
    article: Article, transition: Transition | None, *, by: User | None, at: datetime, reason: str = ""
) -> Iterator[Article]:
    """The story as it is stored, locked, once the table allows the move; `article` follows afterwards."""
    with transaction.atomic():
        stored = Article.objects.select_for_update(no_key=True).get(pk=article.pk)
        settle_due(stored, at=at)
        if transition:
            _allow(transition, Situation(stored, by, at, reason))
        yield stored
    article.refresh_from_db()


def _allow(transition: Transition, story: Situation) -> None:
    why = hindrance(transition, story)
    if not why:
        return
    is_gate = Check.STEPS in transition.checks and story.article.state in transition.sources
    may = story.by is None or story.by.has_perm(transition.permission)
    raise (CannotPublish if is_gate and may else CannotMove)(why)
