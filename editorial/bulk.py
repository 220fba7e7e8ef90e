"""One move for several stories: each for itself, and the refused ones with their reasons."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from accounts.models import User
from articles.models import Article
from editorial.actions import CannotMove
from editorial.buttons import BUTTONS

MOST_AT_ONCE = 200


@dataclass
class Outcome:
    moved: list[Article] = field(default_factory=list)
    refused: list[tuple[Article, str]] = field(default_factory=list)


def move_all(name: str, stories: Iterable[Article], *, by: User, at: datetime) -> Outcome:
    """Make the move of `BUTTONS` with each of them, in a transaction of its own: a refusal stops no other."""
    outcome = Outcome()
    for story in stories:
        try:
            BUTTONS[name].act(article=story, by=by, at=at)
        except CannotMove as reason:
            outcome.refused.append((story, str(reason)))
        else:
            outcome.moved.append(story)
    return outcome
