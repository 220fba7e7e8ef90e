"""The line over every page that tells a reader what needs them, and nobody else anything."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.models import User
from subscriptions.bills import Bill, with_bills
from subscriptions.cards import card_in_words, has_expired_by
from subscriptions.models import Status, Subscription
from subscriptions.standing import TRIAL_WARNING, Remedy, next_charge_at, standing_of

CARD_WARNING = timedelta(days=30)
"""How long before a charge the banner speaks of a card that will not live to see it."""
SILENT = (Status.CANCELED, Status.INCOMPLETE_EXPIRED)


@dataclass(frozen=True)
class Banner:
    """`key` names what it says, for those who wave it away: empty where something is at stake."""

    title: str
    detail: str
    remedy: Remedy
    pay_url: str = ""
    key: str = ""


def banner_for(user: User, *, at: datetime) -> Banner | None:
    """What this reader has to be told on every page, in one query; None for most."""
    living = Subscription.objects.filter(customer__user=user).exclude(status__in=SILENT)
    found = with_bills(living)
    # Whoever has something that runs need not finish an earlier purchase.
    running = [pair for pair in found if pair[0].status != Status.INCOMPLETE] or found
    banners = (_banner(subscription, bill, at=at) for subscription, bill in running)
    return next((banner for banner in banners if banner), None)


def _banner(subscription: Subscription, bill: Bill | None, *, at: datetime) -> Banner | None:
    standing = standing_of(subscription, bill=bill, at=at)
    if standing.needs_action:
        is_calm = subscription.has_pending_update and subscription.status == Status.ACTIVE
        key = _key(subscription, "change") if is_calm else ""
        return Banner(standing.title, standing.detail, standing.remedy, standing.pay_url, key)
    charge_at = next_charge_at(subscription)
    if charge_at is None:
        return None
    if charge_at - at <= CARD_WARNING and has_expired_by(subscription, charge_at):
        title = f"Your {card_in_words(subscription)} expires before the next charge"
        return Banner(title, "Please change it, so that you can read on.", Remedy.CHANGE_CARD)
    if subscription.status == Status.TRIALING and charge_at - at <= TRIAL_WARNING:
        return Banner(
            "Your trial ends soon", standing.detail, Remedy.NOTHING, key=_key(subscription, "trial")
        )
    return None


def _key(subscription: Subscription, what: str) -> str:
    return f"{what}-{subscription.pk}-{subscription.period_end_at:%Y%m%d}"
