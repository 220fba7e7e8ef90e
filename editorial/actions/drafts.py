"""Storing a story as it was edited: every save is a revision, and readers' text stays as it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import AuditEntry, User
from articles.markup.sanitize import sanitize_body
from articles.models import Article, State
from editorial.actions.anchors import move_anchors
from editorial.actions.states import clear_plan, settle_due
from editorial.actions.texts import AddressTaken, check_address, keep_revision, show_text
from editorial.content import Content, head_content
from editorial.models import Revision
from editorial.queries import Situation, can_edit, hindrance
from editorial.workflow import EDIT


class CannotSave(Exception):
    """The story may not be changed by this person, or not like this; the message says why."""


class StaleSave(CannotSave):
    """Somebody saved another text since this one was opened (rule W4): both are to be merged."""

    def __init__(self, base: int, latest: Revision) -> None:
        super().__init__(f"{latest.by_label} saved another text meanwhile.")
        self.base, self.latest = base, latest


@transaction.atomic
def begin_story(*, content: Content, by: User | None, at: datetime, **settings: Any) -> Article:
    """Make a story with its first text; `settings` are what `Placing` has, and wire_key.

    Raises `CannotSave` when the address is, or was, another story's.
    """
    content = _clean(content)
    _check_address(content.slug)
    article = Article(**settings, created_at=at, created_by=by, changed_at=at, version=1)
    with _address_still_free():
        show_text(article, content)
    keep_revision(article, content, by=by, at=at)
    AuditEntry.record("begin story", article, by=by, at=at, to_state=article.state)
    return article


@transaction.atomic
def save_draft(
    *,
    article: Article,
    content: Content,
    by: User | None,
    at: datetime,
    base: int | None = None,
    note: str = "",
) -> Revision | None:
    """Keep a new text of the story as a revision; none, and nothing else, if it is the latest one already.

    The text of a public story becomes a working draft beside the one readers see. An edit voids approvals,
    which are given to one text, and takes the story off the schedule (rule W2). `base` is the revision that
    was being edited; `by=None` is the operator at the shell.

    Raises:
        StaleSave: `base` is no longer the latest. CannotSave: not this person's to edit, or a taken address.
    """
    stored = Article.objects.select_for_update(no_key=True).get(pk=article.pk)
    settle_due(stored, at=at)
    content, latest = _clean(content), head_content(stored)
    if content == latest:
        return None
    if base is not None and base != stored.version:
        raise StaleSave(base, stored.revisions.get(number=stored.version))
    why_not = hindrance(EDIT, Situation(stored, by, at))
    if why_not:
        raise CannotSave(why_not)
    _check_address(content.slug, stored)
    before = stored.state
    with _address_still_free():
        _advance(stored, content, at=at)
    revision = keep_revision(stored, content, by=by, at=at, note=note)
    move_anchors(stored, latest.body, content.body)
    AuditEntry.record(
        "edit story", stored, by=by, at=at, from_state=before, to_state=stored.state, reason=note
    )
    article.refresh_from_db()
    return revision


@transaction.atomic
def name_revision(*, article: Article, number: int, name: str, by: User, at: datetime) -> None:
    """Give a revision a name to find it by; an empty one takes it away. Raises `CannotSave`."""
    if not can_edit(article, by):
        raise CannotSave("This story is not yours to change as it stands now.")
    if not article.revisions.filter(number=number).update(name=name.strip()[:80]):
        raise CannotSave(f"There is no revision {number}.")
    AuditEntry.record("name revision of story", article, by=by, at=at, reason=f"{number}: {name.strip()}")


def _clean(content: Content) -> Content:
    return replace(content, body=sanitize_body(content.body), topics=tuple(sorted(content.topics)))


def _advance(article: Article, content: Content, *, at: datetime) -> None:
    """Move the row on to the next version: its text too, unless readers see it."""
    article.state = EDIT.path[State(article.state)]
    clear_plan(article, at=at)
    article.version, article.changed_at = article.version + 1, at
    if not article.is_public(at=at):
        show_text(article, content)
    article.save()


@contextmanager
def _address_still_free() -> Iterator[None]:
    """Two that take the same address at the same moment both find it free; the database lets one have it."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        raise CannotSave("Somebody has just taken this address for another story; try again.") from None


def _check_address(slug: str, article: Article | None = None) -> None:
    try:
        check_address(slug, article)
    except AddressTaken as taken:
        raise CannotSave(str(taken)) from None
