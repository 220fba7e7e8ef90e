"""What hinders a move, and which moves to offer."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from accounts.models import User
from articles.models import Article
from editorial.content import Content, head_content
from editorial.models import LegalHold
from editorial.preflight import blocking
from editorial.queries.people import can_edit, has_changed, has_written, is_own
from editorial.queries.reviews import ReviewStanding, belongs_to, review_standing
from editorial.workflow import EDIT, SIGN_OFF, TRANSITIONS, Check, Transition


@dataclass(frozen=True)
class Situation:
    """A story someone wants to move. `by=None` is the operator at the shell or the clock."""

    article: Article
    by: User | None
    at: datetime
    reason: str = ""

    @property
    def is_shown(self) -> bool:
        """Whether readers see the latest text already: what let it out is not asked again."""
        return self.article.public_version == self.article.version

    @cached_property
    def content(self) -> Content:
        return head_content(self.article)

    @cached_property
    def reviews(self) -> ReviewStanding:
        return review_standing(self.article)


def _text(story: Situation) -> str:
    missing = [name for name in ("headline", "slug", "body") if not getattr(story.content, name)]
    return f"The story has no {' and no '.join(missing)} yet." if missing else ""


def _own(story: Situation) -> str:
    by = story.by
    if by is None or by.has_perm("articles.edit_any_article") or is_own(story.article, by):
        return ""
    return "This story is not yours."


def _editable(story: Situation) -> str:
    if story.by is None or can_edit(story.article, story.by):
        return ""
    return "This story is not yours to change as it stands now."


def _due_step(story: Situation) -> str:
    if not story.reviews.steps:
        return "No reviews are set up for this section: ask an administrator to add a review path."
    if story.by is None or belongs_to(story.reviews.due, story.by):
        return ""
    return f"The {story.reviews.due or 'review'} is not yours to make."


def _reviewer(story: Situation) -> str:
    if story.by is None or story.by.has_perm("articles.approve_article"):
        return ""
    return _due_step(story)


def _not_own(story: Situation) -> str:
    if story.by is None:
        return ""
    if has_written(story.article, story.by):
        return "Nobody approves their own text: ask a colleague."
    if story.reviews.needs_two_people and has_changed(story.article, story.by):
        return "You changed this text, and in this section only those who did not can approve it."
    return ""


def _steps(story: Situation) -> str:
    if story.is_shown or story.reviews.is_complete:
        return ""
    due = story.reviews.due
    waiting = f"“{due}” is still to be done" if due else "no reviews are set up for its section"
    return f"The story has no approval for this text: {waiting}."


def _not_held(story: Situation) -> str:
    hold = LegalHold.objects.filter(article=story.article, lifted_at=None).first()
    return f"A legal hold stands: {hold.reason}" if hold else ""


def _preflight(story: Situation) -> str:
    found = [] if story.is_shown else blocking(story.content)
    return "The preflight stops it: " + " ".join(found) if found else ""


HINDRANCES: dict[Check, Callable[[Situation], str]] = {
    Check.REASON: lambda story: "" if story.reason.strip() else "Say why.",
    Check.TEXT: _text,
    Check.OWN: _own,
    Check.EDITABLE: _editable,
    Check.DUE_STEP: _due_step,
    Check.REVIEWER: _reviewer,
    Check.NOT_OWN: _not_own,
    Check.STEPS: _steps,
    Check.NOT_HELD: _not_held,
    Check.PREFLIGHT: _preflight,
    Check.PUBLIC: lambda story: "" if story.article.is_public(at=story.at) else "Readers do not see it.",
    Check.DRAFTED: lambda story: "" if story.article.has_working_draft else "There is no working draft.",
}
"""What speaks against a move, in a sentence; empty when nothing does."""

ABOUT_THE_PERSON = (
    Check.OWN,
    Check.EDITABLE,
    Check.DUE_STEP,
    Check.REVIEWER,
    Check.NOT_OWN,
    Check.PUBLIC,
    Check.DRAFTED,
)
"""Checks that decide whether a move is offered at all; the others are answered when it is tried."""


def hindrance(transition: Transition, story: Situation) -> str:
    """Why the table does not let this person move the story so, or nothing."""
    if story.article.state not in transition.sources:
        state = story.article.get_state_display()
        return f"A story that is {state} cannot be moved by “{transition.name}”."
    if story.by and transition.permission and not story.by.has_perm(transition.permission):
        return f"Your role does not let you {transition.name} stories."
    return next(filter(None, (HINDRANCES[check](story) for check in transition.checks)), "")


def can_move(article: Article, transition: Transition, user: User, *, at: datetime) -> bool:
    """Whether to offer this person the move; what only the text can tell is answered when it is tried."""
    if article.state not in transition.sources:
        return False
    if transition.permission and not user.has_perm(transition.permission):
        return False
    story = Situation(article, user, at)
    return not any(HINDRANCES[check](story) for check in transition.checks if check in ABOUT_THE_PERSON)


def moves_for(article: Article, user: User, *, at: datetime) -> list[Transition]:
    """The moves to offer: saving is always there where one may edit, and signing off is an approval."""
    offered = [move for move in TRANSITIONS if move not in (EDIT, SIGN_OFF)]
    return [move for move in offered if can_move(article, move, user, at=at)]
