"""Where a subscription stands, in words for its reader (rules, section 7)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils.formats import date_format
from django.utils.timezone import localtime

from subscriptions.models import Status, Subscription


@dataclass(frozen=True)
class Standing:
    """A headline, a sentence, and whether the reader must act."""

    title: str
    detail: str
    needs_action: bool = False
    pay_url: str = ""
    is_over: bool = False


def _day(moment: datetime) -> str:
    day: date = localtime(moment).date()
    return date_format(day, "F j, Y")


def standing_of(subscription: Subscription | None) -> Standing | None:
    """What to tell the reader about their newest subscription; None when they never had one."""
    if subscription is None:
        return None
    status = Status(subscription.status)
    if subscription.cancels_at and status in (Status.ACTIVE, Status.TRIALING):
        end = _day(subscription.cancels_at)
        return Standing(
            f"Ends on {end}",
            f"You have cancelled. You can read everything until {end}, or resume before then.",
        )
    return _WORDS[status](subscription)


def _active(subscription: Subscription) -> Standing:
    price = f" for {subscription.plan.price}" if subscription.plan else ""
    return Standing("Active", f"Renews on {_day(subscription.period_end_at)}{price}.")


def _trialing(subscription: Subscription) -> Standing:
    end = _day(subscription.trial_end_at or subscription.period_end_at)
    price = (
        f"{subscription.plan.price} a {subscription.plan.interval}"
        if subscription.plan
        else "the plan's price"
    )
    return Standing("On trial", f"Free until {end}, then {price}. Cancel before then and nothing is charged.")


def _past_due(subscription: Subscription) -> Standing:
    until = _day(subscription.period_start_at + timedelta(days=settings.PAST_DUE_GRACE_DAYS))
    return Standing(
        "Your last payment did not go through",
        f"We keep trying, and you keep reading until {until}. Please pay or change your card.",
        needs_action=True,
        pay_url=subscription.pay_url,
    )


def _unpaid(subscription: Subscription) -> Standing:
    detail = "Access has stopped because the last invoice was not paid. Pay it to read on at once."
    return Standing("Unpaid", detail, needs_action=True, pay_url=subscription.pay_url)


def _incomplete(subscription: Subscription) -> Standing:
    detail = (
        "Your bank has not confirmed the payment. Finish it, or choose a plan again; nothing was charged."
    )
    return Standing("Finish your payment", detail, needs_action=True, pay_url=subscription.pay_url)


def _paused(subscription: Subscription) -> Standing:
    return Standing("Paused", "Your trial ended without a card. Add one to read on.", needs_action=True)


def _never_paid(subscription: Subscription) -> Standing:
    return Standing(
        "Not started", "The first payment was not completed in time; nothing was charged.", is_over=True
    )


def _ended(subscription: Subscription) -> Standing:
    end = _day(subscription.ended_at or subscription.period_end_at)
    return Standing(
        "Ended", f"Your subscription ended on {end}. You are welcome back any time.", is_over=True
    )


_WORDS = {
    Status.ACTIVE: _active,
    Status.TRIALING: _trialing,
    Status.PAST_DUE: _past_due,
    Status.UNPAID: _unpaid,
    Status.INCOMPLETE: _incomplete,
    Status.PAUSED: _paused,
    Status.INCOMPLETE_EXPIRED: _never_paid,
    Status.CANCELED: _ended,
}
