"""Another plan, interval, price or number of seats: shown to the cent first, then made (rule C4)."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from django.core import signing
from django.db import transaction

from accounts.models import AuditEntry, User
from subscriptions.actions.books import sync_customer
from subscriptions.actions.notices import Fact, give_notice
from subscriptions.gateways import (
    ItemChange,
    PreviewSnapshot,
    StripeRefused,
    change_item,
    preview_change,
    preview_recurring,
)
from subscriptions.models import Invoice, Notice, Plan, Status, Subscription
from subscriptions.options import Option, options_for, seats_given, why_fixed
from subscriptions.orders import MOST_AT_ONCE

PREVIEW_LIFE = timedelta(hours=1)
SALT = "subscriptions.change"


class CannotChange(Exception):
    """The change is not possible; the message says why, to its reader."""


class NeedsAddress(CannotChange):
    """The plan has a printed copy, and nobody said where it is to go."""


class StalePreview(CannotChange):
    """What was shown does not hold any more: it is an hour old, or the sums have moved. Show it anew."""


class NotYourPreview(Exception):
    """A preview that is forged, or was shown to somebody else."""


@dataclass(frozen=True)
class Wish:
    """What a reader chose. `amount` (minor units) counts for plans whose price is theirs to choose."""

    plan_key: str
    seats: int = 1
    amount: int | None = None


@dataclass(frozen=True)
class ChangePreview:
    """What a change would do. `now` is the invoice made at once, None within a trial; `later` each renewal.

    `token` is its signed summary: whoever confirms gets just this, or nothing.
    """

    subscription: Subscription
    wish: Wish
    plan: Plan
    change: ItemChange
    previewed_at: datetime
    now: PreviewSnapshot | None
    later: PreviewSnapshot
    token: str = ""

    @property
    def prorated_at(self) -> datetime | None:
        return self.previewed_at if self.now else None

    @property
    def digest(self) -> str:
        """Changes when any sum that was shown does."""
        shown = [_sums(snapshot) for snapshot in (self.now, self.later) if snapshot]
        return sha256(repr(shown).encode()).hexdigest()[:32]


def _sums(snapshot: PreviewSnapshot) -> tuple[object, ...]:
    invoice = snapshot.invoice
    lines = sorted((line.amount, line.discount, line.tax) for line in invoice.lines)
    return (invoice.total, invoice.tax, invoice.amount_due, snapshot.starting_balance, lines)


@dataclass(frozen=True)
class Changed:
    """What came of it: `invoice` is the one made at once; `waits` until it is paid."""

    subscription: Subscription
    invoice: Invoice | None
    waits: bool = False


def show_change(*, subscription: Subscription, wish: Wish, at: datetime) -> ChangePreview:
    """Ask Stripe what the change would cost, now and later. Nothing is changed.

    Raises:
        CannotChange: the wish cannot be had.
        StripeUnavailable, StripeRefused.
    """
    # Stripe reckons in whole seconds, and from no moment before the period.
    return _show(subscription, wish, max(at.replace(microsecond=0), subscription.period_start_at))


def _show(subscription: Subscription, wish: Wish, moment: datetime) -> ChangePreview:
    option = _choose(subscription, wish)
    change = _item_change(subscription, wish, option)
    is_trial = subscription.status == Status.TRIALING
    preview = ChangePreview(
        subscription=subscription,
        wish=wish,
        plan=option.plan,
        change=change,
        previewed_at=moment,
        now=None if is_trial else preview_change(change, prorated_at=moment),
        later=preview_recurring(change),
    )
    return _signed(preview)


def _choose(subscription: Subscription, wish: Wish) -> Option:
    """The option that is wished for. Raises CannotChange."""
    reason = why_fixed(subscription)
    if reason:
        raise CannotChange(reason)
    option = next((each for each in options_for(subscription) if each.plan.key == wish.plan_key), None)
    if option is None:
        raise CannotChange("That plan is not on sale in your currency. Please choose another.")
    if option.plan.has_print and not subscription.customer.shipping_address:
        raise NeedsAddress("That plan comes with a printed copy. Please say first where it is to go.")
    _check_seats(subscription, option.plan, wish.seats)
    _check_amount(option, wish)
    if _is_had(subscription, wish):
        raise CannotChange("That is what you have already.")
    return option


def _check_seats(subscription: Subscription, plan: Plan, seats: int) -> None:
    if not plan.is_for_groups:
        if seats != 1:
            raise CannotChange("That plan is for one reader.")
        return
    given = seats_given(subscription)
    if seats < given:
        raise CannotChange(f"{given} seats are given out. Take back {given - seats} first.")
    if not plan.least_seats <= seats <= plan.most_seats:
        raise CannotChange(f"That plan is for {plan.least_seats} to {plan.most_seats} seats.")


def _check_amount(option: Option, wish: Wish) -> None:
    if wish.amount is None or not option.plan.is_open_amount:
        return
    if wish.amount < option.floor:
        raise CannotChange(f"The least that plan can be had for is {option.least}.")
    if wish.amount > MOST_AT_ONCE:
        raise CannotChange("That is more than can be charged at once. Thank you for the thought.")


def _is_had(subscription: Subscription, wish: Wish) -> bool:
    plan = subscription.plan
    if plan is None or plan.key != wish.plan_key or subscription.quantity != wish.seats:
        return False
    return not plan.is_open_amount or wish.amount in (None, subscription.amount)


def _item_change(subscription: Subscription, wish: Wish, option: Option) -> ItemChange:
    change = ItemChange(subscription.stripe_id, subscription.item_id, wish.seats)
    if option.plan.is_open_amount and wish.amount is not None:
        return replace(
            change,
            amount=wish.amount,
            product=option.plan.stripe_product_id,
            currency=option.currency,
            interval=option.plan.interval,
        )
    # The present price stays, be it no longer sold.
    return change if option.is_current else replace(change, price=option.price_id)


def _signed(preview: ChangePreview) -> ChangePreview:
    shown = {
        "subscription": preview.subscription.stripe_id,
        "wish": [preview.wish.plan_key, preview.wish.seats, preview.wish.amount],
        "at": int(preview.previewed_at.timestamp()),
        "digest": preview.digest,
    }
    return replace(preview, token=signing.dumps(shown, salt=SALT))


def wish_in(token: str, *, subscription: Subscription) -> Wish:
    """What a preview of this subscription was about. Raises NotYourPreview."""
    return _read(token, subscription)[0]


def _read(token: str, subscription: Subscription) -> tuple[Wish, datetime, str]:
    try:
        shown = signing.loads(token, salt=SALT)
    except signing.BadSignature as error:
        raise NotYourPreview from error
    if shown["subscription"] != subscription.stripe_id:
        raise NotYourPreview
    return Wish(*shown["wish"]), datetime.fromtimestamp(shown["at"], UTC), shown["digest"]


def change_subscription(*, subscription: Subscription, token: str, by: User, at: datetime) -> Changed:
    """Make the change that was shown, at the sums that were shown, once however often it is asked for.

    What cannot be collected at once leaves everything as it was, and the change waits for its payment.

    Raises:
        NotYourPreview: forged or foreign; nothing happens.
        StalePreview, CannotChange: nothing happens; the message says why.
        StripeUnavailable, StripeRefused: it may have happened; the books are compared by the next event.
    """
    wish, moment, digest = _read(token, subscription)
    if _is_had(subscription, wish):
        return Changed(subscription, None)  # the button was pressed twice
    before = subscription.plan.name if subscription.plan else ""
    preview = _still_holds(subscription, wish, moment, digest, at=at)
    if preview is None:
        return Changed(_fresh(subscription), None)
    key = "change-" + sha256(token.encode()).hexdigest()[:40]
    snapshot = change_item(preview.change, prorated_at=preview.prorated_at, key=key)
    sync_customer(customer=subscription.customer, at=at)
    changed = _outcome(preview, waits=snapshot.has_pending_update)
    _record(changed, preview, before=before, by=by, at=at)
    return changed


def _still_holds(
    subscription: Subscription, wish: Wish, moment: datetime, digest: str, *, at: datetime
) -> ChangePreview | None:
    """The preview again, if it says what was shown; None if the change has been made in the meantime.

    Raises StalePreview.
    """
    if at - moment > PREVIEW_LIFE:
        raise StalePreview("That was an hour ago.")
    try:
        preview = _show(subscription, wish, moment)
    except StripeRefused:
        preview = None  # a new period has begun, or the price has gone
    if preview and preview.digest == digest:
        return preview
    sync_customer(customer=subscription.customer, at=at)
    if _is_had(_fresh(subscription), wish):
        return None
    raise StalePreview("The sums have changed.")


def _fresh(subscription: Subscription) -> Subscription:
    return Subscription.objects.select_related("plan", "customer__user").get(pk=subscription.pk)


def _outcome(preview: ChangePreview, *, waits: bool) -> Changed:
    subscription = _fresh(preview.subscription)
    made = subscription.invoices.filter(billing_reason="subscription_update").first() if preview.now else None
    return Changed(subscription, made, waits)


@transaction.atomic
def _record(changed: Changed, preview: ChangePreview, *, before: str, by: User, at: datetime) -> None:
    subscription, wish = changed.subscription, preview.wish
    AuditEntry.record(
        "ask for change" if changed.waits else "change subscription",
        subscription,
        by=by,
        at=at,
        reason=f"{before} → {preview.plan.name}, {wish.seats} seats" if wish.seats > 1 else "",
        from_state=before[:30],
        to_state=preview.plan.name[:30],
    )
    if not changed.waits:
        _confirm(changed, preview, before=before, at=at)


def _confirm(changed: Changed, preview: ChangePreview, *, before: str, at: datetime) -> None:
    subscription, now = changed.subscription, preview.now
    facts: dict[str, Fact] = {
        "from_plan": before,
        "to_plan": preview.plan.name,
        "amount": preview.later.invoice.total,
        "currency": subscription.currency,
        "interval": subscription.get_interval_display(),
        "starts_at": subscription.period_end_at,
        "charged_amount": now.invoice.amount_due if now else 0,
        "credited_amount": credit_left(now),
    }
    user = subscription.customer.user
    give_notice(
        kind=Notice.Kind.CHANGED,
        key=changed.invoice.stripe_id if changed.invoice else f"{subscription.stripe_id}:{preview.digest}",
        address=user.email,
        user=user,
        subscription=subscription,
        invoice=changed.invoice,
        facts=facts,
        at=at,
    )


def credit_left(snapshot: PreviewSnapshot | None) -> int:
    """What such an invoice adds to the reader's credit, in minor units."""
    return max(0, -snapshot.invoice.total) if snapshot else 0
