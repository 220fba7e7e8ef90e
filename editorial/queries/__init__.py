"""Questions of the desk: who may do what, how far the reviews are, what hinders a move."""

from editorial.queries.people import (
    authors_of,
    can_edit,
    can_place,
    has_written,
    is_own,
    visible_to_staff,
)
from editorial.queries.reviews import belongs_to, path_for, review_standing, reviewers_for
from editorial.queries.stories import Situation, can_move, hindrance, moves_for

__all__ = [
    "Situation",
    "authors_of",
    "belongs_to",
    "can_edit",
    "can_move",
    "can_place",
    "has_written",
    "hindrance",
    "is_own",
    "moves_for",
    "path_for",
    "review_standing",
    "reviewers_for",
    "visible_to_staff",
]
