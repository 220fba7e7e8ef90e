"""Legal holds: while one stands, no text of the story goes out."""

from datetime import datetime

from accounts.models import AuditEntry, User
from articles.models import Article, State
from editorial.actions.moving import CannotMove, moving
from editorial.actions.states import clear_plan, set_state, take_down
from editorial.models import LegalHold
from editorial.workflow import UNPUBLISH, UNSCHEDULE

HELD = "A legal hold was placed."


def place_hold(*, article: Article, by: User | None, at: datetime, reason: str) -> LegalHold:
    """Keep a story from being published: off the schedule, and unpublished if an embargo still hides it.

    What readers see already they go on seeing: that is for `unpublish_article` or `kill_article`.
    Raises `CannotMove`: no reason, no right, or a hold stands already.
    """
    if by and not by.has_perm("editorial.add_legalhold"):
        raise CannotMove("Your role does not let you place a legal hold.")
    if not reason.strip():
        raise CannotMove("Say why the story must not go out.")
    with moving(article, None, by=by, at=at) as story:
        if story.holds.filter(lifted_at=None).exists():
            raise CannotMove("A legal hold stands already.")
        hold = LegalHold.objects.create(article=story, reason=reason.strip(), placed_by=by, placed_at=at)
        AuditEntry.record("hold story", story, by=by, at=at, reason=hold.reason)
        _stop(story, by=by, at=at)
    return hold


def _stop(story: Article, *, by: User | None, at: datetime) -> None:
    """Keep what the clock alone would show from being shown."""
    if story.state == State.SCHEDULED:
        clear_plan(story, at=at)
        set_state(story, UNSCHEDULE, by=by, at=at, reason=HELD)
    if story.published_at and story.embargo_until and story.embargo_until > at:
        take_down(story, at=at)
        set_state(story, UNPUBLISH, by=by, at=at, reason=HELD)


def lift_hold(*, article: Article, by: User | None, at: datetime, reason: str) -> None:
    """Let the story go its way again; for those entitled alone. Raises `CannotMove`."""
    if by and not by.has_perm("editorial.lift_legalhold"):
        raise CannotMove("Your role does not let you lift a legal hold.")
    if not reason.strip():
        raise CannotMove("Say why the story may go out.")
    with moving(article, None, by=by, at=at) as story:
        standing = story.holds.filter(lifted_at=None)
        if not standing.update(lifted_by=by, lifted_at=at, lifted_because=reason.strip()):
            raise CannotMove("No legal hold stands.")
        AuditEntry.record("lift hold of story", story, by=by, at=at, reason=reason.strip())
