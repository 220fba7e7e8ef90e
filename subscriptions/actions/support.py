"""What support does for a reader: each deed is allowed by permission, has a reason, and leaves an audit row.

Deeds at Stripe are asked for with a key made of what the person at the desk saw (`seen`): sent twice, or
again after a fault on the line, they are done once; and what has changed meanwhile is to be looked at anew.
"""

import logging
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.actions import end_sessions, invite_to_reset_password
from accounts.models import AuditEntry, User
from kit.money import format_money
from subscriptions.actions.books import OVER, sync_customer
from subscriptions.actions.giving import refund_gift
from subscriptions.actions.grants import end_grant, extend_comp, give_comp
from subscriptions.actions.notices import give_notice, resend_notice
from subscriptions.gateways import (
    StripeRefused,
    StripeUnavailable,
    end_now,
    go_on_renewing,
    refund_payment,
    stop_renewing,
)
from subscriptions.gateways.support import postpone_charge
from subscriptions.models import (
    Customer,
    Gift,
    Grant,
    Invoice,
    Notice,
    Source,
    Status,
    Subscription,
)
from subscriptions.refunds import last_paid, payments_left, refundable

logger = logging.getLogger(__name__)

PERMISSION = "subscriptions.change_subscription"
MOST_FREE_DAYS = 366
A_MOMENT = timedelta(minutes=1)
RENEWING = (Status.ACTIVE, Status.TRIALING)


class NotDone(Exception):
    """A deed was refused and nothing changed; the message says why."""


class HalfDone(Exception):
    """The first part of a deed was done, the second was not; the message says which is left."""


class Ending(StrEnum):
    """How support ends a subscription."""

    WITH_PERIOD = "period"
    NOW = "now"
    NOW_WITH_REFUND = "refund"


def _accepted(by: User, reason: str) -> str:
    if not by.has_perm(PERMISSION):
        raise PermissionDenied
    if not reason.strip():
        raise NotDone("Say why: the reason is kept with what you do.")
    return reason.strip()


# --------------------------------------------------------------------------------------------- access


@transaction.atomic
def give_access(*, reader: User, ends_at: datetime | None, reason: str, by: User, at: datetime) -> Grant:
    """Complimentary access until `ends_at`, and a letter that tells the reader; the same twice is one.

    Raises:
        PermissionDenied, NotDone, CannotGrant.
    """
    reason = _accepted(by, reason)
    User.objects.select_for_update().get(pk=reader.pk)
    running = Grant.objects.filter(user=reader, source=Source.COMP).current(at=at)
    same = running.filter(ends_at=ends_at, reason=reason, granted_by=by).first()
    if same:
        return same
    grant = give_comp(user=reader, ends_at=ends_at, reason=reason, by=by, at=at)
    give_notice(
        kind=Notice.Kind.COMP,
        key=str(grant.pk),
        address=reader.email,
        user=reader,
        facts={"reason": reason, "ends_at": ends_at},
        at=at,
    )
    return grant


def extend_access(*, grant: Grant, ends_at: datetime | None, reason: str, by: User, at: datetime) -> None:
    """Let complimentary access run longer. Raises PermissionDenied, NotDone, CannotGrant."""
    extend_comp(grant=grant, ends_at=ends_at, reason=_accepted(by, reason), by=by, at=at)


def end_access(*, grant: Grant, reason: str, by: User, at: datetime) -> None:
    """End complimentary or given access now. Raises PermissionDenied, NotDone, CannotGrant."""
    reason = _accepted(by, reason)
    if grant.source not in (Source.COMP, Source.GIFT):
        raise NotDone("This access follows something else, and would come back with it: end that instead.")
    end_grant(grant=grant, reason=reason, by=by, at=at)


# ---------------------------------------------------------------------------------------- subscription


def give_free_days(
    *, subscription: Subscription, days: int, seen: datetime, reason: str, by: User, at: datetime
) -> datetime:
    """Put the next charge off by so many days, and return when it is then; `seen` is when it was to be.

    Raises:
        PermissionDenied, NotDone, StripeRefused; StripeUnavailable: asked for again, it is done once.
    """
    reason = _accepted(by, reason)
    if not 1 <= days <= MOST_FREE_DAYS:
        raise NotDone(f"Give between 1 and {MOST_FREE_DAYS} days.")
    if subscription.status not in RENEWING or subscription.cancels_at or subscription.pause_behavior:
        raise NotDone("Only a subscription that renews has a next charge: give complimentary access instead.")
    if subscription.period_end_at != seen:
        raise NotDone("The next charge has moved meanwhile. Look at the page again.")
    until = max(seen, at.replace(second=0, microsecond=0)) + timedelta(days=days)
    key = _key("free-days", subscription.stripe_id, seen.isoformat(), until.isoformat())
    postpone_charge(subscription.stripe_id, until=until, key=key)
    AuditEntry.record("give free days", subscription, by=by, at=at, reason=f"{days} days: {reason}")
    _follow(subscription.customer, at=at)
    return until


