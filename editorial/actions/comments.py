"""What people say in a story's margin: comments, replies, suggested edits, and what becomes of them."""

import re
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from accounts.models import AuditEntry, User
from articles.markup.anchors import PassageSpansBlocks, passage_text, replace_passage
from articles.models import Article, State
from editorial.actions.drafts import CannotSave, save_draft
from editorial.actions.notices import tell
from editorial.content import head_content
from editorial.models import Comment, GuestLink, Notification
from editorial.queries import can_close, can_comment, can_edit, mentioned_in, people_at

LONGEST_TEXT = 4000
LONGEST_QUOTE = 10_000
MOST_OPEN = 500
"""Threads open at once about one story: its pages show them all."""
STANDING = ("state", "closed_by_label", "closed_at")
"""What closing a thread changes: its passage may be moving with a save meanwhile."""


class CannotComment(Exception):
    """This cannot be said, or done about what was said; the message says why. Nothing was changed."""


@transaction.atomic
def add_comment(
    *,
    article: Article,
    text: str,
    at: datetime,
    by: User | None = None,
    link: GuestLink | None = None,
    quote: str = "",
    near: int = 0,
    replacement: str | None = None,
) -> Comment:
    """Begin a thread, by a member of staff (`by`) or a guest (`link`); with a `replacement`, suggest an edit.

    `quote` is the passage as it reads in `passage_text`, and of several alike the one nearest to the
    character `near` is meant; without one the comment is about the whole story. A passage that the latest
    text does not have, typed but not saved yet, is kept as its words. Who is mentioned ("@Name") is told.

    Raises `CannotComment`: not theirs to say, nothing said, or a suggestion that fits nowhere in the text.
    """
    article = Article.objects.select_for_update(no_key=True).get(pk=article.pk)
    _check_voice(article, by, link, at=at)
    _check_room(article, quote, replacement or "")
    body = head_content(article).body
    place = _find(passage_text(body), quote, near)
    if replacement is not None:
        replacement = re.sub(r"\s*\n\s*", " ", replacement)
        _check_suggestion(body, place, quote, replacement)
    comment = Comment(
        article=article,
        text=_checked(text, may_be_empty=replacement is not None),
        quote=quote,
        is_suggestion=replacement is not None,
        replacement=replacement or "",
        **_signed(by, link, at),
    )
    comment.passage = place
    comment.save()
    _tell_mentioned(comment)
    return comment


@transaction.atomic
def reply(
    *, comment: Comment, text: str, at: datetime, by: User | None = None, link: GuestLink | None = None
) -> Comment:
    """Answer in a thread; who is mentioned is told. Raises `CannotComment`, also for a closed thread."""
    thread = _locked(comment)
    _check_voice(thread.article, by, link, at=at)
    _check_open(thread)
    answer = Comment.objects.create(
        article=thread.article, parent=thread, text=_checked(text), **_signed(by, link, at)
    )
    _tell_mentioned(answer)
    return answer


@transaction.atomic
def resolve_comment(*, comment: Comment, by: User, at: datetime) -> None:
    """Close a thread: who began it, or may change the text. Its own writer takes a suggestion back so.

    Raises `CannotComment`.
    """
    thread = _locked(comment)
    _check_closing(thread, by)
    _check_open(thread)
    _close(thread, Comment.State.RESOLVED, by=by, at=at)


@transaction.atomic
def reopen_comment(*, comment: Comment, by: User, at: datetime) -> None:
    """Open a resolved thread or a rejected suggestion again. Raises `CannotComment`."""
    thread = _locked(comment)
    _check_closing(thread, by)
    if thread.state not in (Comment.State.RESOLVED, Comment.State.REJECTED):
        raise CannotComment(f"This is {thread.get_state_display()}; it cannot be reopened.")
    thread.state, thread.closed_by_label, thread.closed_at = Comment.State.OPEN, "", None
    thread.save(update_fields=STANDING)
    _record("reopen comment on story", thread, by=by, at=at)


@transaction.atomic
def accept_suggestion(*, comment: Comment, by: User, at: datetime) -> None:
    """Write what was suggested into the latest text. It is an edit by whoever accepts (rules W2 and W3).

    Raises `CannotComment`, and nothing is changed, when the story is not theirs to edit or the passage no
    longer reads as it did when the suggestion was made.
    """
    Article.objects.select_for_update(no_key=True).get(pk=comment.article_id)
    thread = _locked(comment)
    _check_decision(thread, by)
    content = head_content(thread.article)
    if thread.passage is None or passage_text(content.body)[slice(*thread.passage)] != thread.quote:
        raise CannotComment("The passage was changed since; edit it by hand, or reject the suggestion.")
    start, end = thread.passage
    body = replace_passage(content.body, start, end, thread.replacement)
    _close(thread, Comment.State.ACCEPTED, by=by, at=at)
    note = f"accepted a suggestion by {thread.by_label}"
    try:
        save_draft(article=thread.article, content=replace(content, body=body), by=by, at=at, note=note)
    except CannotSave as refused:
        raise CannotComment(str(refused)) from None


