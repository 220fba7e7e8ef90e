"""How recurring revenue changed in a month, reader by reader, and how that adds up in whole minor units."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal, NamedTuple

Kind = Literal["new", "expansion", "contraction", "churn", "reactivation"]
KINDS: tuple[Kind, ...] = ("new", "reactivation", "expansion", "contraction", "churn")

Account = tuple[int, str]
"""A reader's account and a currency."""


@dataclass
class Movement:
    """One currency's month in twelfths of a minor unit, with how many readers had a part in each kind."""

    opening: int = 0
    closing: int = 0
    moved: dict[Kind, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))
    readers: dict[Kind, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))
    paying: int = 0
    """Readers at the end of the month."""


class Shown(NamedTuple):
    """A month in whole minor units: opening and what moved make closing, exactly."""

    opening: int
    moved: Mapping[Kind, int]
    closing: int


def kind_of(before: int, after: int, *, has_paid: bool) -> Kind | None:
    """What a reader's month was, by their worth at its beginning and its end; None when nothing changed."""
    if before == after:
        return None
    if not before:
        return "reactivation" if has_paid else "new"
    if not after:
        return "churn"
    return "expansion" if after > before else "contraction"


def movements(
    worth: Mapping[Account, Sequence[int]], *, earlier: frozenset[Account], first: Mapping[Account, int]
) -> dict[str, list[Movement]]:
    """The months of each currency, from every account's worth at the moments that part them.

    An account is new in the first month in which it was ever worth something: it is not in `earlier`
    (worth something before the first moment), and `first` has the number of the month in which that began.
    """
    months: dict[str, list[Movement]] = {}
    for account, values in worth.items():
        currency = account[1]
        table = months.setdefault(currency, [Movement() for _ in range(len(values) - 1)])
        for number, (before, after) in enumerate(pairwise(values)):
            if not before and not after:
                continue
            month = table[number]
            month.opening += before
            month.closing += after
            month.paying += bool(after)
            had = account in earlier or first.get(account, number) < number
            kind = kind_of(before, after, has_paid=had)
            if kind:
                month.moved[kind] += after - before
                month.readers[kind] += 1
    return months


def shown(month: Movement) -> Shown:
    """The month in whole minor units.

    The one place where recurring revenue is rounded: opening and closing to the nearest unit, and what
    moved by largest remainder, so that the sum is right.
    """
    opening, closing = whole(month.opening), whole(month.closing)
    parts = share_out([month.moved[kind] for kind in KINDS], closing - opening)
    return Shown(opening, dict(zip(KINDS, parts, strict=True)), closing)


def whole(twelfths: int) -> int:
    """To the nearest minor unit, halves upwards."""
    return (twelfths + 6) // 12


def share_out(twelfths: Sequence[int], total: int) -> list[int]:
    """Whole units that add up to `total`, each within one of its own value (largest remainder method).

    `total` is the parts' sum, rounded either way.
    """
    floors = [part // 12 for part in twelfths]
    by_remainder = sorted(range(len(floors)), key=lambda place: (-(twelfths[place] % 12), place))
    for place in by_remainder[: total - sum(floors)]:
        floors[place] += 1
    return floors
