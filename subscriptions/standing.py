"""Where a subscription stands, in words for its reader (rules, section 7)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from math import ceil

from django.conf import settings
from django.utils.formats import date_format
from django.utils.timezone import localtime

from kit.money import format_money
from subscriptions.bills import Bill, Trouble
from subscriptions.cards import card_in_words, has_expired_by
from subscriptions.models import Status, Subscription
from subscriptions.windows import window_of

FIRST_PAYMENT_HOURS = 23
"""How long Stripe waits for a first payment, and for that of a change."""
TRIAL_WARNING = timedelta(days=3)


class Remedy(StrEnum):
    """What would put things right."""

    NOTHING = "nothing"
    PAY = "pay"
    CONFIRM = "confirm"
    CHANGE_CARD = "change card"
    ADD_CARD = "add card"
    RESUME = "resume"
    RESTART = "restart"
    SUBSCRIBE = "subscribe"


@dataclass(frozen=True)
class Standing:
    """A headline, a sentence, what else there is to know, and whether and how the reader must act."""

    title: str
    detail: str
    needs_action: bool = False
    pay_url: str = ""
    is_over: bool = False
    remedy: Remedy = Remedy.NOTHING
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Case:
    """A subscription at one moment, with what is owed on it."""

    subscription: Subscription
    bill: Bill | None
    at: datetime

    @property
    def pay_url(self) -> str:
        return self.bill.pay_url if self.bill else self.subscription.pay_url

    @property
    def is_on_its_way(self) -> bool:
        return self.bill is not None and self.bill.trouble is Trouble.ON_ITS_WAY

    @property
    def reads_until(self) -> datetime | None:
        window = window_of(self.subscription)
        return window.ends_at if window and window.ends_at > self.at else None


def standing_of(subscription: Subscription, *, bill: Bill | None = None, at: datetime) -> Standing:
    """What to tell a reader at `at` about their subscription.

    `bill` is what is owed on it (`bills.with_bills`); without it the words stay general.
    """
    case = Case(subscription, bill, at)
    standing = _main(case)
    return replace(standing, notes=tuple(_notes(case, standing)))


def _main(case: Case) -> Standing:
    subscription = case.subscription
    status = Status(subscription.status)
    if status in (Status.ACTIVE, Status.TRIALING):
        for applies, words in _FLAGS:
            if applies(subscription):
                return words(case)
    return _WORDS[status](case)


def _day(moment: datetime) -> str:
    day: date = localtime(moment).date()
    return date_format(day, "F j, Y")


def _days(span: timedelta) -> str:
    days = ceil(span / timedelta(days=1))
    return "1 day" if days == 1 else f"{days} days"


def price_in_words(subscription: Subscription) -> str:
    """`$9 a month`."""
    return f"{subscription.price} a {subscription.get_interval_display()}"


def next_charge_at(subscription: Subscription) -> datetime | None:
    """When the next charge is due, None while none is."""
    runs = subscription.status in (Status.ACTIVE, Status.TRIALING)
    if not runs or subscription.cancels_at or subscription.pause_behavior:
        return None
    return subscription.period_end_at


# ------------------------------------------------------------- flags of a running subscription


def _pending(case: Case) -> Standing:
    if case.is_on_its_way:
        return Standing("Your change waits for its payment", "The payment is on its way to us.")
    confirms = case.bill is not None and case.bill.trouble is Trouble.CONFIRM
    why = (
        "Your bank wants you to confirm the payment" if confirms else "The payment for it did not go through"
    )
    return Standing(
        "Your change waits for its payment",
        f"{why}. Until it does, everything stays as it was; after {FIRST_PAYMENT_HOURS} hours the change is "
        "dropped and nothing is charged.",
        needs_action=True,
        pay_url=case.pay_url,
        remedy=Remedy.CONFIRM if confirms else Remedy.PAY,
    )


def _given_back(case: Case) -> Standing:
    subscription = case.subscription
    given = _day(subscription.money_back_at or case.at)
    ended = ", and reading ended with it" if settings.REFUND_ENDS_ACCESS else ""
    renewal = next_charge_at(subscription)
    ahead = f" It renews on {_day(renewal)}, unless you cancel." if renewal else " It does not renew."
    return Standing("Refunded", f"The money for the running period was given back on {given}{ended}.{ahead}")


def _cancelled(case: Case) -> Standing:
    end = _day(case.subscription.cancels_at or case.subscription.period_end_at)
    free = " Nothing will be charged." if case.subscription.status == Status.TRIALING else ""
    return Standing(
        f"Ends on {end}",
        f"You have cancelled. You can read everything until {end}, or resume before then.{free}",
        remedy=Remedy.RESUME,
    )


def _held(case: Case) -> Standing:
    """Collection is paused: the status stays, periods go on unpaid (`pause_collection`)."""
    resumes_at = case.subscription.resumes_at
    until = f"until {_day(resumes_at)}" if resumes_at else "until further notice"
    reads = case.reads_until
    reading = f"You can read until {_day(reads)}." if reads else "Reading is paused as well."
    return Standing("Payments are paused", f"Nothing is charged {until}. {reading}")


def _is_given_back(subscription: Subscription) -> bool:
    return subscription.money_back_at is not None


_FLAGS: tuple[tuple[Callable[[Subscription], bool], Callable[[Case], Standing]], ...] = (
    (lambda subscription: subscription.has_pending_update, _pending),
    (_is_given_back, _given_back),
    (lambda subscription: subscription.cancels_at is not None, _cancelled),
    (lambda subscription: bool(subscription.pause_behavior), _held),
)
"""Flags that say more than the status does, the weightiest first."""


# ------------------------------------------------------------------------------- the eight states


def _active(case: Case) -> Standing:
    subscription = case.subscription
    less = f", less your discount “{subscription.discount}”" if subscription.discount else ""
    return Standing("Active", f"Renews on {_day(subscription.period_end_at)} for {subscription.price}{less}.")


def _trialing(case: Case) -> Standing:
    subscription = case.subscription
    ends_at = subscription.trial_end_at or subscription.period_end_at
    end = _day(ends_at)
    if subscription.card_last4:
        card = card_in_words(subscription)
        return Standing(
            "On trial",
            f"Free until {end}, then {price_in_words(subscription)} from your {card}. "
            "Cancel before then and nothing is charged.",
        )
    return Standing(
        "On trial",
        f"Free until {end}. There is no card yet: add one to read on after that, for "
        f"{price_in_words(subscription)}. Without one nothing is charged, and reading stops.",
        needs_action=ends_at - case.at <= TRIAL_WARNING,
        remedy=Remedy.ADD_CARD,
    )


def _past_due(case: Case) -> Standing:
    reads = case.reads_until
    reading = (
        f"You keep reading until {_day(reads)} ({_days(reads - case.at)} left)."
        if reads
        else "Reading has stopped until it is paid."
    )
    trouble = case.bill.trouble if case.bill else Trouble.SOFT
    title, why, remedy = _DUNNING[trouble]
    again = case.bill.next_try_at if case.bill else None
    more = f" We try your card again on {_day(again)}." if again and trouble is Trouble.SOFT else ""
    acts = remedy is not Remedy.NOTHING
    pay_url = case.pay_url if acts else ""
    return Standing(title, f"{why}{more} {reading}", needs_action=acts, pay_url=pay_url, remedy=remedy)


_DUNNING = {
    Trouble.NEW: (
        "A payment is due",
        "Your renewal has not been paid yet.",
        Remedy.PAY,
    ),
    Trouble.ON_ITS_WAY: (
        "Your payment is on its way",
        "Your bank has been asked for it; that can take some days.",
        Remedy.NOTHING,
    ),
    Trouble.SOFT: (
        "Your last payment did not go through",
        "Please pay, or change your card.",
        Remedy.PAY,
    ),
    Trouble.HARD: (
        "Your card cannot be charged",
        "Your bank refused the card for good, so it is not tried again: please change it, then pay.",
        Remedy.CHANGE_CARD,
    ),
    Trouble.CONFIRM: (
        "Your bank asks you to confirm a payment",
        "Only you can confirm it, with your bank.",
        Remedy.CONFIRM,
    ),
}


def _unpaid(case: Case) -> Standing:
    confirms = case.bill is not None and case.bill.trouble is Trouble.CONFIRM
    return Standing(
        "Unpaid",
        "Reading has stopped because the last invoice was not paid. Pay it to read on at once.",
        needs_action=True,
        pay_url=case.pay_url,
        remedy=Remedy.CONFIRM if confirms else Remedy.PAY,
    )


def _incomplete(case: Case) -> Standing:
    if case.is_on_its_way:
        title, why, _ = _DUNNING[Trouble.ON_ITS_WAY]
        return Standing(title, f"{why} You can read as soon as it has arrived.")
    declined = case.bill is not None and case.bill.trouble in (Trouble.SOFT, Trouble.HARD)
    why = "Your card was declined." if declined else "Your bank has not confirmed the payment."
    until = localtime(case.subscription.started_at + timedelta(hours=FIRST_PAYMENT_HOURS))
    return Standing(
        "Finish your payment",
        f"{why} You can finish it until {date_format(until, 'F j, H:i T')}, or choose a plan again; "
        "nothing was charged.",
        needs_action=True,
        pay_url=case.pay_url,
        remedy=(Remedy.PAY if declined else Remedy.CONFIRM) if case.pay_url else Remedy.SUBSCRIBE,
    )


def _paused(case: Case) -> Standing:
    subscription = case.subscription
    if subscription.card_last4:
        return Standing(
            "Paused",
            f"Your trial ended before there was a card. Now there is your {card_in_words(subscription)}: "
            f"start again, and {subscription.price} is charged today.",
            needs_action=True,
            remedy=Remedy.RESTART,
        )
    return Standing(
        "Paused",
        "Your trial ended without a card. Add one to read on.",
        needs_action=True,
        remedy=Remedy.ADD_CARD,
    )


def _never_paid(case: Case) -> Standing:
    return Standing(
        "Not started",
        "The first payment was not completed in time; nothing was charged.",
        is_over=True,
        remedy=Remedy.SUBSCRIBE,
    )


_ENDINGS = {
    "payment_failed": "because the payment did not go through",
    "payment_disputed": "because a payment was disputed",
}
"""In Stripe's words, why a subscription was ended by anyone but its reader."""