@transaction.atomic
def accept_applied(*, article: Article, suggestions: Collection[int], by: User, at: datetime) -> None:
    """Mark suggestions as accepted whose words are in the text that this person has just saved.

    For the open editor, which puts them into the text itself. What is no open suggestion of this story, and
    everything if they may not edit it, is left alone.
    """
    if not can_edit(article, by):
        return
    chosen = article.comments.select_for_update().filter(pk__in=suggestions, is_suggestion=True)
    for thread in chosen.filter(state=Comment.State.OPEN):
        _close(thread, Comment.State.ACCEPTED, by=by, at=at)


@transaction.atomic
def reject_suggestion(*, comment: Comment, by: User, at: datetime) -> None:
    """Leave the text as it is. Raises `CannotComment`."""
    thread = _locked(comment)
    _check_decision(thread, by)
    _close(thread, Comment.State.REJECTED, by=by, at=at)


# What is checked


def _check_voice(article: Article, by: User | None, link: GuestLink | None, *, at: datetime) -> None:
    if link is not None and by is None:
        is_for_this = link.article_id == article.pk and link.may_review and link.is_open(at=at)
        if not is_for_this or article.state == State.KILLED:
            raise CannotComment("This link does not let you comment.")
    elif by is None or link is not None or not can_comment(article, by):
        raise CannotComment("This story is not yours to comment on.")


def _check_room(article: Article, *words: str) -> None:
    if max(map(len, words)) > LONGEST_QUOTE:
        raise CannotComment(f"A passage has {LONGEST_QUOTE} characters at most.")
    if article.comments.filter(parent=None, state=Comment.State.OPEN).count() >= MOST_OPEN:
        raise CannotComment(f"{MOST_OPEN} comments are open already: settle some of them first.")


def _check_suggestion(body: str, place: tuple[int, int] | None, quote: str, replacement: str) -> None:
    """Raise `CannotComment` unless the suggestion could be accepted as things stand."""
    if place is None:
        raise CannotComment("These words are not in the saved text: save it, or choose others.")
    if replacement == quote:
        raise CannotComment("The suggestion is what is there already.")
    try:
        replace_passage(body, *place, replacement)
    except PassageSpansBlocks:
        raise CannotComment("A suggestion stays within one paragraph; make one for each.") from None


def _check_closing(thread: Comment, by: User) -> None:
    if not can_comment(thread.article, by) or not can_close(thread, by):
        raise CannotComment("This is for its writer, or for who may change the story.")


def _check_decision(thread: Comment, by: User) -> None:
    if not thread.is_suggestion:
        raise CannotComment("This is no suggestion.")
    if not can_edit(thread.article, by):
        raise CannotComment("This story is not yours to change as it stands now.")
    _check_open(thread)


def _check_open(thread: Comment) -> None:
    if thread.state != Comment.State.OPEN:
        raise CannotComment(f"This is {thread.get_state_display()} already.")


def _checked(text: str, *, may_be_empty: bool = False) -> str:
    text = text.strip()
    if not text and not may_be_empty:
        raise CannotComment("Write something first.")
    if len(text) > LONGEST_TEXT:
        raise CannotComment(f"A comment has {LONGEST_TEXT} characters at most.")
    return text


# What is done


def _find(text: str, quote: str, near: int) -> tuple[int, int] | None:
    """Where the words stand in the text: the place nearest to `near`."""
    places = [found.start() for found in re.finditer(f"(?={re.escape(quote)})", text)] if quote else []
    if not places:
        return None
    start = min(places, key=lambda place: abs(place - near))
    return start, start + len(quote)


def _signed(by: User | None, link: GuestLink | None, at: datetime) -> dict[str, object]:
    return {"by": by, "link": link, "by_label": str(by) if by else link.name if link else "", "at": at}


def _locked(comment: Comment) -> Comment:
    """The thread as it is stored now; of a reply, the one it is in."""
    key = comment.parent_id or comment.pk
    return Comment.objects.select_for_update(of=("self",)).select_related("article").get(pk=key)


def _close(thread: Comment, state: Comment.State, *, by: User, at: datetime) -> None:
    """Accepting leaves its trail as the edit that it is."""
    thread.state, thread.closed_by_label, thread.closed_at = state, str(by), at
    thread.save(update_fields=STANDING)
    if state == Comment.State.RESOLVED:
        _record("resolve comment on story", thread, by=by, at=at)
    if state == Comment.State.REJECTED:
        _record("reject suggestion for story", thread, by=by, at=at)


def _record(action: str, thread: Comment, *, by: User, at: datetime) -> None:
    words = thread.text or f"“{thread.quote}” → “{thread.replacement}”"
    AuditEntry.record(action, thread.article, by=by, at=at, reason=f"{thread.by_label}: {words[:200]}")


def _tell_mentioned(comment: Comment) -> None:
    """Tell those at the desk whose names are in it; who the guest was is said in the words."""
    if "@" not in comment.text:
        return
    people = mentioned_in(comment.text, people_at(comment.article))
    text = comment.text if comment.by else f"{comment.by_label}: {comment.text}"
    kind = Notification.Kind.MENTIONED
    tell(people, kind, comment.article, by=comment.by, at=comment.at, text=text)
