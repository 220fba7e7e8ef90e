"""Moving a story through the workflow. Each move checks the table, writes the audit row, and is atomic."""

from datetime import datetime

from django.db import transaction

from accounts.models import AuditEntry, User
from articles.models import Article, State
from editorial.queries import is_own
from editorial.workflow import APPROVE, PUBLISH, SCHEDULE, SEND_BACK, SUBMIT, UNPUBLISH, Transition

MOVED = ("state", "published_at", "first_published_at", "approved_at", "approved_by")
"""What a move may change; the text is never among it."""


class CannotMove(Exception):
    """The story may not make this move now, or not by this person; the message says why."""


class CannotPublish(CannotMove):
    """Something the reader needs is missing; the message names it."""


def submit_article(*, article: Article, by: User | None, at: datetime) -> None:
    """Hand a draft to the editors. Raises `CannotMove`."""
    _move(article, SUBMIT, by=by, at=at)


def send_back(*, article: Article, by: User | None, at: datetime, reason: str) -> None:
    """Return a story to its writer, saying why. Raises `CannotMove`."""
    if not reason.strip():
        raise CannotMove("Say what should change.")
    _move(article, SEND_BACK, by=by, at=at, reason=reason.strip(), approved_at=None, approved_by=None)


def approve_article(*, article: Article, by: User | None, at: datetime) -> None:
    """Approve a story in review; never one's own (rule W3). Raises `CannotMove`."""
    if by and is_own(article, by):
        raise CannotMove("Nobody approves their own text: ask a colleague.")
    _move(article, APPROVE, by=by, at=at, approved_at=at, approved_by=by)


def publish_article(*, article: Article, by: User | None, at: datetime, when: datetime | None = None) -> None:
    """Make a story public now, or from the moment `when` on without further ado (rule W6).

    Raises:
        CannotPublish: something is missing. CannotMove: not approved, or not this person's to publish.
    """
    _check_complete(article)
    is_later = when is not None and when > at
    moment = when if when is not None and is_later else at
    first = article.first_published_at
    was_public = first is not None and first <= at
    _move(
        article,
        SCHEDULE if is_later else PUBLISH,
        by=by,
        at=at,
        published_at=first if was_public and not is_later else moment,
        first_published_at=first if was_public else moment,
    )


def unpublish_article(*, article: Article, by: User | None, at: datetime, reason: str = "") -> None:
    """Take a story off every public surface at once. Raises `CannotMove`."""
    _move(article, UNPUBLISH, by=by, at=at, reason=reason)


@transaction.atomic
def publish_due(*, at: datetime) -> int:
    """Mark as published the scheduled stories whose moment has come; returns how many.

    Readers see them on time without this; what it adds is the state and the audit row, once.
    """
    due = list(Article.objects.select_for_update().filter(state=State.SCHEDULED, published_at__lte=at))
    for article in due:
        settle_due(article, at=at)
    return len(due)


def settle_due(article: Article, *, at: datetime) -> None:
    """Mark a scheduled story as published once its moment has come, whoever notices first."""
    if article.state == State.SCHEDULED and article.published_at and article.published_at <= at:
        _set_state(article, PUBLISH, by=None, at=at)


def _check_complete(article: Article) -> None:
    missing = [name for name in ("headline", "slug", "body") if not getattr(article, name)]
    if missing:
        raise CannotPublish(f"The story has no {' and no '.join(missing)} yet.")


@transaction.atomic
def _move(
    article: Article,
    transition: Transition,
    *,
    by: User | None,
    at: datetime,
    reason: str = "",
    **values: object,
) -> None:
    """Check the table against the story as it is stored, then move it."""
    stored = Article.objects.select_for_update().get(pk=article.pk)
    settle_due(stored, at=at)
    if stored.state not in transition.sources:
        raise CannotMove(
            f"A story that is {stored.get_state_display()} cannot be moved by “{transition.name}”."
        )
    if by and not by.has_perm(transition.permission):
        raise CannotMove(f"Your role does not let you {transition.name} stories.")
    if by and not by.has_perm("articles.edit_any_article") and not is_own(stored, by):
        raise CannotMove("This story is not yours.")
    if transition in (PUBLISH, SCHEDULE) and stored.approved_at is None:
        raise CannotMove("The story has no approval, or was edited since.")
    _set_state(stored, transition, by=by, at=at, reason=reason, **values)
    for name in MOVED:
        setattr(article, name, getattr(stored, name))


def _set_state(
    article: Article,
    transition: Transition,
    *,
    by: User | None,
    at: datetime,
    reason: str = "",
    **values: object,
) -> None:
    before = article.state
    article.state = transition.target
    for name, value in values.items():
        setattr(article, name, value)
    if transition.target not in (State.SCHEDULED, State.PUBLISHED):
        forget_plan(article, at=at)
    article.save(update_fields=MOVED)
    AuditEntry.record(
        transition.name + " story",
        article,
        by=by,
        at=at,
        from_state=before,
        to_state=article.state,
        reason=reason,
    )


def forget_plan(article: Article, *, at: datetime) -> None:
    """Drop a moment of publication that was only planned."""
    if article.first_published_at and article.first_published_at > at:
        article.published_at = article.first_published_at = None
