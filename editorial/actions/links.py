"""Checking, in the background, that what our texts link to still answers."""

import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import groupby, zip_longest
from typing import Final
from urllib.parse import urlsplit

from editorial.gateways import Answer, Verdict, probe
from editorial.models import CheckedLink
from editorial.queries.links import linked_addresses

EVERY: Final = timedelta(days=1)
FORGOTTEN_AFTER: Final = timedelta(days=30)
BUDGET_SECONDS: Final = 240
PAUSE_SECONDS: Final = 1.0


def check_links(*, at: datetime, budget: float = BUDGET_SECONDS, pause: float = PAUSE_SECONDS) -> int:
    """Ask for every linked address that was not asked for within a day; returns how many were.

    Begins nothing new after `budget` seconds, and goes on where it stopped the next time. Hosts take turns,
    and one host is asked again no sooner than after `pause` seconds. An address is marked as asked for
    before it is: a crash, or two workers at once, ask nobody twice.
    """
    until, asked = time.monotonic() + budget, 0
    last: dict[str, float] = {}
    for link in _hosts_in_turn(_due(at=at)):
        host = _host(link)
        free_at = last.get(host, 0.0) + pause
        if max(free_at, time.monotonic()) >= until:
            break
        if not _claim(link, at=at):
            continue
        time.sleep(max(0.0, free_at - time.monotonic()))
        record_answer(link=link, answer=probe(link.url))
        last[host] = time.monotonic()
        asked += 1
    return asked


def record_answer(*, link: CheckedLink, answer: Answer) -> None:
    """Keep what was found. An address counts as dead when its site says so, or when it fails on two days.

    A first failure stands in `detail` alone: most are over by the next day.
    """
    if answer.verdict is Verdict.ALIVE:
        link.state = CheckedLink.State.ALIVE
    elif answer.verdict is Verdict.GONE or link.detail:
        link.state = CheckedLink.State.DEAD
    link.detail = answer.detail[:200]
    link.save(update_fields=("state", "detail"))


def _due(*, at: datetime) -> list[CheckedLink]:
    """Rows for all linked addresses whose day is over; rows nothing links to any more are forgotten."""
    linked = linked_addresses(at=at)
    CheckedLink.objects.filter(checked_at__lt=at - FORGOTTEN_AFTER).delete()
    known = set(CheckedLink.objects.values_list("url", flat=True))
    CheckedLink.objects.bulk_create(
        (CheckedLink(url=url) for url in sorted(linked - known)), ignore_conflicts=True
    )
    return [link for link in CheckedLink.objects.all() if link.url in linked and _is_due(link, at=at)]


def _is_due(link: CheckedLink, *, at: datetime) -> bool:
    return link.checked_at is None or link.checked_at <= at - EVERY


def _hosts_in_turn(links: Iterable[CheckedLink]) -> Iterator[CheckedLink]:
    """One link of each host, then a second of each, and so on; of each host the one longest unasked first."""
    never = datetime.min.replace(tzinfo=UTC)
    ordered = sorted(links, key=lambda link: (_host(link), link.checked_at or never, link.pk))
    by_host = [list(group) for _, group in groupby(ordered, key=_host)]
    return (link for turn in zip_longest(*by_host) for link in turn if link)


def _claim(link: CheckedLink, *, at: datetime) -> bool:
    """Take a link, unless somebody else did meanwhile."""
    unchanged = CheckedLink.objects.filter(pk=link.pk, checked_at=link.checked_at)
    return bool(unchanged.update(checked_at=at))


def _host(link: CheckedLink) -> str:
    return urlsplit(link.url).hostname or ""
