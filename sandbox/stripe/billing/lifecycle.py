"""How a subscription starts, is paid, renews and ends (docs.stripe.com/billing/subscriptions/overview)."""

from dataclasses import dataclass, field

from sandbox.stripe import deadlines
from sandbox.stripe.billing.charging import Outcome, attempt, authenticate, intent_of
from sandbox.stripe.billing.invoicing import draft, finalize, mark_paid, void
from sandbox.stripe.billing.periods import period_end
from sandbox.stripe.errors import invalid
from sandbox.stripe.shapes.subscriptions import subscription_item_shape, subscription_shape
from sandbox.stripe.store import Obj, equals
from sandbox.stripe.work import Work, new_id

RETRY_AFTER = (3 * deadlines.DAY, 5 * deadlines.DAY, 7 * deadlines.DAY)
"""Seconds from a failed renewal to the next attempt; after the last, `Settings.after_retries` decides."""
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


def start(work: Work, terms: Terms) -> tuple[Obj, Outcome]:
    """Open a subscription and its first invoice, and try to have it paid."""
    subscription = _open(work, terms)
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


def _open(work: Work, terms: Terms) -> Obj:
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
    if subscription["cancel_at_period_end"]:
        stop_at_period_end(work, subscription, stop=True)
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


def pay(work: Work, invoice: Obj, method: Obj | None) -> Outcome:
    """Try to collect a finalized invoice, with everything that follows for its subscription."""
    intent = intent_of(work, invoice)
    if intent is None:
        return settle(work, invoice, "paid")
    invoice |= {"attempted": True, "attempt_count": invoice["attempt_count"] + 1}
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
    subscription = work.get("subscription", invoice["parent"]["subscription_details"]["subscription"])
    if outcome == "paid":
        mark_paid(work, invoice)
        _now_paid(work, subscription, invoice)
        return outcome
    is_final = invoice["attempt_count"] > len(RETRY_AFTER)
    if subscription["status"] not in ("incomplete", *ENDED):
        invoice["next_payment_attempt"] = (
            None if is_final else work.now + RETRY_AFTER[invoice["attempt_count"] - 1]
        )
    failure = "invoice.payment_action_required" if outcome == "action" else "invoice.payment_failed"
    work.save(invoice, event="invoice.updated", also=[failure])
    _not_paid(work, subscription, is_final=is_final)
    return outcome


def _now_paid(work: Work, subscription: Obj, invoice: Obj) -> None:
    intent = intent_of(work, invoice)
    keeps = subscription["payment_settings"]["save_default_payment_method"] == "on_subscription"
    if keeps and intent and not subscription["default_payment_method"]:
        subscription["default_payment_method"] = intent["payment_method"]
    is_latest = subscription["latest_invoice"] == invoice["id"]
    if is_latest and subscription["status"] in ("incomplete", "past_due", "unpaid"):
        subscription["status"] = "active"
    work.save(subscription, event="customer.subscription.updated")
    _mark_delinquent(work, subscription, late=False)


def _not_paid(work: Work, subscription: Obj, *, is_final: bool) -> None:
    if subscription["status"] in ("incomplete", "unpaid", *ENDED):
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
    for invoice in open_invoices(work, subscription):
        work.save(invoice | {"auto_advance": False, "next_payment_attempt": None}, event="invoice.updated")
    subscription["canceled_at"] = subscription["canceled_at"] or work.now
    subscription |= {"status": "canceled", "ended_at": work.now}
    details = subscription["cancellation_details"]
    details["reason"] = details["reason"] or reason
    return work.save(subscription, also=["customer.subscription.deleted"])


def open_invoices(work: Work, subscription: Obj) -> list[Obj]:
    """The invoices of a subscription that are still to be paid, newest first."""
    about = equals("parent.subscription_details.subscription", subscription["id"])
    return work.all("invoice", equals("customer", subscription["customer"]), about, equals("status", "open"))


def expire(work: Work, subscription: Obj) -> Obj:
    """End a subscription whose first invoice was never paid."""
    for invoice in open_invoices(work, subscription):
        void(work, invoice)
    subscription |= {"status": "incomplete_expired", "ended_at": work.now}
    return work.save(subscription, event="customer.subscription.updated")


def end_trial(work: Work, subscription: Obj) -> None:
    """Go over from the trial to the first paid period, or do what was agreed when there is no card."""
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
    renew(work, subscription)


def renew(work: Work, subscription: Obj) -> None:
    """Open the next period of every item and invoice it. In `unpaid` the invoice stays a draft."""
    items = subscription["items"]["data"]
    look_back = (items[0]["current_period_start"], items[0]["current_period_end"])
    for item in items:
        start = item["current_period_end"]
        end = period_end(subscription["billing_cycle_anchor"], start, item["price"]["recurring"])
        item |= {"current_period_start": start, "current_period_end": end}
    invoice_items(work, subscription, items, reason="subscription_cycle", period=look_back)


def invoice_items(
    work: Work, subscription: Obj, items: list[Obj], *, reason: str, period: tuple[int, int]
) -> Outcome:
    """Invoice the current period of `items` with all that waits, and collect it."""
    invoice = draft(work, subscription, reason=reason, period=period, items=items)
    work.save(subscription, event="customer.subscription.updated")
    if subscription["status"] == "unpaid":
        work.save(invoice | {"auto_advance": False}, event="invoice.updated")
        return "declined"
    finalize(work, invoice)
    return pay(work, invoice, default_method(work, subscription))
