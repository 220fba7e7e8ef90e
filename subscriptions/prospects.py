"""What a deed of support would do to what its reader can read, said before it is done."""

from copy import copy
from datetime import datetime

from django.conf import settings

from kit.money import format_money
from subscriptions.models import Grant, Invoice, Status, Subscription
from subscriptions.timeline import day_in_words
from subscriptions.windows import window_of


def after_ending(subscription: Subscription, *, refunded: Invoice | None, at: datetime) -> str:
    """How long the reader reads on when it ends at `at`, the last payment kept or, `refunded`, given back."""
    ended = copy(subscription)
    ended.status, ended.ended_at, ended.cancels_at = Status.CANCELED, at, None
    if refunded:
        ended.money_back_at = ended.money_back_at or at
    return _until(ended, at=at)


def after_period(subscription: Subscription, *, at: datetime) -> str:
    """How long the reader reads on when the subscription ends with its period."""
    leaving = copy(subscription)
    leaving.cancels_at = subscription.cancels_at or subscription.period_end_at
    return _until(leaving, at=at)


def after_refund(invoice: Invoice, *, left: int, at: datetime) -> list[str]:
    """What giving money of an invoice back means, `left` minor units being left."""
    money = format_money(left, invoice.currency)
    words = [f"{money} can be given back, to the card it came from. That cannot be undone."]
    subscription = invoice.subscription
    if subscription is None or not _pays_for_now(invoice, subscription):
        return [*words, "It does not change what the reader can read."]
    words.append("A part of it given back does not change what the reader can read.")
    if not settings.REFUND_ENDS_ACCESS:
        return [*words, "Nor does all of it: the publication lets readers keep what was refunded."]
    emptied = copy(subscription)
    emptied.money_back_at = at
    words.append(f"All of it given back: {_until(emptied, at=at)}")
    if subscription.status in (Status.ACTIVE, Status.TRIALING) and not subscription.cancels_at:
        renewal = day_in_words(subscription.period_end_at)
        words.append(f"The subscription itself goes on, and renews on {renewal} unless you cancel it too.")
    return words


def _pays_for_now(invoice: Invoice, subscription: Subscription) -> bool:
    """Whether it is the newest paid invoice: the one whose refund is money back for the running period."""
    paid = subscription.invoices.filter(status=Invoice.Status.PAID, total__gt=0)
    return paid.order_by("-created_at", "-pk").values_list("pk", flat=True).first() == invoice.pk


def _until(subscription: Subscription, *, at: datetime) -> str:
    window = window_of(subscription)
    if window and window.ends_at > at:
        return f"the subscription is read until {day_in_words(window.ends_at)}."
    others = Grant.objects.filter(user=subscription.customer.user).current(at=at)
    other = others.exclude(subscription=subscription).first()
    if other:
        return f"access by this subscription stops at once; the reader keeps reading by “{other.reason}”"
    return "the reader can read free stories only, at once."
