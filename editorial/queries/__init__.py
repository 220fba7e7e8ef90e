"""Questions of the desk: who may do what, how far the reviews are, what hinders a move."""

from editorial.queries.comments import (
    Thread,
    can_close,
    can_comment,
    mentioned_in,
    people_at,
    threads_of,
)
from editorial.queries.people import (
    authors_of,
    can_edit,
    can_place,
    has_written,
    is_own,
    own_stories,
    visible_to_staff,
)
from editorial.queries.piles import PILES, Pile
from editorial.queries.planning import BY_PLAN, can_plan, overdue, planned
from editorial.queries.reviews import (
    belongs_to,
    path_for,
    review_standing,
    review_standings,
    reviewers_for,
)
from editorial.queries.stories import Situation, can_move, hindrance, moves_for

__all__ = [
    "BY_PLAN",
    "PILES",
    "Pile",
    "Situation",
    "Thread",
    "authors_of",
    "belongs_to",
    "can_close",
    "can_comment",
    "can_edit",
    "can_move",
    "can_place",
    "can_plan",
    "has_written",
    "hindrance",
    "is_own",
    "mentioned_in",
    "moves_for",
    "overdue",
    "own_stories",
    "path_for",
    "people_at",
    "planned",
    "review_standing",
    "review_standings",
    "reviewers_for",
    "threads_of",
    "visible_to_staff",
]
