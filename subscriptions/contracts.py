"""What someone could withdraw from, and until when."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.conf import settings
from django.utils.formats import date_format
from django.utils.timezone import localtime, make_aware

from accounts.models import User
from subscriptions.models import Gift, Status, Subscription, Withdrawal


@dataclass(frozen=True)
class Contract:
    """A subscription or a gift that `user` bought at `concluded_at`; `name` as they know it."""

    user: User
    name: str
    concluded_at: datetime
    subscription: Subscription | None = None
    gift: Gift | None = None

    @property
    def key(self) -> str:
        """What a form names it by."""
        return (
            f"gift-{self.gift.pk}"
            if self.gift
            else f"subscription-{self.subscription and self.subscription.pk}"
        )

    @property
    def is_running(self) -> bool:
        """Whether it has not ended by itself or by being cancelled."""
        return self.subscription is None or self.subscription.ended_at is None

    @property
    def ends_at(self) -> datetime:
        """The end of the last day: that of the contract does not count (Regulation 1182/71, article 3)."""
        last = localtime(self.concluded_at).date() + timedelta(days=settings.WITHDRAWAL_DAYS)
        return make_aware(datetime.combine(last + timedelta(days=1), time.min))

    @property
    def days(self) -> int:
        """In how many days it can be withdrawn from."""
        return int(settings.WITHDRAWAL_DAYS)

    def is_open(self, at: datetime) -> bool:
        """Whether it can be withdrawn from at that moment."""
        return self.concluded_at <= at < self.ends_at


def contracts_of(user: User, *, at: datetime) -> list[Contract]:
    """What a reader bought and has not withdrawn from, the newest first: open to withdrawal or not.

    A subscription that has ended is among them while its money could still be asked back.
    """
    mine = [contract_of(subscription) for subscription in _subscriptions(user)]
    mine = [contract for contract in mine if contract.is_running or contract.is_open(at)]
    mine += [contract_of_gift(gift) for gift in _gifts(user)]
    return sorted(mine, key=lambda contract: contract.concluded_at, reverse=True)


def _subscriptions(user: User) -> list[Subscription]:
    rows = Subscription.objects.filter(customer__user=user)
    rows = rows.exclude(status__in=(Status.INCOMPLETE, Status.INCOMPLETE_EXPIRED))
    rows = rows.exclude(withdrawals__state__in=(Withdrawal.State.ACCEPTED, Withdrawal.State.EXECUTED))
    return list(rows.select_related("customer__user", "plan"))


def _gifts(user: User) -> list[Gift]:
    given = (Gift.State.PAID, Gift.State.DELIVERED, Gift.State.REDEEMED)
    return list(Gift.objects.filter(giver=user, state__in=given).select_related("giver", "plan"))


def contract_of(subscription: Subscription) -> Contract:
    plan = subscription.plan.name if subscription.plan else "Subscription"
    begun = date_format(localtime(subscription.started_at), "F j, Y")
    return Contract(
        user=subscription.customer.user,
        name=f"{plan}, subscribed to on {begun}",
        concluded_at=subscription.started_at,
        subscription=subscription,
    )


def contract_of_gift(gift: Gift) -> Contract:
    bought = date_format(localtime(gift.paid_at or gift.created_at), "F j, Y")
    return Contract(
        user=gift.giver,
        name=f"Gift for {gift.recipient_name}, bought on {bought}",
        concluded_at=gift.paid_at or gift.created_at,
        gift=gift,
    )
