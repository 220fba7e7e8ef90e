"""How a story's row changes when it moves; only moves and saves call this, inside their transactions."""

from dataclasses import replace
from datetime import datetime

from accounts.models import AuditEntry, User
from articles.models import Article, State
from editorial.actions.texts import AddressTaken, check_address, show_text
from editorial.content import Content, head_content
from editorial.named_rows import what_remains
from editorial.workflow import PUBLISH, UNPUBLISH, UNSCHEDULE, Transition


def set_state(
    article: Article,
    transition: Transition,
    *,
    by: User | None,
    at: datetime,
    reason: str = "",
    who: str = "",
) -> None:
    """Store the row in the state the table says, with the audit row in the same transaction.

    `who` names someone without an account.
    """
    before = article.state
    article.state = transition.path[State(before)]
    article.save()
    AuditEntry.record(
        f"{transition.name} story",
        article,
        by=by,
        who=who,
        at=at,
        from_state=before,
        to_state=article.state,
        reason=reason,
    )


def clear_plan(article: Article, *, at: datetime) -> None:
    """Drop a planned moment; a story that was to appear then is not public."""
    article.scheduled_for = None
    if article.published_at and article.published_at > at:
        article.published_at = None
    if article.first_published_at and article.first_published_at > at:
        article.first_published_at = None


def go_live(article: Article, *, moment: datetime) -> None:
    """Let readers see the latest text from `moment` on.

    The first publication sets the story's date, later ones its update time. Raises `AddressTaken`.
    """
    if article.has_working_draft:
        content = _still_there(article)
        check_address(content.slug, article)
        show_text(article, content)
        article.updated_at = moment
    first = article.first_published_at
    if first is None or first > moment:
        article.first_published_at = moment
    if article.published_at is None or article.published_at > moment:
        article.published_at = article.first_published_at
    article.public_version, article.scheduled_for = article.version, None
    article.withdrawal_notice = ""
    if article.unpublish_at and article.unpublish_at <= moment:
        article.unpublish_at = None


def take_down(article: Article, *, at: datetime) -> None:
    """Take the story off every public surface; a working draft becomes its text.

    One that an embargo still hides has never been seen, and its address says nothing (rule W5).
    """
    if article.embargo_until and article.embargo_until > at:
        article.first_published_at = None
    draft = _still_there(article) if article.has_working_draft else None
    article.public_version = article.published_at = article.unpublish_at = None
    if draft:
        show_text(article, replace(draft, slug=_free_of_others(draft.slug, article)))


def _still_there(article: Article) -> Content:
    """The latest text without the topics, authors and picture that were deleted since it was saved."""
    return what_remains(head_content(article), section=article.section_id).content


def _free_of_others(slug: str, article: Article) -> str:
    """The address, or the one the story has: nothing that others did keeps a story from being withdrawn."""
    try:
        check_address(slug, article)
    except AddressTaken:
        return article.slug
    return slug


def settle_due(article: Article, *, at: datetime) -> None:
    """Do what the clock says is due: publish a scheduled text, end a publication; whoever notices first.

    Readers have seen a first publication, and the end of one, on time without this (rule W6).
    """
    if article.state == State.SCHEDULED and article.scheduled_for and article.scheduled_for <= at:
        _publish_scheduled(article, at=at)
    if article.published_at and article.unpublish_at and article.unpublish_at <= at:
        clear_plan(article, at=at)
        take_down(article, at=at)
        set_state(article, UNPUBLISH, by=None, at=at, reason="Its planned end has come.")


def _publish_scheduled(article: Article, *, at: datetime) -> None:
    try:
        go_live(article, moment=article.scheduled_for or at)
    except AddressTaken as taken:  # since it was scheduled: somebody has to decide
        clear_plan(article, at=at)
        set_state(article, UNSCHEDULE, by=None, at=at, reason=str(taken))
    else:
        set_state(article, PUBLISH, by=None, at=at)
