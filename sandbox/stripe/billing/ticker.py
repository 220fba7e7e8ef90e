"""What happens because time passes: renewals, ends of trials, retries, expiry."""

from sandbox.stripe.billing.debits import settle_debit
from sandbox.stripe.billing.disputes import open_dispute, settle_dispute
from sandbox.stripe.billing.lifecycle import (
    announce_trial_end,
    collect,
    end_as_planned,
    end_trial,
    expire,
    renew,
)
from sandbox.stripe.billing.pausing import resume_collection
from sandbox.stripe.billing.pending import expire_pending
from sandbox.stripe.billing.refunds import settle_refund
from sandbox.stripe.deadlines import period_end
from sandbox.stripe.store import Obj, Store
from sandbox.stripe.work import Settings, Work

MOST_STEPS = 1000
"""Steps of one call, so that a server that slept for years answers in between; the next call goes on."""


def tick(store: Store, settings: Settings, now: int) -> int:
    """Do everything that is due by `now`, each thing at its own moment and in its own transaction.

    What lives by a test clock is left to that clock. Returns how many things were done.
    """
    for steps in range(MOST_STEPS):
        with store.transaction():
            if not step(store, settings, now):
                return steps
    return MOST_STEPS


def step(store: Store, settings: Settings, until: int, *, clock: str | None = None) -> bool:
    """Do the one thing of a clock (None: of the present) that was due first; whether there was one."""
    found = store.first_due(until, clock=clock)
    if found is None:
        return False
    obj, moment = found
    _advance(Work(store, settings, max(moment, obj["created"])), obj)
    return True


def _advance(work: Work, obj: Obj) -> None:
    match obj["object"]:
        case "subscription":
            _advance_subscription(work, obj)
        case "payment_intent":
            settle_debit(work, obj)
        case "charge":
            open_dispute(work, obj, reason=work.hidden(obj)["disputes_for"])
        case "refund":
            settle_refund(work, obj)
        case "dispute":
            settle_dispute(work, obj)
        case "checkout.session":
            expire_session(work, obj)
        case "invoice":
            collect(work, obj)


def _advance_subscription(work: Work, subscription: Obj) -> None:
    if subscription["status"] == "incomplete":
        expire(work, subscription)
    elif _is_over(subscription["pending_update"], work.now, "expires_at"):
        expire_pending(work, subscription)
    elif subscription["cancel_at"] and subscription["cancel_at"] <= work.now:
        end_as_planned(work, subscription)
    elif _is_over(subscription["pause_collection"], work.now, "resumes_at"):
        resume_collection(work, subscription)
    elif period_end(subscription) > work.now:
        announce_trial_end(work, subscription)
    elif subscription["status"] == "trialing":
        end_trial(work, subscription)
    else:
        renew(work, subscription)


def _is_over(state: Obj | None, now: int, end: str) -> bool:
    return bool(state and state[end] and state[end] <= now)


def expire_session(work: Work, session: Obj) -> Obj:
    """Close a Checkout Session nobody paid on."""
    session |= {"status": "expired", "url": None}
    return work.save(session, also=["checkout.session.expired"])
