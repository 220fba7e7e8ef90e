"""How a subscription starts, is paid, renews and ends (docs.stripe.com/billing/subscriptions/overview)."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sandbox.stripe import deadlines
from sandbox.stripe.billing.charging import Outcome, attempt, authenticate, intent_of
from sandbox.stripe.billing.discounts import Redemption, redeem
from sandbox.stripe.billing.dunning import may_try, pass_over, plan_retry
from sandbox.stripe.billing.invoicing import draft, finalize, mark_paid, void, waiting_items
from sandbox.stripe.billing.pausing import set_aside
from sandbox.stripe.billing.pending import announce, awaits, give_up, take_up
from sandbox.stripe.billing.periods import period_end
from sandbox.stripe.errors import invalid
from sandbox.stripe.shapes.subscriptions import subscription_item_shape, subscription_shape
from sandbox.stripe.store import Obj, among, equals
from sandbox.stripe.work import Work, new_id

ENDED = ("canceled", "incomplete_expired")


@dataclass(frozen=True)
class Terms:
    """What someone subscribes to.

    `trial_end` in Unix seconds; `attempt_payment` false leaves the first payment to them.
    """

    customer: Obj
    items: list[tuple[Obj, int]]
    method: Obj | None = None
    trial_end: int | None = None
    attempt_payment: bool = True
    settings: Obj = field(default_factory=dict)
    discounts: Sequence[Redemption] = ()
    session: str | None = None
    """The Checkout Session it was bought on."""


def start(work: Work, terms: Terms) -> tuple[Obj, Outcome]:
    """Open a subscription and its first invoice, and try to have it paid."""
    subscription = open_subscription(work, terms)
    items = subscription["items"]["data"]
    work.create(subscription)
    invoice = draft(
        work, subscription, reason="subscription_create", period=(work.now, work.now), items=items
    )
    work.save(subscription, also=["customer.subscription.created"])
    finalize(work, invoice)
    if subscription["status"] == "trialing" and _is_notice_due(work, subscription):
        announce_trial_end(work, subscription)
    if not terms.attempt_payment and invoice["amount_due"]:
        return subscription, "declined"
    outcome = pay(work, invoice, terms.method)
    return work.get("subscription", subscription["id"]), outcome


def open_subscription(work: Work, terms: Terms) -> Obj:
    """A subscription on these terms, not yet kept."""
    currency = terms.items[0][0]["currency"]
    subscription = subscription_shape(new_id("sub"), work.now, terms.customer["id"], currency)
    subscription |= terms.settings
    if terms.trial_end:
        subscription |= {"status": "trialing", "trial_start": work.now, "trial_end": terms.trial_end}
        subscription["billing_cycle_anchor"] = terms.trial_end
    for price, quantity in terms.items:
        item = subscription_item_shape(new_id("si"), work.now, subscription["id"], price, quantity)
        item["current_period_end"] = terms.trial_end or period_end(work.now, work.now, price["recurring"])
        subscription["items"]["data"].append(item)
    for each in terms.discounts:
        about = {"subscription": subscription["id"], "checkout_session": terms.session}
        discount = redeem(work, each, customer=terms.customer["id"], **about)
        subscription["discounts"].append(discount["id"])
    if subscription["cancel_at_period_end"]:
        stop_at_period_end(work, subscription, stop=True)
    elif subscription["cancel_at"]:
        stop_at(work, subscription, subscription["cancel_at"])
    return subscription


def _is_notice_due(work: Work, subscription: Obj) -> bool:
    return bool(subscription["trial_end"] - deadlines.TRIAL_NOTICE <= work.now)


def announce_trial_end(work: Work, subscription: Obj) -> None:
    """Tell, once, that the trial is about to end."""
    work.save(subscription, also=["customer.subscription.trial_will_end"], trial_end_announced=True)


def default_method(work: Work, subscription: Obj) -> Obj | None:
    """The card that pays: the subscription's own, else the customer's."""
    customer = work.get("customer", subscription["customer"])
    id = subscription["default_payment_method"] or customer["invoice_settings"]["default_payment_method"]
    return work.find("payment_method", id) if id else None


def collect(work: Work, invoice: Obj) -> None:
    """Do what has come due on an invoice: finalize and charge a draft, try an open one again."""
    subscription = subscription_of(work, invoice)
    method = default_method(work, subscription)
    if invoice["status"] == "draft":
        finalize(work, invoice)
        pay(work, invoice, method, is_retry=True)
    elif may_try(work, invoice, method):
        pay(work, invoice, method, is_retry=True)
    else:
        facts = pass_over(work, invoice)
        work.save(invoice, event="invoice.updated", **facts)
        _not_paid(work, subscription, is_final=facts["retry_at"] is None)


def subscription_of(work: Work, invoice: Obj) -> Obj:
    """The subscription an invoice is for."""
    return work.get("subscription", invoice["parent"]["subscription_details"]["subscription"])


def pay(work: Work, invoice: Obj, method: Obj | None, *, is_retry: bool = False) -> Outcome:
    """Try to collect a finalized invoice, with everything that follows for its subscription.

    As Stripe counts, any attempt may be the first, and only automatic retries are counted after it.
    """
    intent = intent_of(work, invoice)
    if intent is None:
        return settle(work, invoice, "paid")
    is_counted = is_retry or not invoice["attempt_count"]
    invoice |= {"attempted": True, "attempt_count": invoice["attempt_count"] + is_counted}
    return settle(work, invoice, attempt(work, intent, method))


def authenticate_invoice(work: Work, invoice: Obj, *, succeeded: bool) -> Outcome:
    """Go on with a payment that waited for 3D Secure. Raises ApiError 400 when it does not wait."""
    intent = intent_of(work, invoice)
    if intent is None or intent["status"] != "requires_action":
        raise invalid(
            "This payment does not wait for authentication.", code="payment_intent_unexpected_state"
        )
    return settle(work, invoice, authenticate(work, intent, succeeded=succeeded))


def settle(work: Work, invoice: Obj, outcome: Outcome) -> Outcome:
    """Record what came of an attempt on the invoice, then on its subscription."""
    subscription = subscription_of(work, invoice)
    if outcome == "paid":
        mark_paid(work, invoice)
        _now_paid(work, subscription, invoice)
        return outcome
    if outcome == "processing":
        work.save(invoice | {"next_payment_attempt": None}, event="invoice.updated", retry_at=None)
        return outcome
    is_change = awaits(work, subscription, invoice)
    is_retried = subscription["status"] not in ("incomplete", *ENDED) and not is_change
    facts = plan_retry(work, invoice, outcome) if is_retried else {}
    failure = "invoice.payment_action_required" if outcome == "action" else "invoice.payment_failed"
    work.save(invoice, event="invoice.updated", also=[failure], **facts)
    if is_retried:
        _not_paid(work, subscription, is_final=facts["retry_at"] is None)
    elif is_change and not subscription["pending_update"]:
        announce(work, subscription)
    return outcome


def _now_paid(work: Work, subscription: Obj, invoice: Obj) -> None:
    if awaits(work, subscription, invoice):
        take_up(work, subscription)
    intent = intent_of(work, invoice)
    keeps = subscription["payment_settings"]["save_default_payment_method"] == "on_subscription"
    if keeps and intent and not subscription["default_payment_method"]:
        subscription["default_payment_method"] = intent["payment_method"]
    finalized = open_invoices(work, subscription, "open", "paid", "uncollectible")
    if finalized[0]["id"] == invoice["id"] and subscription["status"] in ("incomplete", "past_due", "unpaid"):
        subscription["status"] = "active"
    work.save(subscription, event="customer.subscription.updated")
    _mark_delinquent(work, subscription, late=False)


def _not_paid(work: Work, subscription: Obj, *, is_final: bool) -> None:
    if subscription["status"] == "unpaid":
        return
    _mark_delinquent(work, subscription, late=True)
    if is_final and work.settings.after_retries == "canceled":
        cancel(work, subscription, reason="payment_failed")
        return
    subscription["status"] = work.settings.after_retries if is_final else "past_due"
    work.save(subscription, event="customer.subscription.updated")


def _mark_delinquent(work: Work, subscription: Obj, *, late: bool) -> None:
    customer = work.get("customer", subscription["customer"])
    work.save(customer | {"delinquent": late}, event="customer.updated")


def stop_at(work: Work, subscription: Obj, moment: int | None) -> None:
    """Note the moment, Unix seconds, at which the subscription is to end; None lets it go on.

    Raises ApiError 400 for one that is past.
    """
    if moment is not None and moment <= work.now:
        raise invalid("The `cancel_at` timestamp must be in the future.", param="cancel_at")
    subscription |= {"cancel_at": moment, "cancel_at_period_end": False}
    subscription["canceled_at"] = work.now if moment else None
    subscription["cancellation_details"]["reason"] = "cancellation_requested" if moment else None


def stop_at_period_end(work: Work, subscription: Obj, *, stop: bool) -> None:
    """Note that the subscription is to end with what is paid for, or is to go on after all."""
    end = deadlines.period_end(subscription)
    subscription |= {"cancel_at_period_end": stop, "cancel_at": end if stop else None}
    subscription["canceled_at"] = work.now if stop else None
    subscription["cancellation_details"]["reason"] = "cancellation_requested" if stop else None


def cancel(work: Work, subscription: Obj, *, reason: str = "cancellation_requested") -> Obj:
    """End a subscription now. One that was never paid for expires instead."""
    if subscription["status"] == "incomplete":
        return expire(work, subscription)
    give_up(work, subscription)
    left_alone = {"auto_advance": False, "automatically_finalizes_at": None, "next_payment_attempt": None}
    for invoice in open_invoices(work, subscription, "open", "draft"):
        work.save(invoice | left_alone, event="invoice.updated")
    subscription["canceled_at"] = subscription["canceled_at"] or work.now
    subscription |= {"status": "canceled", "ended_at": work.now}
    details = subscription["cancellation_details"]
    details["reason"] = details["reason"] or reason
    return work.save(subscription, also=["customer.subscription.deleted"])


def open_invoices(work: Work, subscription: Obj, *states: str) -> list[Obj]:
    """The invoices of a subscription that are still to be paid (or in these `states`), newest first."""
    about = equals("parent.subscription_details.subscription", subscription["id"])
    mine = equals("customer", subscription["customer"])
    return work.all("invoice", mine, about, among("status", states or ("open",)))


def expire(work: Work, subscription: Obj) -> Obj:
    """End a subscription whose first invoice was never paid."""
    for invoice in open_invoices(work, subscription):
        void(work, invoice)
    subscription |= {"status": "incomplete_expired", "ended_at": work.now}
    return work.save(subscription, event="customer.subscription.updated")


def end_trial(work: Work, subscription: Obj, *, at_once: bool = False) -> None:
    """Go over from the trial to the first paid period, or do what was agreed when there is no card.

    `at_once` charges it now, as Stripe does for a trial that somebody ends; others wait as renewals do.
    """
    without_card = subscription["trial_settings"]["end_behavior"]["missing_payment_method"]
    if without_card != "create_invoice" and default_method(work, subscription) is None:
        if without_card == "cancel":
            cancel(work, subscription, reason="payment_failed")
        else:
            subscription["status"] = "paused"
            work.save(
                subscription, event="customer.subscription.updated", also=["customer.subscription.paused"]
            )
        return
    subscription["status"] = "active"
    renew(work, subscription, at_once=at_once)


@dataclass(frozen=True)
class Bill:
    """What is to be invoiced: the current period of `items` with all that waits.

    `period` is the time the invoice looks back on, Unix seconds.
    """

    items: list[Obj]
    reason: str
    period: tuple[int, int]


def renew(work: Work, subscription: Obj, *, at_once: bool = False) -> None:
    """Open the next period of every item and invoice it: a draft for an hour, unless `at_once`."""
    invoice_bill(work, subscription, open_next_period(subscription), at_once=at_once)


def open_next_period(subscription: Obj) -> Bill:
    """Move every item on to its next period, which is to be invoiced."""
    items = subscription["items"]["data"]
    look_back = (items[0]["current_period_start"], items[0]["current_period_end"])
    for item in items:
        start = item["current_period_end"]
        end = period_end(subscription["billing_cycle_anchor"], start, item["price"]["recurring"])
        item |= {"current_period_start": start, "current_period_end": end}
    return Bill(items, "subscription_cycle", look_back)


def invoice_bill(
    work: Work, subscription: Obj, bill: Bill, *, at_once: bool = True, attempts: bool = True
) -> None:
    """Invoice a bill, and collect it or leave it a draft for an hour. In `unpaid` it stays a draft.

    Without `attempts` the payment is left to the customer, who is late until then.
    """
    finalizes_at = None if at_once else work.now + deadlines.DRAFT_LIFE
    invoice = draft(
        work,
        subscription,
        reason=bill.reason,
        period=bill.period,
        items=bill.items,
        finalizes_at=finalizes_at,
    )
    work.save(subscription, event="customer.subscription.updated")
    if subscription["pause_collection"]:
        set_aside(work, subscription, invoice)
    elif at_once and subscription["status"] != "unpaid":
        finalize(work, invoice)
        if attempts or not invoice["amount_due"]:
            pay(work, invoice, default_method(work, subscription))
        else:
            work.save(subscription | {"status": "past_due"}, event="customer.subscription.updated")


def end_as_planned(work: Work, subscription: Obj) -> None:
    """End at the agreed moment, and settle the prorations that wait.

    As docs.stripe.com/api/subscriptions/cancel says.
    """
    if waiting_items(work, subscription) and subscription["status"] != "trialing":
        item = subscription["items"]["data"][0]
        invoice_bill(
            work, subscription, Bill([], "subscription_cycle", (item["current_period_start"], work.now))
        )
        subscription = work.get("subscription", subscription["id"])
    if subscription["status"] not in ENDED:
        cancel(work, subscription)
