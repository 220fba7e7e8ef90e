"""From a column of the board to a move: which one leads a story there, or why none does."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from articles.models import Article, State
from editorial.buttons import BUTTONS
from editorial.queries import Situation, can_move, hindrance
from editorial.workflow import (
    APPROVE,
    PUBLISH,
    RECALL,
    REQUEST_CHANGES,
    REVIVE,
    SCHEDULE,
    SUBMIT,
    UNSCHEDULE,
)

BY_DRAGGING = (SUBMIT, RECALL, APPROVE, REQUEST_CHANGES, SCHEDULE, UNSCHEDULE, PUBLISH, REVIVE)
"""What somebody means who drags a card: nobody discards a text or corrects one in public like that."""


@dataclass(frozen=True)
class Route:
    """The name of the move, or the reason why there is none."""

    move: str = ""
    why_not: str = ""


def route_to(state: State, article: Article, user: User, *, at: datetime) -> Route:
    """How this person gets the story into that state in one move, as the table of the workflow has it."""
    here, there = article.get_state_display(), state.label
    leading = [move for move in BY_DRAGGING if move.path.get(State(article.state)) == state]
    for move in leading:
        if can_move(article, move, user, at=at):
            return Route(move.name)
    if not leading:
        return Route(why_not=f"No single move leads from {here} to {there}.")
    why = hindrance(leading[0], Situation(article, user, at, reason="moved on the board"))
    return Route(why_not=f"{BUTTONS[leading[0].name].label}: {why}")
