"""What the next charge will be, asked of Stripe where the price alone does not tell."""

from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache

from kit.money import format_money
from subscriptions.gateways import StripeRefused, StripeUnavailable, preview_next
from subscriptions.models import Invoice, Subscription
from subscriptions.standing import next_charge_at

KEPT_SECONDS, PAUSE_SECONDS = 3600, 60
UNKNOWN = -1


@dataclass(frozen=True)
class Charge:
    """The next charge. Without an `amount` (minor units) it is not known just now."""

    at: datetime
    amount: int | None
    currency: str

    @property
    def money(self) -> str:
        return "" if self.amount is None else format_money(self.amount, self.currency)


def next_charge(subscription: Subscription) -> Charge | None:
    """When and how much is charged next: after discount, tax and credit. None when nothing is to come.

    A plain price is read from our own rows. For anything else Stripe is asked, and the answer is kept until
    the subscription is next written, an hour at most; while Stripe is away the page does without.
    """
    moment = next_charge_at(subscription)
    if moment is None:
        return None
    amount = _asked(subscription) if _needs_asking(subscription) else _plain(subscription)
    return Charge(moment, None if amount == UNKNOWN else amount, subscription.currency)


def _plain(subscription: Subscription) -> int:
    return subscription.amount * subscription.quantity


def _needs_asking(subscription: Subscription) -> bool:
    """Discounts end by rules of Stripe's, taxes follow its tables, and a credit is kept there."""
    if subscription.discount:
        return True
    last: Invoice | None = subscription.invoices.exclude(status=Invoice.Status.VOID).first()
    return last is not None and bool(
        last.tax or last.discount or last.total < 0 or last.amount_due != last.total
    )


def _asked(subscription: Subscription) -> int:
    key = f"next-charge:{subscription.stripe_id}:{subscription.synced_at.timestamp()}"
    kept: int | None = cache.get(key)
    if kept is not None:
        return kept
    try:
        amount, seconds = preview_next(subscription.stripe_id).invoice.amount_due, KEPT_SECONDS
    except (StripeUnavailable, StripeRefused):
        amount, seconds = UNKNOWN, PAUSE_SECONDS
    cache.set(key, amount, seconds)
    return amount
