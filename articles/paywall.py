"""The one door for body text: who may read how much of a story, and why.

Every surface (page, feed, JSON-LD, card, search, digest, print) gets its text
from `read`. The decision is a pure function of the story's rule, the reader's
grants and the clock, and its last line denies.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from articles.markup.lead import free_part
from articles.models import Access, Article
from subscriptions.models import Source
from subscriptions.queries import GrantFact


class Verdict(StrEnum):
    ALLOW = "allow"
    REGISTER = "register"
    SUBSCRIBE = "subscribe"


@dataclass(frozen=True)
class Reader:
    """Whoever asks, as far as access is concerned."""

    is_signed_in: bool = False
    grants: tuple[GrantFact, ...] = ()


VISITOR = Reader()
REGISTERED = Reader(is_signed_in=True)
SUBSCRIBER = Reader(
    is_signed_in=True,
    grants=(GrantFact(Source.STRIPE, "You subscribe.", datetime.min.replace(tzinfo=UTC), None),),
)


@dataclass(frozen=True)
class Decision:
    """What the paywall says, with a sentence the reader can be shown."""

    verdict: Verdict
    reason: str

    @property
    def is_allowed(self) -> bool:
        return self.verdict is Verdict.ALLOW


@dataclass(frozen=True)
class Reading:
    """The part of a story that someone may read, as stored markup."""

    decision: Decision
    text: str

    @property
    def is_whole(self) -> bool:
        return self.decision.is_allowed


def decide(*, required: str, reader: Reader, at: datetime) -> Decision:
    """Weigh a story's rule (an `Access` value) against the reader's grants at the moment `at`."""
    if required == Access.FREE:
        return Decision(Verdict.ALLOW, "This story is free for everyone.")
    for grant in reader.grants:
        if grant.is_current(at):
            return Decision(Verdict.ALLOW, grant.reason)
    if required == Access.REGISTERED and reader.is_signed_in:
        return Decision(Verdict.ALLOW, "This story is free for registered readers.")
    if required == Access.REGISTERED:
        return Decision(Verdict.REGISTER, "This story is free for readers with an account.")
    return Decision(Verdict.SUBSCRIBE, "This story is for subscribers.")


def read(article: Article, reader: Reader, *, at: datetime) -> Reading:
    """The text of `article` that `reader` may have at `at`: the whole, or its free part."""
    decision = decide(required=article.required_access, reader=reader, at=at)
    if decision.is_allowed:
        return Reading(decision, article.body)
    return Reading(decision, free_part(article.body))
