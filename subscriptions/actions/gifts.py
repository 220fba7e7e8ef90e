"""A gift's life after it was ordered: paid, delivered on its day, redeemed, refunded."""

import calendar
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.timezone import localtime, make_aware

from accounts.models import AuditEntry, User
from subscriptions.actions.notices import give_notice
from subscriptions.models import (
    Dispute,
    Gift,
    Grant,
    Interval,
    Notice,
    Payment,
    Source,
    Status,
    Subscription,
)

State = Gift.State
OPEN = (State.PAID, State.DELIVERED)
LONGEST_CODE = 40
MORNING = timedelta(hours=7)
RENEWING = (Status.ACTIVE, Status.TRIALING, Status.PAST_DUE)


class CodeUnknown(Exception):
    """No gift has this code, or it was refunded or redeemed: the three look alike from outside."""


class StillSubscribed(Exception):
    """The reader pays for a subscription that renews: the gift would run beside it, for nothing."""


@transaction.atomic
def pay_gift(*, gift: Gift, intent_id: str, at: datetime) -> None:
    """Note that a gift is paid, thank its giver, and deliver it if its day has come; once only."""
    gift = Gift.objects.select_for_update().get(pk=gift.pk)
    if gift.state != State.UNPAID:
        return
    gift.state, gift.intent_id, gift.paid_at = State.PAID, intent_id, at
    gift.save(update_fields=("state", "intent_id", "paid_at"))
    AuditEntry.record("buy gift", gift, by=gift.giver, at=at)
    give_notice(
        kind=Notice.Kind.GIFT_RECEIPT,
        key=str(gift.pk),
        address=gift.giver.email,
        user=gift.giver,
        facts={
            "recipient": gift.recipient_name,
            "recipient_email": gift.recipient_email,
            "plan": gift.plan.name,
            "amount": gift.amount,
            "currency": gift.currency,
            "deliver_on": gift.deliver_on,
        },
        at=at,
    )
    deliver_gift(gift=gift, at=at)


def gifts_to_deliver(*, at: datetime) -> Iterable[Gift]:
    """Paid gifts whose day has come in the newsroom's time zone, not before seven in the morning."""
    return Gift.objects.filter(state=State.PAID, deliver_on__lte=localtime(at - MORNING).date())


@transaction.atomic
def deliver_gift(*, gift: Gift, at: datetime) -> bool:
    """Write to the recipient once the day has come; whether it was delivered now."""
    gift = Gift.objects.select_for_update().get(pk=gift.pk)
    if gift.state != State.PAID or gift.deliver_on > localtime(at).date():
        return False
    gift.state, gift.delivered_at = State.DELIVERED, at
    gift.save(update_fields=("state", "delivered_at"))
    _write_to_recipient(gift, key=str(gift.pk), at=at)
    return True


@transaction.atomic
def readdress_gift(
    *, gift: Gift, recipient_name: str, recipient_email: str, deliver_on: date, by: User, at: datetime
) -> None:
    """Correct where and when a gift goes; one that was delivered is written anew, once a day to an address.

    Raises:
        CodeUnknown: it is redeemed or refunded, or was never paid.
    """
    gift = Gift.objects.select_for_update().get(pk=gift.pk)
    if gift.state not in OPEN:
        raise CodeUnknown
    gift.recipient_name, gift.recipient_email = recipient_name, recipient_email
    if gift.state == State.PAID:
        gift.deliver_on = deliver_on
    gift.save(update_fields=("recipient_name", "recipient_email", "deliver_on"))
    AuditEntry.record("readdress gift", gift, by=by, at=at, reason=recipient_email)
    if gift.state == State.DELIVERED:
        _write_to_recipient(gift, key=f"{gift.pk}-{at:%Y-%m-%d}-{recipient_email}", at=at)
    else:
        deliver_gift(gift=gift, at=at)


def _write_to_recipient(gift: Gift, *, key: str, at: datetime) -> None:
    give_notice(
        kind=Notice.Kind.GIFT,
        key=key[:160],
        address=gift.recipient_email,
        facts={
            "giver": gift.giver_name,
            "recipient": gift.recipient_name,
            "message": gift.message,
            "plan": gift.plan.name,
            "code": gift.code,
            "url": f"{settings.SITE_URL}{reverse('gift_redeem')}?{urlencode({'code': gift.code})}",
        },
        at=at,
    )


