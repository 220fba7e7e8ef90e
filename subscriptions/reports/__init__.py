"""The publisher's reports: from our own tables, without a question to Stripe."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from kit.reporting import Period, Report
from subscriptions.reports.churn import churn
from subscriptions.reports.readers import readers
from subscriptions.reports.recovery import recovery
from subscriptions.reports.revenue import definition, mrr
from subscriptions.reports.sources import sources
from subscriptions.reports.takings import gifts, offers, refunds
from subscriptions.reports.trials import trials


class Draw(Protocol):
    """The tables of one subject for the months that a period touches, as known at the moment `at`."""

    def __call__(self, period: Period, *, at: datetime) -> list[Report]: ...


@dataclass(frozen=True)
class Subject:
    """A page of reports: what it answers, its tables, and how it counts where that needs saying."""

    title: str
    question: str
    draw: Draw
    definition: Callable[[], Mapping[str, str]] | None = None


SUBJECTS: Mapping[str, Subject] = {
    "readers": Subject("Readers", "Who reads now by which plan or right, and how that has grown?", readers),
    "revenue": Subject(
        "Recurring revenue", "What do subscriptions bring in a month, and what changed it?", mrr, definition
    ),
    "trials": Subject("Trials", "How many go on to pay?", trials),
    "churn": Subject("Churn", "How long do readers stay, and why do they leave?", churn),
    "recovery": Subject("Failed payments", "How much is recovered, when, and how much is lost?", recovery),
    "sources": Subject("Sources", "Which story and which wall brought subscribers?", sources),
    "refunds": Subject("Refunds", "What was given back or contested?", refunds),
    "gifts": Subject("Gifts", "How many were bought, and how many redeemed?", gifts),
    "offers": Subject("Offers", "Which reductions were taken?", offers),
}

__all__ = ["SUBJECTS", "Subject"]