def _ended(case: Case) -> Standing:
    subscription = case.subscription
    end = _day(subscription.ended_at or subscription.period_end_at)
    why = f", {_ENDINGS[subscription.end_reason]}" if subscription.end_reason in _ENDINGS else ""
    reads = case.reads_until
    reading = f"What you have paid for you can read until {_day(reads)}. " if reads else ""
    return Standing(
        "Ended",
        f"Your subscription ended on {end}{why}. {reading}You are welcome back any time.",
        is_over=True,
        remedy=Remedy.SUBSCRIBE,
    )


_WORDS: dict[Status, Callable[[Case], Standing]] = {
    Status.ACTIVE: _active,
    Status.TRIALING: _trialing,
    Status.PAST_DUE: _past_due,
    Status.UNPAID: _unpaid,
    Status.INCOMPLETE: _incomplete,
    Status.PAUSED: _paused,
    Status.INCOMPLETE_EXPIRED: _never_paid,
    Status.CANCELED: _ended,
}


# ------------------------------------------------------------------------------ what else to know


def _notes(case: Case, standing: Standing) -> list[str]:
    subscription = case.subscription
    notes = []
    if subscription.disputed_at:
        notes.append(
            f"A payment has been disputed at your bank since {_day(subscription.disputed_at)}. "
            "If that was not meant, tell your bank; if something is wrong, write to us."
        )
    if standing.is_over:
        if subscription.money_back_at:
            notes.append(f"The last payment was given back on {_day(subscription.money_back_at)}.")
        return notes
    if subscription.cancels_at and not standing.title.startswith("Ends"):
        notes.append(f"You have cancelled: it ends on {_day(subscription.cancels_at)}.")
    if subscription.quantity > 1:
        each = format_money(subscription.amount, subscription.currency)
        notes.append(f"{subscription.quantity} seats, {each} each.")
    charge = next_charge_at(subscription)
    if charge and has_expired_by(subscription, charge):
        notes.append(
            f"Your {card_in_words(subscription)} expires before the next charge: please change it in time."
        )
    return notes