def end_for_reader(
    *, subscription: Subscription, ending: Ending, reason: str, by: User, at: datetime
) -> Subscription:
    """End a subscription: with its period, at once, or at once with the last payment given back.

    Raises:
        PermissionDenied, NotDone, StripeRefused; StripeUnavailable: asked for again, it is done once.
        HalfDone: it is ended, but the money was not given back.
    """
    reason = _accepted(by, reason)
    if subscription.status in OVER:
        raise NotDone("It has ended already.")
    if ending == Ending.WITH_PERIOD:
        _stop_renewing(subscription)
    else:
        key = _key("support-end", subscription.stripe_id)
        end_now(subscription.stripe_id, feedback="", comment="", key=key)
    AuditEntry.record(
        "cancel subscription",
        subscription,
        by=by,
        at=at,
        from_state=subscription.status,
        reason=f"{ENDINGS[ending]}: {reason}",
    )
    if ending == Ending.NOW_WITH_REFUND:
        _give_last_back(subscription, reason=reason, by=by, at=at)
    _follow(subscription.customer, at=at)
    return Subscription.objects.select_related("plan", "customer__user").get(pk=subscription.pk)


ENDINGS = {
    Ending.WITH_PERIOD: "at the end of its period",
    Ending.NOW: "at once, without a refund",
    Ending.NOW_WITH_REFUND: "at once, with the last payment given back",
}


def _stop_renewing(subscription: Subscription) -> None:
    if subscription.status not in RENEWING:
        raise NotDone("No period runs that is paid for or free: end it at once instead.")
    if subscription.cancels_at:
        raise NotDone("It is cancelled already, and ends with its period.")
    key = _key("support-stop", subscription.stripe_id, subscription.synced_at.isoformat())
    stop_renewing(subscription.stripe_id, feedback="", comment="", key=key)


def _give_last_back(subscription: Subscription, *, reason: str, by: User, at: datetime) -> None:
    invoice = last_paid(subscription)
    if invoice is None:
        return
    try:
        _give_back(invoice, refundable(invoice), seen=invoice.amount_refunded, reason=reason, by=by, at=at)
    except (StripeUnavailable, StripeRefused) as fault:
        logger.warning("The last payment of %s was not given back: %s", subscription.stripe_id, fault)
        _follow(subscription.customer, at=at)
        raise HalfDone(
            "The subscription has ended, but its last payment was not given back. Refund the invoice below."
        ) from fault


def keep_for_reader(*, subscription: Subscription, reason: str, by: User, at: datetime) -> Subscription:
    """Take a cancellation back that has not come into force. Raises PermissionDenied, NotDone, Stripe…."""
    reason = _accepted(by, reason)
    if subscription.status in OVER or not subscription.cancels_at:
        raise NotDone("There is no cancellation to take back.")
    key = _key("support-keep", subscription.stripe_id, subscription.synced_at.isoformat())
    go_on_renewing(subscription.stripe_id, key=key)
    AuditEntry.record("resume subscription", subscription, by=by, at=at, reason=reason)
    _follow(subscription.customer, at=at)
    return Subscription.objects.select_related("plan", "customer__user").get(pk=subscription.pk)


# ----------------------------------------------------------------------------------------------- money


def refund_invoice(
    *, invoice: Invoice, amount: int | None, seen: int, reason: str, by: User, at: datetime
) -> int:
    """Give back `amount` minor units of an invoice, or all that is left; returns how much.

    `seen` is how much had been given back when the deed was decided on.

    Raises:
        PermissionDenied, NotDone, StripeRefused; StripeUnavailable: asked for again, it is done once.
    """
    reason = _accepted(by, reason)
    if invoice.amount_refunded != seen:
        raise NotDone("Money of this invoice has been given back meanwhile. Look at the page again.")
    left = refundable(invoice)
    wanted = left if amount is None else amount
    if not left:
        raise NotDone("Nothing is left to give back.")
    if not 0 < wanted <= left:
        raise NotDone(f"At most {format_money(left, invoice.currency)} is left to give back.")
    _give_back(invoice, wanted, seen=seen, reason=reason, by=by, at=at)
    _follow(invoice.customer, at=at)
    return wanted


