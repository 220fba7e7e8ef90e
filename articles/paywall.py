"""The one door for body text: who may read how much of a story, and why.

Every surface (page, feed, JSON-LD, card, search, API, digest, print, Markdown) gets its text
from `read`. The decision is a pure function of the story's ruling, the reader's rights, their
meter, the link they came by and the clock, and its last line denies.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from django.utils.formats import date_format
from django.utils.timezone import localtime

from articles.markup.lead import free_part
from articles.models import Access, Article, Ruling
from subscriptions.models import Source
from subscriptions.queries import GrantFact


class Verdict(StrEnum):
    """The whole, or the opening alone with what would open the rest."""

    ALLOW = "allow"
    TEASER = "teaser"
    """One of the free stories of this month would open it; nothing has been counted yet."""
    REGISTER = "register"
    SUBSCRIBE = "subscribe"


class By(StrEnum):
    """What a story was opened by, besides the sources of grants."""

    FREE = "free"
    LINK = "link"
    ACCOUNT = "account"
    METER = "meter"
    NOTHING = ""


@dataclass(frozen=True)
class MeterFact:
    """A meter this month: how many stories it opens, and those (primary keys) it has opened."""

    limit: int
    opened: frozenset[int] = frozenset()
    more_with_account: int = 0
    """How many more stories a month an account would open; 0 for those who have one."""
    last: int = 0
    """The story it opened last; 0 for none."""

    @property
    def left(self) -> int:
        return max(0, self.limit - len(self.opened))


@dataclass(frozen=True)
class Opening:
    """A link that opens one story until `ends_at`: a subscriber's gift, or one in our own letters."""

    story: int
    reason: str
    ends_at: datetime

    def opens(self, story: int, at: datetime) -> bool:
        return self.story == story and at < self.ends_at


@dataclass(frozen=True)
class Reader:
    """Whoever asks, as far as access is concerned.

    `grants` are the rights in force, `lapsed` the one that ended last. No `meter`: nothing is counted,
    and nothing opened, as in feeds, cards and letters.
    """

    is_signed_in: bool = False
    grants: tuple[GrantFact, ...] = ()
    lapsed: GrantFact | None = None
    meter: MeterFact | None = None
    opening: Opening | None = None


VISITOR = Reader()
REGISTERED = Reader(is_signed_in=True)
SUBSCRIBER = Reader(
    is_signed_in=True,
    grants=(GrantFact(Source.STRIPE, "You subscribe.", datetime.min.replace(tzinfo=UTC), None),),
)


@dataclass(frozen=True)
class Decision:
    """What the paywall says, in a sentence for the reader too, and what opened the story, if anything."""

    verdict: Verdict
    reason: str
    by: str = By.NOTHING

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


def decide(*, story: int, ruling: Ruling, reader: Reader, at: datetime) -> Decision:
    """Weigh the ruling on the story with this primary key against what the reader has at the moment `at`."""
    if ruling.access == Access.FREE:
        return Decision(Verdict.ALLOW, "This story is free for everyone.", By.FREE)
    for grant in reader.grants:
        if grant.is_current(at):
            return Decision(Verdict.ALLOW, grant.reason, grant.source)
    if reader.opening and reader.opening.opens(story, at):
        return Decision(Verdict.ALLOW, reader.opening.reason, By.LINK)
    if ruling.access == Access.REGISTERED:
        if reader.is_signed_in:
            return Decision(Verdict.ALLOW, "This story is free for registered readers.", By.ACCOUNT)
        return Decision(Verdict.REGISTER, "This story is free for readers with an account.")
    if reader.meter and story in reader.meter.opened:
        return Decision(Verdict.ALLOW, "You opened this story this month.", By.METER)
    if reader.meter and reader.meter.left:
        return Decision(Verdict.TEASER, _why_teaser(reader.meter))
    if reader.meter and reader.meter.more_with_account:
        return Decision(Verdict.REGISTER, _why_register(reader.meter))
    return Decision(Verdict.SUBSCRIBE, _why_subscribe(reader))


def read(article: Article, reader: Reader, *, at: datetime) -> Reading:
    """The text of `article` that `reader` may have at `at`: the whole, or its free part."""
    decision = decide(story=article.pk, ruling=article.ruling(at=at), reader=reader, at=at)
    if decision.is_allowed:
        return Reading(decision, article.body)
    return Reading(decision, free_part(article.body))


def stories(count: int, kind: str = "") -> str:
    """`1 free story`, `3 free stories`."""
    return " ".join(filter(None, (str(count), kind, "story" if count == 1 else "stories")))


def _why_teaser(meter: MeterFact) -> str:
    if meter.left == 1:
        return "Your last free story of this month opens this one."
    return f"One of your {stories(meter.left, 'free')} opens this one."


def _why_register(meter: MeterFact) -> str:
    more = stories(meter.more_with_account)
    if meter.limit == 0:
        return f"A free account opens {more} like this one each month."
    used = stories(meter.limit, "free")
    return f"You have opened your {used} of this month. A free account opens {more} more."


WHAT_ENDED = {
    Source.STRIPE: "Your subscription gave",
    Source.GIFT: "The gift you were given gave",
    Source.SEAT: "Your seat in a group gave",
    Source.INSTITUTION: "Your institution gave",
    Source.COMP: "Your complimentary subscription gave",
}


def _why_subscribe(reader: Reader) -> str:
    words = ["This story is for subscribers."]
    if reader.meter and reader.meter.limit:
        words = [f"You have opened your {stories(reader.meter.limit, 'free')} of this month.", *words]
    lapsed = reader.lapsed
    if lapsed and lapsed.ends_at and lapsed.source in WHAT_ENDED:
        until = date_format(localtime(lapsed.ends_at), "F j, Y")
        words = [f"{WHAT_ENDED[Source(lapsed.source)]} you access until {until}.", *words]
    return " ".join(words)
