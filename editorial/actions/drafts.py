"""Storing a story as it was edited."""

from datetime import datetime

from django.db import transaction

from accounts.models import AuditEntry, User
from articles.markup.lead import word_count
from articles.models import Article, FormerSlug, State
from editorial.actions.moves import forget_plan, settle_due
from editorial.queries import can_edit


class CannotSave(Exception):
    """The story may not be changed by this person, or not like this; the message says why."""


@transaction.atomic
def save_draft(*, article: Article, by: User | None, at: datetime) -> None:
    """Store a story as it was edited. `by=None` is the operator at the shell.

    An edit voids an approval: the story goes back to draft (rule W2). An edit to a public story is
    seen at once and moves its update time. The old address of a story that was public keeps leading
    to it (rule W9).

    Raises:
        CannotSave: not this person's to edit.
    """
    article.word_count, article.changed_at = word_count(article.body), at
    stored = Article.objects.select_for_update().filter(pk=article.pk).first()
    if stored is None:
        article.created_at, article.created_by = at, by
        article.save()
        AuditEntry.record("begin story", article, by=by, at=at, to_state=article.state)
        return
    settle_due(stored, at=at)
    if by and not can_edit(stored, by):
        raise CannotSave("This story is not yours to change as it stands now.")
    _keep_address(stored, article)
    _void_approval(stored, article, at=at)
    if stored.state == State.PUBLISHED:
        article.updated_at = at
    article.save()
    AuditEntry.record("edit story", article, by=by, at=at, from_state=stored.state, to_state=article.state)


def _keep_address(stored: Article, article: Article) -> None:
    if stored.slug == article.slug:
        return
    FormerSlug.objects.filter(slug=article.slug, article=article).delete()
    if FormerSlug.objects.filter(slug=article.slug).exists():
        raise CannotSave("Another story had this address before; choose a different one.")
    if stored.first_published_at:
        FormerSlug.objects.get_or_create(slug=stored.slug, defaults={"article": article})


def _void_approval(stored: Article, article: Article, *, at: datetime) -> None:
    article.state = stored.state
    if stored.state in (State.APPROVED, State.SCHEDULED, State.UNPUBLISHED):
        article.state = State.DRAFT
        article.approved_at = article.approved_by = None
        forget_plan(article, at=at)
