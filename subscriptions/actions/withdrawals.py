"""The right to withdraw from a contract within 14 days (Directive 2011/83/EU, articles 9 to 16; rule L1).

A statement counts from the moment it was sent, whatever becomes of it here: it is stored and confirmed by
letter in one transaction, before Stripe is asked for anything. What is then to be carried out waits as a row,
and a sweep tries it until Stripe has done it.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.urls import reverse

from accounts.models import AuditEntry, Consent, User
from subscriptions.actions.books import sync_customer
from subscriptions.actions.notices import Fact, give_notice
from subscriptions.contracts import Contract, contracts_of
from subscriptions.gateways import StripeRefused, StripeUnavailable, end_now, refund_payment
from subscriptions.models import Gift, Notice, Payment, Status, Subscription, Withdrawal
from subscriptions.queries import customer_of

logger = logging.getLogger(__name__)

State = Withdrawal.State
OVER = (Status.CANCELED, Status.INCOMPLETE_EXPIRED)


class CannotWithdraw(Exception):
    """The withdrawal is settled, or names no contract; the message says which."""


@dataclass(frozen=True)
class Statement:
    """What someone sends: `words` as shown to them before they confirmed."""

    name: str
    email: str
    contract: str
    words: str


@transaction.atomic
def receive_withdrawal(
    *,
    submission: UUID,
    statement: Statement,
    user: User | None,
    contract: Contract | None,
    at: datetime,
) -> Withdrawal:
    """Store a statement and confirm it by letter; the same `submission` counts once.

    `user` and `contract` are given when a signed-in reader chose one of their own contracts: within its time
    that is to be carried out. Of others an account's owner is led, by the letter alone, to show that the
    contract is theirs; the page says the same to everybody.
    """
    values = {
        "name": statement.name,
        "email": statement.email,
        "contract": statement.contract,
        "statement": statement.words,
        "confirmed_at": at,
        "user": user,
    }
    withdrawal, is_new = Withdrawal.objects.get_or_create(submission=submission, defaults=values)
    if not is_new:
        return withdrawal
    AuditEntry.record("receive withdrawal", withdrawal, by=user, who=statement.email, at=at)
    if user and contract:
        _assign(withdrawal, contract, user=user)
        if contract.is_open(at):
            _accept(withdrawal, by=user, at=at)
    _confirm(withdrawal, at=at)
    return withdrawal


def _assign(withdrawal: Withdrawal, contract: Contract, *, user: User) -> None:
    withdrawal.user, withdrawal.subscription, withdrawal.gift = user, contract.subscription, contract.gift
    withdrawal.save(update_fields=("user", "subscription", "gift"))


def _accept(withdrawal: Withdrawal, *, by: User | None, at: datetime, reason: str = "") -> None:
    withdrawal.state = State.ACCEPTED
    withdrawal.save(update_fields=("state",))
    AuditEntry.record(
        "accept withdrawal",
        withdrawal,
        by=by,
        at=at,
        reason=reason,
        from_state=State.RECEIVED,
        to_state=State.ACCEPTED,
    )


def _confirm(withdrawal: Withdrawal, *, at: datetime) -> None:
    """The confirmation on a durable medium: content, date and time (article 11a(4))."""
    claimable = withdrawal.state == State.RECEIVED and _claimable(withdrawal) is not None
    _write(
        withdrawal,
        "received",
        {
            "is_matched": withdrawal.state == State.ACCEPTED,
            "url": settings.SITE_URL + reverse("withdraw_claim", args=(token_of(withdrawal, "claim"),))
            if claimable
            else "",
        },
        at=at,
    )


def _write(withdrawal: Withdrawal, stage: str, more: dict[str, Fact], *, at: datetime) -> None:
    facts: dict[str, Fact] = {
        "stage": stage,
        "name": withdrawal.name,
        "contract": withdrawal.contract,
        "statement": withdrawal.statement,
        "confirmed_at": withdrawal.confirmed_at,
    }
    give_notice(
        kind=Notice.Kind.WITHDRAWAL,
        key=f"{withdrawal.pk}:{stage}",
        address=withdrawal.email,
        subscription=withdrawal.subscription,
        facts={**facts, **more},
        at=at,
    )


# ------------------------------------------------------------------------------- whose contract it is


def token_of(withdrawal: Withdrawal, purpose: str) -> str:
    """What an address about a statement carries: a "claim" went to one mailbox, a "receipt" to its sender."""
    return Signer(salt=f"withdrawal {purpose}").sign(str(withdrawal.pk))


def withdrawal_named(token: str, purpose: str) -> Withdrawal | None:
    """The statement such an address is about; None for a forged one, and for one of another purpose."""
    try:
        return Withdrawal.objects.filter(pk=Signer(salt=f"withdrawal {purpose}").unsign(token)).first()
    except BadSignature:
        return None


def _claimable(withdrawal: Withdrawal) -> Contract | None:
    """The newest contract open to withdrawal of the account that has this very address, if there is one."""
    owner = User.objects.filter(email=withdrawal.email.lower(), is_active=True).first()
    found = contracts_of(owner, at=withdrawal.confirmed_at) if owner else []
    return next((contract for contract in found if contract.is_open(withdrawal.confirmed_at)), None)


def contract_to_claim(withdrawal: Withdrawal) -> Contract | None:
    """What the link of the letter would carry out; None when that is settled or there is nothing."""
    return _claimable(withdrawal) if withdrawal.state == State.RECEIVED else None


@transaction.atomic
def claim_withdrawal(*, withdrawal: Withdrawal, at: datetime) -> None:
    """Whoever reads the mail of the account's own address says that the contract is theirs.

    Raises:
        CannotWithdraw: settled already, or there is no contract that could be theirs.
    """
    locked = Withdrawal.objects.select_for_update().get(pk=withdrawal.pk)
    contract = contract_to_claim(locked)
    if contract is None:
        raise CannotWithdraw("There is nothing left to carry out.")
    _assign(locked, contract, user=contract.user)
    _accept(locked, by=contract.user, at=at)
    withdrawal.refresh_from_db()


# ---------------------------------------------------------------------------------- what staff decide


@transaction.atomic
def accept_withdrawal(
    *, withdrawal: Withdrawal, contract: Contract, reason: str, by: User, at: datetime
) -> None:
    """Staff found the contract, and have the withdrawal carried out.

    Raises:
        CannotWithdraw: it was settled already.
    """
    locked = Withdrawal.objects.select_for_update().get(pk=withdrawal.pk)
    if locked.state != State.RECEIVED:
        raise CannotWithdraw(f"It is {locked.get_state_display()}.")
    _assign(locked, contract, user=contract.user)
    locked.settled_by = by
    locked.save(update_fields=("settled_by",))
    _accept(locked, by=by, at=at, reason=reason)
    withdrawal.refresh_from_db()


@transaction.atomic
def refuse_withdrawal(*, withdrawal: Withdrawal, reason: str, by: User, at: datetime) -> None:
    """Staff say no, for a reason that the letter gives.

    Raises:
        CannotWithdraw: no reason, or settled already.
    """
    if not reason.strip():
        raise CannotWithdraw("Say why: the letter gives the reason.")
    locked = Withdrawal.objects.select_for_update().get(pk=withdrawal.pk)
    if locked.state != State.RECEIVED:
        raise CannotWithdraw(f"It is {locked.get_state_display()}.")
    locked.state, locked.settled_at, locked.settled_by, locked.note = State.REFUSED, at, by, reason.strip()
    locked.save()
    AuditEntry.record(
        "refuse withdrawal",
        locked,
        by=by,
        at=at,
        reason=reason.strip(),
        from_state=State.RECEIVED,
        to_state=State.REFUSED,
    )
    _write(locked, "refused", {"reason": reason.strip()}, at=at)
    withdrawal.refresh_from_db()


# -------------------------------------------------------------------------------------- carrying it out


def carry_out_withdrawal(*, withdrawal: Withdrawal, at: datetime) -> None:
    """End the contract and give the money back; safe to repeat, at any point of it.

    What Stripe refuses (a payment that is disputed, say) goes back to staff with Stripe's words.

    Raises:
        StripeUnavailable: to be tried again; what was done stays done.
    """
    if withdrawal.state != State.ACCEPTED:
        return
    try:
        undone = _undo(withdrawal, at=at)
    except StripeRefused as refusal:
        _hand_to_staff(withdrawal, str(refusal), at=at)
        return
    _close(withdrawal, undone, at=at)


def carry_out_withdrawals(*, at: datetime) -> None:
    """Those that wait for Stripe, the oldest first; one in trouble does not keep the others back."""
    for withdrawal in Withdrawal.objects.filter(state=State.ACCEPTED).order_by("confirmed_at"):
        try:
            carry_out_withdrawal(withdrawal=withdrawal, at=at)
        except StripeUnavailable as trouble:
            logger.warning("Withdrawal %s waits: %s", withdrawal.pk, trouble)


@dataclass(frozen=True)
class Undone:
    """What was given back and what was kept, in minor units."""

    refunded: int
    kept: int
    currency: str


def _undo(withdrawal: Withdrawal, *, at: datetime) -> Undone:
    if withdrawal.gift:
        return _undo_gift(withdrawal.gift, at=at)
    if withdrawal.subscription:
        return _undo_subscription(withdrawal, withdrawal.subscription, at=at)
    raise CannotWithdraw("No contract is named.")


def _undo_subscription(withdrawal: Withdrawal, subscription: Subscription, *, at: datetime) -> Undone:
    customer = subscription.customer
    sync_customer(customer=customer, at=at)
    subscription.refresh_from_db()
    if subscription.status not in OVER:
        end_now(subscription.stripe_id, feedback="", comment="", key=f"withdrawal-{subscription.stripe_id}")
    refunded = kept = 0
    since = withdrawal.confirmed_at - timedelta(days=settings.WITHDRAWAL_DAYS + 1)
    for payment in _paid(subscription, since=since):
        keeps = kept_of(payment, withdrawal)
        _give_back(payment, keeps=keeps)
        refunded, kept = refunded + payment.amount - keeps, kept + keeps
    sync_customer(customer=customer, at=at)
    return Undone(refunded, kept, subscription.currency)


def _undo_gift(gift: Gift, *, at: datetime) -> Undone:
    """What follows for the gift and whoever redeemed it follows from the refund (`actions.gifts`).

    The books are fetched first: a payment just made is not in them before its event has come.
    """
    giver = customer_of(gift.giver)
    if giver:
        sync_customer(customer=giver, at=at)
    payments = Payment.objects.filter(intent_id=gift.intent_id, status="succeeded").exclude(intent_id="")
    if not payments:
        raise StripeRefused(f"No payment of gift {gift.pk} is known.")
    for payment in payments.select_related("customer"):
        _give_back(payment, keeps=0)
        if payment.customer:
            sync_customer(customer=payment.customer, at=at)
    return Undone(gift.amount, 0, gift.currency)


def _give_back(payment: Payment, *, keeps: int) -> None:
    """All of a payment but what is kept and what was given back before."""
    rest = payment.amount - payment.amount_refunded - keeps
    if rest > 0:
        refund_payment(intent=payment.intent_id, amount=rest, key=f"withdrawal-{payment.stripe_id}-{rest}")


def _paid(subscription: Subscription, *, since: datetime) -> list[Payment]:
    """What was paid within the time to withdraw: all there is, unless staff accept an old contract."""
    paid = Payment.objects.filter(invoice__subscription=subscription, status="succeeded")
    return list(paid.filter(created_at__gte=since))


def kept_of(payment: Payment, withdrawal: Withdrawal) -> int:
    """What of a payment stays here, in minor units: with `pro_rata`, for the days read before.

    Only of a reader who asked for reading to start at once, in a form that is kept (articles 7(3), 14(3)).
    """
    subscription = withdrawal.subscription
    if settings.WITHDRAWAL_REFUND != "pro_rata" or subscription is None or payment.invoice is None:
        return 0
    asked = Consent.objects.filter(
        user=subscription.customer.user,
        kind=Consent.Kind.EARLY_START,
        given_at__lte=withdrawal.confirmed_at,
        withdrawn_at__isnull=True,
    )
    lines = [line for line in payment.invoice.lines.all() if line.amount > 0]
    if not lines or not asked.exists():
        return 0
    starts, ends = min(line.period_start_at for line in lines), max(line.period_end_at for line in lines)
    days = max((withdrawal.confirmed_at - starts).days, 0)
    return payment.amount * min(days, (ends - starts).days) // max((ends - starts).days, 1)


@transaction.atomic
def _close(withdrawal: Withdrawal, undone: Undone, *, at: datetime) -> None:
    locked = Withdrawal.objects.select_for_update().get(pk=withdrawal.pk)
    if locked.state != State.ACCEPTED:
        return
    locked.state, locked.settled_at = State.EXECUTED, at
    locked.refund_amount, locked.currency = undone.refunded, undone.currency
    locked.save()
    AuditEntry.record(
        "carry out withdrawal",
        locked,
        by=locked.settled_by or locked.user,
        at=at,
        from_state=State.ACCEPTED,
        to_state=State.EXECUTED,
    )
    more: dict[str, Fact] = {"currency": undone.currency}
    more |= {"amount": undone.refunded} if undone.refunded else {}
    more |= {"kept_amount": undone.kept} if undone.kept else {}
    _write(locked, "executed", more, at=at)
    withdrawal.refresh_from_db()


@transaction.atomic
def _hand_to_staff(withdrawal: Withdrawal, why: str, *, at: datetime) -> None:
    locked = Withdrawal.objects.select_for_update().get(pk=withdrawal.pk)
    if locked.state != State.ACCEPTED:
        return
    locked.state, locked.note = State.RECEIVED, why
    locked.save(update_fields=("state", "note"))
    withdrawal.state, withdrawal.note = locked.state, locked.note
    AuditEntry.record(
        "hand withdrawal to staff",
        locked,
        by=None,
        at=at,
        reason=why,
        from_state=State.ACCEPTED,
        to_state=State.RECEIVED,
    )
