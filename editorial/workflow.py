"""The table of the desk: from which states a story moves to which, and who may move it."""

from dataclasses import dataclass

from articles.models import State


@dataclass(frozen=True)
class Transition:
    """One row of the table. `permission` is what the person moving the story must have."""

    name: str
    sources: frozenset[State]
    target: State
    permission: str


SUBMIT = Transition("submit", frozenset({State.DRAFT}), State.IN_REVIEW, "articles.submit_article")
SEND_BACK = Transition(
    "send back",
    frozenset({State.IN_REVIEW, State.APPROVED, State.SCHEDULED}),
    State.DRAFT,
    "articles.approve_article",
)
APPROVE = Transition("approve", frozenset({State.IN_REVIEW}), State.APPROVED, "articles.approve_article")
PUBLISH = Transition(
    "publish",
    frozenset({State.APPROVED, State.SCHEDULED, State.UNPUBLISHED}),
    State.PUBLISHED,
    "articles.publish_article",
)
SCHEDULE = Transition(
    "schedule",
    frozenset({State.APPROVED, State.SCHEDULED, State.UNPUBLISHED}),
    State.SCHEDULED,
    "articles.publish_article",
)
UNPUBLISH = Transition(
    "unpublish",
    frozenset({State.PUBLISHED, State.SCHEDULED}),
    State.UNPUBLISHED,
    "articles.publish_article",
)
TRANSITIONS = (SUBMIT, SEND_BACK, APPROVE, PUBLISH, SCHEDULE, UNPUBLISH)