def _give_back(invoice: Invoice, wanted: int, *, seen: int, reason: str, by: User, at: datetime) -> None:
    for payment, left in payments_left(invoice):
        share = min(wanted, left)
        if not share:
            break
        key = _key("support-refund", payment.stripe_id, str(seen), str(share))
        refund = refund_payment(intent=payment.intent_id, amount=share, key=key)
        note = f"{format_money(share, invoice.currency)} ({refund}): {reason}"
        if not AuditEntry.about(invoice).filter(reason=note).exists():  # else the other click has noted it
            AuditEntry.record("refund invoice", invoice, by=by, at=at, reason=note)
        wanted -= share


def refund_gift_for_giver(*, gift: Gift, reason: str, by: User, at: datetime) -> None:
    """Give a gift's money back; its code and the access by it end. Raises what `refund_gift` raises."""
    refund_gift(gift=gift, reason=_accepted(by, reason), by=by, at=at)


# ------------------------------------------------------------------------------- letters and sign-in


def send_again(*, notice: Notice, reason: str, by: User, at: datetime) -> None:
    """Send a letter once more. Raises PermissionDenied; NotDone: it is waiting to go out."""
    reason = _accepted(by, reason)
    if notice.sent_at is None and notice.dropped_at is None:
        raise NotDone("It is waiting to be sent.")
    resend_notice(notice=notice, reason=reason, by=by, at=at)


def help_to_sign_in(*, reader: User, reason: str, by: User, at: datetime) -> None:
    """Write to a reader how to get into their account.

    Raises:
        PermissionDenied; NotDone: the account is switched off, or the letter went out a moment ago.
        SMTPException, OSError: the mail server did not take it, and nothing is recorded.
    """
    reason = _accepted(by, reason)
    if not reader.is_active:
        raise NotDone("The account is switched off: nobody can sign in to it.")
    lately = AuditEntry.about(reader).filter(action="invite to reset password", at__gt=at - A_MOMENT)
    if lately.exists():
        raise NotDone("The letter went out a moment ago.")
    invite_to_reset_password(user=reader, reason=reason, by=by, at=at)


def sign_out(*, reader: User, session: int | None, reason: str, by: User, at: datetime) -> int:
    """End one device of a reader, or all; of how many. Raises PermissionDenied, NotDone, CannotSignOut."""
    return end_sessions(user=reader, session=session, reason=_accepted(by, reason), by=by, at=at)


# ------------------------------------------------------------------------------------------ Stripe


def check_with_stripe(*, reader: User, by: User, at: datetime) -> list[str]:
    """Set our books of one reader from Stripe's now, and say what was different.

    Raises:
        PermissionDenied; NotDone: Stripe does not know the reader.
        StripeUnavailable, StripeRefused: nothing is written.
    """
    if not by.has_perm(PERMISSION):
        raise PermissionDenied
    customers = list(Customer.objects.filter(user=reader, deleted_at__isnull=True))
    if not customers:
        raise NotDone("Stripe does not know this reader: they never went to pay.")
    before, foreign = _picture(reader), list[str]()
    for customer in customers:
        foreign += sync_customer(customer=customer, at=at).foreign.values()
    after = _picture(reader)
    found = [
        f"{name}: {before.get(name, 'not known')} → {after.get(name, 'gone')}"
        for name in {**before, **after}
        if before.get(name) != after.get(name)
    ]
    for customer in customers:
        AuditEntry.record("check with Stripe", customer, by=by, at=at, reason="; ".join(found + foreign))
    return found + foreign


def _picture(reader: User) -> dict[str, str]:
    """What can differ, each in words."""
    seen = {}
    for row in Subscription.objects.filter(customer__user=reader).select_related("plan"):
        plan = row.plan.name if row.plan else "a plan"
        ends = f", ends {row.cancels_at:%Y-%m-%d}" if row.cancels_at else ""
        seen[f"Subscription {row.stripe_id}"] = (
            f"{plan}, {row.get_status_display()}, until {row.period_end_at:%Y-%m-%d}{ends}"
        )
    for invoice in Invoice.objects.filter(customer__user=reader):
        back = f", {format_money(invoice.amount_refunded, invoice.currency)} given back"
        seen[f"Invoice {invoice.number or invoice.stripe_id}"] = (
            f"{invoice.get_status_display()}{back if invoice.amount_refunded else ''}"
        )
    return seen


def _follow(customer: Customer, *, at: datetime) -> None:
    """Set our books after a deed. When Stripe is away just now, its event or the nightly comparison does."""
    try:
        sync_customer(customer=customer, at=at)
    except StripeUnavailable:
        logger.warning("The books of %s follow later.", customer.stripe_id)


def _key(*parts: str) -> str:
    return f"{parts[0]}-{sha256('|'.join(parts).encode()).hexdigest()[:40]}"
