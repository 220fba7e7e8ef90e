"""What a check is."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from editorial.models import CheckRule
from editorial.preflight.subject import Subject


@dataclass(frozen=True)
class Remark:
    """A sentence that says what to do about one thing, and where that is: a field, and words in it."""

    message: str
    field: str = "body"
    passage: str = ""


@dataclass(frozen=True)
class Check:
    """One thing the preflight looks for. `default` holds until the house decides (`CheckRule`)."""

    name: str
    label: str
    default: CheckRule.Level
    look: Callable[[Subject], Iterator[Remark]]
