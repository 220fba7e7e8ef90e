"""Readers of every kind that there can be, as the paywall sees them: for looking at a story with their eyes.

Whoever has, had or is owed a subscription gets their right from the policy that holds for real ones.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings

from accounts.models import User
from articles.models import Article, GiftLink, Ruling
from articles.openings import mail_address, opening_by_gift, opening_by_mail
from articles.paywall import Decision, MeterFact, Opening, Reader, Verdict, decide
from articles.queries import fresh_meter
from subscriptions.entitlement import Facts, Policy, Window, entitle
from subscriptions.models import Source, Status
from subscriptions.queries import PROVIDED, GrantFact, rights_of
from subscriptions.windows import current_policy

DAY = timedelta(days=1)
SUBSCRIBES, SEATED = "You subscribe.", "You have a seat in a group."


@dataclass(frozen=True)
class Persona:
    """A kind of reader. One who `has_meter` opens a story by coming to its page, where their meter allows."""

    name: str
    label: str
    reader: Reader
    has_meter: bool = False

    def arriving(self, story: int, *, ruling: Ruling, at: datetime) -> Reader:
        """The reader once they have come to the page: a free story may have been taken for it."""
        decision = decide(story=story, ruling=ruling, reader=self.reader, at=at)
        meter = self.reader.meter
        if decision.verdict is not Verdict.TEASER or meter is None or not self.has_meter:
            return self.reader
        return replace(self.reader, meter=replace(meter, opened=meter.opened | {story}))

    def decision(self, story: int, *, ruling: Ruling, at: datetime) -> Decision:
        """What the paywall says to them on the story's page."""
        reader = self.arriving(story, ruling=ruling, at=at)
        return decide(story=story, ruling=ruling, reader=reader, at=at)


def personas(story: Article, *, at: datetime) -> dict[str, Persona]:
    """All of them before `story` at `at`, by name."""
    everyone = [*_visitors(story), *_registered(), *_subscribers(at), *_guests(story, at)]
    return {persona.name: persona for persona in everyone}


def _visitors(story: Article) -> list[Persona]:
    fresh = fresh_meter(is_signed_in=False)
    read = replace(fresh, opened=frozenset({story.pk}))
    return [
        Persona("visitor", "Visitor", Reader(meter=fresh)),
        Persona("visitor-begun", "Visitor with a meter, nothing opened yet", Reader(meter=fresh), True),
        Persona("visitor-some", "Visitor with some free stories left", Reader(meter=_some(fresh)), True),
        Persona("visitor-read", "Visitor who opened this story this month", Reader(meter=read), True),
        Persona("visitor-none", "Visitor with no free story left", Reader(meter=_none(fresh)), True),
        Persona("crawler", "Crawler of a search engine", Reader(meter=fresh)),
    ]


def _registered() -> list[Persona]:
    fresh = fresh_meter(is_signed_in=True)
    some, none = (Reader(is_signed_in=True, meter=meter) for meter in (_some(fresh), _none(fresh)))
    return [
        Persona("registered", "Registered reader", some, True),
        Persona("registered-none", "Registered reader with no free story left", none, True),
    ]


def _subscribers(at: datetime) -> list[Persona]:
    """Those without a right have used up their meter, so that it is the policy that shows."""
    known = {name: _account(*right, at) for name, right in _rights(at, current_policy()).items()}
    staff = rights_of(User(is_staff=True, joined_at=at - DAY), at=at)
    known["Complimentary subscription"] = _account(
        Window(at - DAY, at + 365 * DAY), Source.COMP, "A complimentary subscription.", at
    )
    known["Staff"] = Reader(is_signed_in=True, grants=staff.current)
    names = {"Subscriber": "subscriber", "Complimentary subscription": "comp"}
    return [
        Persona(names.get(label) or label.lower().replace(",", "").replace(" ", "-"), label, reader, True)
        for label, reader in known.items()
    ]


