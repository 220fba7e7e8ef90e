"""When an object next needs attention without anyone asking: a pure function of its state."""

from sandbox.stripe.store import Obj

DAY = 86_400
INCOMPLETE_LIFE = 23 * 3600
"""Seconds a first payment may stay open (docs.stripe.com/billing/subscriptions/overview)."""
TRIAL_NOTICE = 3 * DAY
"""`customer.subscription.trial_will_end` is sent three days ahead, or at once when the trial is shorter."""
DRAFT_LIFE = 3600
"""Seconds a renewal's invoice stays a draft (docs.stripe.com/billing/invoices/subscription)."""
SESSION_LIFE = DAY
"""Seconds a Checkout Session stays open unless it says otherwise."""


def deadline(obj: Obj, hidden: Obj) -> int | None:
    """The Unix second from which the ticker has to look at the object, or None."""
    if obj.get("deleted"):
        return None
    match obj["object"]:
        case "subscription":
            return _subscription_deadline(obj, hidden)
        case "checkout.session":
            return int(obj["expires_at"]) if obj["status"] == "open" else None
        case "invoice":
            return _invoice_deadline(obj, hidden)
        case "payment_intent":
            return hidden.get("settles_at") if obj["status"] == "processing" else None
        case "charge":
            return hidden.get("disputes_at")
        case "refund":
            return hidden.get("settles_at")
        case "dispute":
            return _dispute_deadline(obj, hidden)
    return None


def _dispute_deadline(obj: Obj, hidden: Obj) -> int | None:
    answer_by: int | None = obj["evidence_details"]["due_by"] if obj["status"] == "needs_response" else None
    return hidden.get("settles_at") or answer_by


def _invoice_deadline(invoice: Obj, hidden: Obj) -> int | None:
    """A draft is to be finalized, an open invoice to be tried again; neither once left alone."""
    if not invoice["auto_advance"]:
        return None
    moment: int | None = None
    if invoice["status"] == "draft":
        moment = invoice["automatically_finalizes_at"]
    elif invoice["status"] == "open":
        moment = hidden.get("retry_at")
    return moment


def _subscription_deadline(obj: Obj, hidden: Obj) -> int | None:
    match obj["status"]:
        case "incomplete":
            return int(obj["created"]) + INCOMPLETE_LIFE
        case "trialing" | "active" | "past_due" | "unpaid":
            return min(_moments(obj, hidden))
    return None


def _moments(obj: Obj, hidden: Obj) -> list[int]:
    moments = [period_end(obj)]
    if obj["cancel_at"]:
        moments.append(obj["cancel_at"])
    if obj["pause_collection"] and obj["pause_collection"]["resumes_at"]:
        moments.append(obj["pause_collection"]["resumes_at"])
    if obj["pending_update"]:
        moments.append(obj["pending_update"]["expires_at"])
    if obj["status"] == "trialing" and not hidden.get("trial_end_announced"):
        moments.append(obj["trial_end"] - TRIAL_NOTICE)
    return moments


def period_end(subscription: Obj) -> int:
    """The end of what is paid for: it stands on the items, of which the first to end counts."""
    return min(int(item["current_period_end"]) for item in subscription["items"]["data"])
