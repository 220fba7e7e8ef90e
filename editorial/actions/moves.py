"""Moving a story through the workflow: each checks the table, writes the audit row, and is atomic."""

from datetime import datetime

from accounts.models import User
from articles.models import Article, Correction
from editorial.actions.anchors import move_anchors
from editorial.actions.moving import ENDS_FIRST, CannotMove, CannotPublish, moving
from editorial.actions.notices import tell
from editorial.actions.states import clear_plan, go_live, set_state, take_down
from editorial.actions.texts import AddressTaken, keep_revision
from editorial.content import content_of, head_content
from editorial.models import Notification
from editorial.queries import authors_of, reviewers_for
from editorial.workflow import (
    CORRECT,
    DISCARD,
    KILL,
    PUBLISH,
    RECALL,
    REVIVE,
    SCHEDULE,
    SUBMIT,
    UNPUBLISH,
    UNSCHEDULE,
)

Kind = Notification.Kind

LONGEST_NOTICE = 300
"""Of a killed story, in characters."""


def submit_article(*, article: Article, by: User | None, at: datetime, note: str = "") -> None:
    """Hand a text to the reviewers of its section. Raises `CannotMove`."""
    with moving(article, SUBMIT, by=by, at=at) as story:
        set_state(story, SUBMIT, by=by, at=at, reason=note.strip())
        tell(reviewers_for(story), Kind.SUBMITTED, story, by=by, at=at, text=note)


def recall_article(*, article: Article, by: User | None, at: datetime) -> None:
    """Take a text back from its reviewers, to go on writing. Raises `CannotMove`."""
    with moving(article, RECALL, by=by, at=at) as story:
        set_state(story, RECALL, by=by, at=at)


def publish_article(*, article: Article, by: User | None, at: datetime, when: datetime | None = None) -> None:
    """Show readers the latest text now, or from the moment `when` on without further ado (rule W6).

    Raises:
        CannotPublish: not approved, held, incomplete, or stopped by the preflight.
        CannotMove: not a move from where it stands, or not this person's to make.
    """
    if when is not None and when > at:
        _schedule(article, by=by, at=at, when=when)
        return
    with moving(article, PUBLISH, by=by, at=at) as story:
        _go_live(story, at=at)
        set_state(story, PUBLISH, by=by, at=at)
        tell(authors_of(story), Kind.PUBLISHED, story, by=by, at=at)


def correct_article(
    *, article: Article, by: User | None, at: datetime, notice: str, reason: str
) -> Correction:
    """Say in public what was wrong, together with the approved text that puts it right (rule W8).

    A story without a working draft keeps its text and gets the notice. Raises `CannotPublish`, `CannotMove`.
    """
    if not notice.strip():
        raise CannotMove("Write the notice that readers will see.")
    with moving(article, CORRECT, by=by, at=at, reason=reason) as story:
        _go_live(story, at=at)
        story.updated_at = at
        set_state(story, CORRECT, by=by, at=at, reason=reason.strip())
        return Correction.objects.create(
            article=story,
            notice=notice.strip(),
            reason=reason.strip(),
            version=story.version,
            by=by,
            by_label=str(by or "system"),
            at=at,
        )


def unschedule_article(*, article: Article, by: User | None, at: datetime) -> None:
    """Drop the planned moment; the text stays approved. Raises `CannotMove`."""
    with moving(article, UNSCHEDULE, by=by, at=at) as story:
        clear_plan(story, at=at)
        set_state(story, UNSCHEDULE, by=by, at=at)


def discard_draft(*, article: Article, by: User | None, at: datetime) -> None:
    """Go back to the text readers see; the working draft stays in the history. Raises `CannotMove`."""
    with moving(article, DISCARD, by=by, at=at) as story:
        discarded, content = head_content(story), content_of(story)
        clear_plan(story, at=at)
        story.version += 1
        story.public_version = story.version
        set_state(story, DISCARD, by=by, at=at)
        keep_revision(story, content, by=by, at=at, note="discarded the working draft")
        move_anchors(story, discarded.body, content.body)


def unpublish_article(*, article: Article, by: User | None, at: datetime, reason: str = "") -> None:
    """Take a story off every public surface at once (rule W7). Raises `CannotMove`."""
    with moving(article, UNPUBLISH, by=by, at=at) as story:
        clear_plan(story, at=at)
        take_down(story, at=at)
        set_state(story, UNPUBLISH, by=by, at=at, reason=reason.strip())


def kill_article(*, article: Article, by: User | None, at: datetime, reason: str, notice: str = "") -> None:
    """End a story: it leaves every surface, and its address says so, with the notice if there is one.

    Raises `CannotMove`, also without a reason, or with a notice that is too long for its page.
    """
    if len(notice.strip()) > LONGEST_NOTICE:
        raise CannotMove(f"The notice has {LONGEST_NOTICE} characters at most.")
    with moving(article, KILL, by=by, at=at, reason=reason) as story:
        clear_plan(story, at=at)
        take_down(story, at=at)
        story.withdrawal_notice = notice.strip()
        set_state(story, KILL, by=by, at=at, reason=reason.strip())
        tell(authors_of(story), Kind.KILLED, story, by=by, at=at, text=reason.strip())


def revive_article(*, article: Article, by: User | None, at: datetime, reason: str) -> None:
    """Make a killed story a draft again. Raises `CannotMove`, also without a reason."""
    with moving(article, REVIVE, by=by, at=at, reason=reason) as story:
        story.withdrawal_notice = ""
        set_state(story, REVIVE, by=by, at=at, reason=reason.strip())


def _schedule(article: Article, *, by: User | None, at: datetime, when: datetime) -> None:
    with moving(article, SCHEDULE, by=by, at=at) as story:
        if story.unpublish_at and story.unpublish_at <= when:
            raise CannotMove(ENDS_FIRST)
        story.scheduled_for = when
        if not story.is_public(at=at):
            was_public = story.first_published_at is not None and story.first_published_at <= at
            story.published_at = when
            story.first_published_at = story.first_published_at if was_public else when
        set_state(story, SCHEDULE, by=by, at=at, reason=f"for {when.isoformat()}")


def _go_live(story: Article, *, at: datetime) -> None:
    try:
        go_live(story, moment=at)
    except AddressTaken as taken:
        raise CannotPublish(str(taken)) from None
