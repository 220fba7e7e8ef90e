"""When a failed payment is tried again (docs.stripe.com/billing/revenue-recovery/smart-retries)."""

from sandbox.stripe.billing.charging import Outcome, intent_of
from sandbox.stripe.cards import HARD_DECLINES
from sandbox.stripe.deadlines import DAY
from sandbox.stripe.store import Obj
from sandbox.stripe.work import Work

NO_CARD = ""
"""Stands for the card that failed when there was none to try."""


def plan_retry(work: Work, invoice: Obj, outcome: Outcome) -> Obj:
    """Set when an invoice that was not paid is tried again, and return what to remember of it.

    The schedule counts from the first failure and goes on after a hard decline too, but then nothing is
    tried, and `next_payment_attempt` stays null, until there is another card. `retry_at` None: it is over.
    """
    failed_at = work.hidden(invoice).get("failed_at") or work.now
    retry_at = _next_try(work, failed_at)
    refused = _refused_card(work, invoice, outcome)
    invoice["next_payment_attempt"] = retry_at if refused is None else None
    return {"failed_at": failed_at, "retry_at": retry_at, "refused": refused}


def _next_try(work: Work, failed_at: int) -> int | None:
    moments = (failed_at + days * DAY for days in work.settings.retry_days)
    return next((moment for moment in moments if moment > work.now), None)


def _refused_card(work: Work, invoice: Obj, outcome: Outcome) -> str | None:
    """The card that must not be tried again, None when the one that failed may be."""
    intent = intent_of(work, invoice) or {}
    if outcome == "action":
        return str(intent["payment_method"])
    error = intent.get("last_payment_error")
    if not error:
        return NO_CARD
    is_hard = not HARD_DECLINES.isdisjoint((error["code"], error.get("decline_code")))
    return str(error["payment_method"]["id"]) if is_hard else None


def may_try(work: Work, invoice: Obj, method: Obj | None) -> bool:
    """Whether a retry with this card is made, or passed over."""
    return method is not None and method["id"] != work.hidden(invoice).get("refused")


def pass_over(work: Work, invoice: Obj) -> Obj:
    """Leave a retry out that could not succeed; returns what to remember, as `plan_retry` does."""
    invoice["next_payment_attempt"] = None
    return {"retry_at": _next_try(work, work.hidden(invoice)["failed_at"])}
