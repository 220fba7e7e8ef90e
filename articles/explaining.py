"""Why someone can read, or cannot: told to the reader and to support from the same rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from urllib.parse import quote

from django.conf import settings

from accounts.models import User
from articles.actions.gift_links import gift_links_left
from articles.models import Access, Article, GiftLink, MeterRead, ReadingKey, Ruling, month_of
from articles.openings import gift_address, gives_away
from articles.paywall import Decision, MeterFact, Reader, decide
from articles.queries import meter_of
from subscriptions.queries import GrantFact, rights_of

NO_STORY = 0
"""The primary key of no story: for what the paywall says of any that was not opened yet."""
SHOWN = 50
"""Stories given away that are listed."""


class Opened(NamedTuple):
    """A story that the meter opened; None where it has been taken down since."""

    story: Article | None
    at: datetime


@dataclass(frozen=True)
class Given:
    """A story given away, as its giver is told of it; `story` is None where it was taken down since."""

    link: GiftLink
    story: Article | None
    is_open: bool

    @property
    def address(self) -> str:
        return gift_address(self.link)

    @property
    def letter(self) -> str:
        """The address that begins a letter with the link in it (RFC 6068)."""
        subject, body = quote(self.link.article.headline), quote(f"A story for you:\n\n{self.address}\n")
        return f"mailto:?subject={subject}&body={body}"


@dataclass(frozen=True)
class Explanation:
    """What an account may read at a moment, and why.

    `for_subscribers` and `for_registered` are what the wall of such a story, unopened yet, says to them.
    """

    rights: tuple[GrantFact, ...]
    lapsed: GrantFact | None
    month: date
    meter: MeterFact
    opened: tuple[Opened, ...]
    gifts_left: int | None
    for_subscribers: Decision
    for_registered: Decision

    @property
    def gifts_a_month(self) -> int:
        return settings.GIFT_LINKS_PER_MONTH


def explain(user: User, *, address: str = "", at: datetime) -> Explanation:
    """What `user` may read, asking from the network `address` (none: from nowhere in particular).

    `gifts_left` is None for readers who cannot give stories away.
    """
    rights = rights_of(user, address=address, at=at)
    meter = meter_of(user, at=at)
    reader = Reader(is_signed_in=True, grants=rights.current, lapsed=rights.lapsed, meter=meter)
    return Explanation(
        rights=rights.current,
        lapsed=rights.lapsed,
        month=month_of(at),
        meter=meter,
        opened=_opened(user, at=at),
        gifts_left=gift_links_left(user, at=at) if gives_away(rights.current) else None,
        for_subscribers=_before(Access.SUBSCRIBERS, reader, at),
        for_registered=_before(Access.REGISTERED, reader, at),
    )


def given_away(user: User, *, at: datetime) -> list[Given]:
    """The stories that a reader gave away, the newest first: two queries."""
    links = list(GiftLink.objects.filter(user=user).select_related("article")[:SHOWN])
    public = _public((link.article_id for link in links), at=at)
    return [
        Given(link, public.get(link.article_id), is_open=link.created_at <= at < link.expires_at)
        for link in links
    ]


def keys_of(user: User) -> list[ReadingKey]:
    """The keys with which a reader's programs read, those revoked too."""
    return list(ReadingKey.objects.filter(user=user)[:SHOWN])


def _before(access: str, reader: Reader, at: datetime) -> Decision:
    return decide(story=NO_STORY, ruling=Ruling(access, ""), reader=reader, at=at)


def _opened(user: User, *, at: datetime) -> tuple[Opened, ...]:
    rows = list(MeterRead.objects.filter(meter__user=user).in_month_of(at).values_list("article_id", "at"))
    public = _public((pk for pk, _ in rows), at=at)
    return tuple(Opened(public.get(pk), when) for pk, when in rows)


def _public(pks: Iterable[int], *, at: datetime) -> dict[int, Article]:
    """Those of the stories that can be seen; what was taken down is named nowhere any more (rule W7)."""
    wanted = set(pks)
    if not wanted:
        return {}
    return Article.objects.visible(at=at).only("headline", "slug").in_bulk(list(wanted))