def _rights(at: datetime, policy: Policy) -> dict[str, tuple[Window | None, str, str]]:
    """The window, source and reason of subscribers in each of the states that section 7 of the rules has."""
    begun = at - 400 * DAY
    active = _paid(Status.ACTIVE, begun, at - 10 * DAY, at + 20 * DAY)
    owing = Facts(Status.PAST_DUE, begun, at - 60 * DAY, at - 30 * DAY, covered_until_at=at - 60 * DAY)
    trial = Facts(Status.TRIALING, at - 3 * DAY, at - 3 * DAY, at + 11 * DAY, covered_until_at=at + 11 * DAY)
    canceled = replace(active, status=Status.CANCELED, ended_at=at - DAY)
    over = replace(canceled, ended_at=at - 40 * DAY, covered_until_at=None, paid_until_at=at - 40 * DAY)
    paused = replace(active, is_paused=True, covered_until_at=at - 10 * DAY, paid_until_at=at - 10 * DAY)
    facts = {
        "Trial": trial,
        "Subscriber": active,
        "Past due for 5 days": _past_due(5, begun, at),
        "Past due for 30 days": _past_due(30, begun, at),
        "Canceled, paid time left": canceled,
        "Canceled, over": over,
        "Paused": paused,
    }
    found = {
        label: (entitle(fact, policy=policy), str(Source.STRIPE), SUBSCRIBES) for label, fact in facts.items()
    }
    unpaid = entitle(replace(owing, status=Status.UNPAID), policy=policy) or entitle(owing, policy=policy)
    found["Unpaid"] = (unpaid, str(Source.STRIPE), SUBSCRIBES)
    found["Seat in a group"] = (entitle(active, policy=policy), str(Source.SEAT), SEATED)
    return found


def _paid(status: Status, begun: datetime, start: datetime, end: datetime) -> Facts:
    return Facts(status, begun, start, end, covered_until_at=end, paid_until_at=end)


def _past_due(days: int, begun: datetime, at: datetime) -> Facts:
    """The period that was paid for ended so many days ago; the next was begun and not paid."""
    since = at - days * DAY
    return Facts(Status.PAST_DUE, begun, since, since + 31 * DAY, covered_until_at=since, paid_until_at=since)


def _account(window: Window | None, source: str, reason: str, at: datetime) -> Reader:
    """An account with this right, in force or lapsed as the window says."""
    if window is None:
        return Reader(is_signed_in=True, meter=_none(fresh_meter(is_signed_in=True)))
    right = GrantFact(source, reason, window.starts_at, window.ends_at)
    if right.is_current(at):
        return Reader(is_signed_in=True, grants=(right,))
    return Reader(is_signed_in=True, lapsed=right, meter=_none(fresh_meter(is_signed_in=True)))


def _guests(story: Article, at: datetime) -> list[Persona]:
    """Readers without an account whom a network or a link lets in; without it they are visitors."""
    fresh = fresh_meter(is_signed_in=False)
    network = GrantFact(Source.INSTITUTION, f"{PROVIDED}an institution.", at - DAY, None)
    ends_at = at + timedelta(days=settings.GIFT_LINK_DAYS)
    link = GiftLink(article=story, user=User(name=""), created_at=at, expires_at=ends_at)
    return [
        Persona("institution", "In the network of an institution", Reader(grants=(network,), meter=fresh)),
        Persona("gift-link", "By a gift link", Reader(opening=opening_by_gift(link), meter=fresh)),
        Persona(
            "letter-link", "By a link in our letters", Reader(opening=_by_letter(story, at), meter=fresh)
        ),
    ]


def _by_letter(story: Article, at: datetime) -> Opening | None:
    """What the link that a letter of this moment would have opens; nothing where letters have plain ones."""
    return opening_by_mail(mail_address(story, at=at).rstrip("/").rpartition("/")[2])


def _some(meter: MeterFact) -> MeterFact:
    """About half of it used, for other stories (whose keys no story has)."""
    return _opened(meter, meter.limit // 2)


def _none(meter: MeterFact) -> MeterFact:
    return _opened(meter, meter.limit)


def _opened(meter: MeterFact, count: int) -> MeterFact:
    return replace(meter, opened=frozenset(range(-count, 0)))
