"""Putting plans and offers on sale: Stripe made equal to what the publisher wants, with the outcome told."""

from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from accounts.models import AuditEntry, User
from subscriptions.actions.offers import sync_offers
from subscriptions.actions.plans import sync_plans
from subscriptions.gateways import StripeRefused, StripeUnavailable


@dataclass(frozen=True)
class Outcome:
    """What was done in Stripe, line by line, and what stopped it; no `trouble` when all of it stands."""

    lines: tuple[str, ...]
    trouble: str


def put_on_sale(*, by: User, at: datetime) -> Outcome:
    """Make Stripe's prices, coupons and codes equal to our plans and offers, as far as Stripe lets us.

    Each step stands by itself: what was done before some trouble stays, and running it again does the rest.
    """
    done: list[str] = []
    trouble = ""
    try:
        done.extend(chain(sync_plans(), sync_offers(at=at)))
    except (StripeRefused, StripeUnavailable) as error:
        trouble = str(error)
    changes = [line for line in done if ": matched" not in line]
    if changes:
        AuditEntry.record("put on sale", by, by=by, at=at, reason="; ".join(changes)[:500])
    return Outcome(tuple(done), trouble)
