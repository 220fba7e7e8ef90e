"""The table of the desk: where a story moves from and to, who may move it, what is checked, what follows.

Pages, buttons, bulk actions, commands and tasks move stories by `editorial.actions`, and these by this table
alone. `manage.py draw_workflow` draws it for the docs.
"""

from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from articles.models import State

S = State


class Check(Enum):
    """What must hold for a move, beside the state and the permission."""

    REASON = "a reason is given"
    TEXT = "it has a headline, an address and a text"
    OWN = "it is theirs, or they may edit the stories of others"
    EDITABLE = "they may change it as it stands"
    DUE_STEP = "they belong to the group of the review that is due"
    REVIEWER = "they review stories, or belong to the group of the review that is due"
    NOT_OWN = "it is not their own text"
    STEPS = "every review of its path has approved this very text"
    NOT_HELD = "no legal hold stands"
    PREFLIGHT = "the preflight finds nothing that blocks"
    PUBLIC = "readers can see it"
    DRAFTED = "there is a working draft beside the public text"


class Effect(Enum):
    """What a move brings with it."""

    TELL_REVIEWERS = "the reviewers whose turn it is are told"
    TELL_AUTHORS = "its authors are told"
    DROP_PLAN = "a planned moment is dropped"
    PUBLISH_TEXT = "readers see the latest text"
    WITHDRAW = "it leaves every public surface, and its address says so"
    NOTICE = "a public notice says what was wrong"
    FORGET_DRAFT = "the working draft stays in the history only"


@dataclass(frozen=True)
class Transition:
    """One row of the table. No permission: whoever the checks let."""

    name: str
    path: MappingProxyType[State, State]
    permission: str = ""
    checks: tuple[Check, ...] = ()
    effects: tuple[Effect, ...] = ()

    @property
    def sources(self) -> frozenset[State]:
        return frozenset(self.path)


def _to(target: State, *sources: State) -> MappingProxyType[State, State]:
    return MappingProxyType(dict.fromkeys(sources, target))


PUBLISH_PERMISSION = "articles.publish_article"
GATE = (Check.TEXT, Check.STEPS, Check.NOT_HELD, Check.PREFLIGHT)
BEFORE_PUBLICATION = (S.DRAFT, S.IN_REVIEW, S.CHANGES_REQUESTED, S.APPROVED)

EDIT = Transition(
    "edit",
    MappingProxyType(
        {
            S.DRAFT: S.DRAFT,
            S.CHANGES_REQUESTED: S.CHANGES_REQUESTED,
            S.IN_REVIEW: S.IN_REVIEW,
            S.APPROVED: S.IN_REVIEW,
            S.SCHEDULED: S.IN_REVIEW,
            S.PUBLISHED: S.DRAFT,
            S.UNPUBLISHED: S.DRAFT,
        }
    ),
    "articles.change_article",
    (Check.EDITABLE,),
    (Effect.DROP_PLAN,),
)
SUBMIT = Transition(
    "submit",
    _to(S.IN_REVIEW, S.DRAFT, S.CHANGES_REQUESTED, S.UNPUBLISHED),
    "articles.submit_article",
    (Check.OWN, Check.TEXT),
    (Effect.TELL_REVIEWERS,),
)
RECALL = Transition("recall", _to(S.DRAFT, S.IN_REVIEW), "articles.submit_article", (Check.OWN,))
SIGN_OFF = Transition(
    "sign off",
    _to(S.IN_REVIEW, S.IN_REVIEW),
    "",
    (Check.DUE_STEP, Check.NOT_OWN),
    (Effect.TELL_REVIEWERS,),
)
APPROVE = Transition(
    "approve",
    _to(S.APPROVED, S.IN_REVIEW),
    "",
    (Check.DUE_STEP, Check.NOT_OWN, Check.STEPS),
    (Effect.TELL_AUTHORS,),
)
REQUEST_CHANGES = Transition(
    "request changes",
    _to(S.CHANGES_REQUESTED, S.IN_REVIEW, S.APPROVED, S.SCHEDULED),
    "",
    (Check.REVIEWER, Check.REASON),
    (Effect.TELL_AUTHORS, Effect.DROP_PLAN),
)
SCHEDULE = Transition(
    "schedule", _to(S.SCHEDULED, S.APPROVED, S.SCHEDULED, S.UNPUBLISHED), PUBLISH_PERMISSION, GATE
)
UNSCHEDULE = Transition(
    "unschedule", _to(S.APPROVED, S.SCHEDULED), PUBLISH_PERMISSION, (), (Effect.DROP_PLAN,)
)
PUBLISH = Transition(
    "publish",
    _to(S.PUBLISHED, S.APPROVED, S.SCHEDULED, S.UNPUBLISHED),
    PUBLISH_PERMISSION,
    GATE,
    (Effect.PUBLISH_TEXT, Effect.TELL_AUTHORS),
)
CORRECT = Transition(
    "correct",
    _to(S.PUBLISHED, S.APPROVED, S.PUBLISHED),
    PUBLISH_PERMISSION,
    (Check.REASON, Check.PUBLIC, *GATE),
    (Effect.PUBLISH_TEXT, Effect.NOTICE),
)
DISCARD = Transition(
    "discard draft",
    _to(S.PUBLISHED, *BEFORE_PUBLICATION, S.SCHEDULED),
    "articles.change_article",
    (Check.EDITABLE, Check.PUBLIC, Check.DRAFTED),
    (Effect.FORGET_DRAFT, Effect.DROP_PLAN),
)
UNPUBLISH = Transition(
    "unpublish",
    _to(S.UNPUBLISHED, S.PUBLISHED, *BEFORE_PUBLICATION, S.SCHEDULED),
    PUBLISH_PERMISSION,
    (Check.PUBLIC,),
    (Effect.WITHDRAW, Effect.DROP_PLAN),
)
KILL = Transition(
    "kill",
    _to(S.KILLED, *(state for state in State if state != S.KILLED)),
    PUBLISH_PERMISSION,
    (Check.REASON,),
    (Effect.WITHDRAW, Effect.DROP_PLAN, Effect.TELL_AUTHORS),
)
REVIVE = Transition("revive", _to(S.DRAFT, S.KILLED), PUBLISH_PERMISSION, (Check.REASON,))

TRANSITIONS = (
    EDIT,
    SUBMIT,
    RECALL,
    SIGN_OFF,
    APPROVE,
    REQUEST_CHANGES,
    SCHEDULE,
    UNSCHEDULE,
    PUBLISH,
    CORRECT,
    DISCARD,
    UNPUBLISH,
    KILL,
    REVIVE,
)