def find_gift(code: str) -> Gift:
    """The gift that a code opens, however it was typed. Raises CodeUnknown for every other code."""
    plain = "".join(letter for letter in code[:LONGEST_CODE].upper() if letter.isalnum())
    gift = Gift.objects.filter(code=plain, state__in=OPEN).select_related("plan", "giver").first()
    if gift is None:
        raise CodeUnknown
    return gift


@transaction.atomic
def redeem_gift(*, code: str, user: User, at: datetime) -> Grant:
    """Let a reader have what was given: from now, or from the end of what they have until a known day.

    Raises:
        CodeUnknown: nothing changes.
        StillSubscribed: nothing changes; the code stays good.
    """
    User.objects.select_for_update().get(pk=user.pk)  # two gifts at once follow one upon the other
    gift = Gift.objects.select_for_update(of=("self",)).select_related("plan").get(pk=find_gift(code).pk)
    if gift.state not in OPEN:  # redeemed a moment ago, in another window
        raise CodeUnknown
    if _renews(user):
        raise StillSubscribed
    starts_at = _first_free_moment(user, at=at)
    gift.state, gift.redeemed_at, gift.redeemed_by = State.REDEEMED, at, user
    gift.save(update_fields=("state", "redeemed_at", "redeemed_by"))
    AuditEntry.record("redeem gift", gift, by=user, at=at)
    return Grant.objects.create(
        user=user,
        source=Source.GIFT,
        gift=gift,
        starts_at=starts_at,
        ends_at=period_after(starts_at, gift.plan.interval),
        reason=f"{gift.giver_name} gave you {gift.plan.name}.",
    )


def _renews(user: User) -> bool:
    mine = Subscription.objects.filter(customer__user=user, status__in=RENEWING)
    return mine.filter(cancels_at__isnull=True).exists()


def _first_free_moment(user: User, *, at: datetime) -> datetime:
    """Now, or when the last of the reader's paid or given times ends that runs on from now without a gap."""
    moment = at
    kept = Grant.objects.filter(user=user, ends_at__gt=at, source__in=(Source.STRIPE, Source.GIFT))
    for grant in kept.order_by("starts_at", "ends_at"):
        if grant.starts_at <= moment and grant.ends_at:
            moment = max(moment, grant.ends_at)
    return moment


def period_after(start: datetime, interval: str) -> datetime:
    """A month or a year after `start` by the newsroom's clock; from a 31st, the last day of a short month."""
    local = localtime(start)
    years, month = divmod(local.month - 1 + (12 if interval == Interval.YEAR else 1), 12)
    year, month = local.year + years, month + 1
    day = min(local.day, calendar.monthrange(year, month)[1])
    clock = time(local.hour, local.minute, local.second, local.microsecond)
    return make_aware(datetime.combine(date(year, month, day), clock))


@transaction.atomic
def follow_gifts(*, payments: Iterable[Payment], at: datetime) -> None:
    """Void gifts whose money was given back in full or lost in a dispute: the code opens nothing any more.

    Called when their giver's books are written, so that a refund in Stripe's dashboard does what ours does.
    """
    gone = {payment.intent_id: payment for payment in payments if payment.intent_id and _is_gone(payment)}
    for gift in Gift.objects.filter(intent_id__in=gone).exclude(state=State.REFUNDED):
        gift.state, gift.refunded_at = State.REFUNDED, gone[gift.intent_id].refunded_at or at
        gift.save(update_fields=("state", "refunded_at"))
        grant = Grant.objects.filter(gift=gift).first()
        if grant and (grant.ends_at is None or grant.ends_at > at):
            grant.ends_at = max(at, grant.starts_at)
            grant.save(update_fields=("ends_at",))
        AuditEntry.record("void gift", gift, by=None, at=at)
        _tell_giver(gift, gone[gift.intent_id], at=at)


def _is_gone(payment: Payment) -> bool:
    is_lost = Dispute.objects.filter(payment=payment, status="lost").exists()
    return is_lost or 0 < payment.amount <= payment.amount_refunded


def _tell_giver(gift: Gift, payment: Payment, *, at: datetime) -> None:
    if payment.amount_refunded:
        give_notice(
            kind=Notice.Kind.REFUNDED,
            key=payment.stripe_id,
            address=gift.giver.email,
            user=gift.giver,
            facts={
                "amount": payment.amount_refunded,
                "currency": payment.currency,
                "is_full": True,
                "what": f"your gift for {gift.recipient_name}",
            },
            at=at,
        )
