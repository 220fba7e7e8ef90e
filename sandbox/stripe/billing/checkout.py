"""What becomes of a Checkout Session when someone pays on it (docs.stripe.com/payments/checkout)."""

from dataclasses import dataclass

from sandbox.stripe.billing.charging import Outcome
from sandbox.stripe.billing.lifecycle import Terms, pay, start
from sandbox.stripe.billing.wallet import attach, set_up
from sandbox.stripe.deadlines import DAY
from sandbox.stripe.errors import invalid
from sandbox.stripe.shapes import blank_address
from sandbox.stripe.shapes.customers import customer_shape
from sandbox.stripe.store import Obj
from sandbox.stripe.work import Work, new_id, token


@dataclass(frozen=True)
class Buyer:
    """Who pays, as they typed it."""

    email: str
    name: str
    country: str


def has_trial(work: Work, session: Obj) -> bool:
    """Whether nothing is charged today."""
    terms = work.hidden(session)["subscription_data"]
    return bool(terms.get("trial_period_days") or terms.get("trial_end"))


def needs_card(work: Work, session: Obj) -> bool:
    """A card is asked for unless the session says only when required, and nothing is due today."""
    return session["payment_method_collection"] == "always" or not has_trial(work, session)


def submit(work: Work, session: Obj, buyer: Buyer, method: Obj | None) -> Outcome:
    """Subscribe the buyer with this card. On "action" a page for 3D Secure comes next.

    Raises ApiError 402 for a card that is refused outright, 400 for a session that is closed. A declined
    charge leaves an incomplete subscription, which the next card pays.
    """
    if session["status"] != "open":
        raise invalid("This Checkout Session is no longer open.", code="checkout_session_not_open")
    session["customer_details"] = _details(buyer)
    customer = _customer(work, session, buyer)
    if method is None:
        return _begin(work, session, customer, None)
    if has_trial(work, session):
        intent = set_up(work, method, customer)
        work.save(session, waiting=intent["id"])
        return "action" if intent["status"] == "requires_action" else _begin(work, session, customer, method)
    attach(work, method, customer)
    return _begin(work, session, customer, method)


def _details(buyer: Buyer) -> Obj:
    return {
        "address": blank_address() | {"country": buyer.country},
        "business_name": None,
        "email": buyer.email,
        "individual_name": None,
        "name": buyer.name,
        "phone": None,
        "tax_exempt": "none",
        "tax_ids": [],
    }


def _customer(work: Work, session: Obj, buyer: Buyer) -> Obj:
    known = session["customer"] or work.hidden(session).get("customer")
    if known:
        return work.get("customer", known)
    customer = customer_shape(new_id("cus"), work.now, token(8).upper())
    customer |= {"email": buyer.email, "name": buyer.name}
    work.save(session, customer=customer["id"])
    return work.create(customer, event="customer.created")


def _begin(work: Work, session: Obj, customer: Obj, method: Obj | None) -> Outcome:
    earlier = _earlier_attempt(work, session)
    if earlier:
        earlier["default_payment_method"] = method["id"] if method else None
        work.save(earlier, event="customer.subscription.updated")
        outcome = pay(work, work.get("invoice", earlier["latest_invoice"]), method)
        id = earlier["id"]
    else:
        subscription, outcome = start(work, _terms(work, session, customer, method))
        id = subscription["id"]
    work.save(session, subscription=id)
    if outcome == "paid":
        complete(work, session)
    elif outcome == "action":
        work.save(session, waiting=work.get("subscription", id)["latest_invoice"])
    return outcome


def _earlier_attempt(work: Work, session: Obj) -> Obj | None:
    id = work.hidden(session).get("subscription")
    found = work.find("subscription", id) if id else None
    return found if found and found["status"] == "incomplete" else None


def _terms(work: Work, session: Obj, customer: Obj, method: Obj | None) -> Terms:
    hidden = work.hidden(session)
    data = hidden["subscription_data"]
    days = data.get("trial_period_days")
    trial_end = work.now + days * DAY if days else data.get("trial_end")
    settings = {key: data[key] for key in ("description", "metadata", "trial_settings") if data.get(key)}
    settings["default_payment_method"] = method["id"] if method else None
    items = [(work.get("price", line["price"]["id"]), line["quantity"]) for line in hidden["line_items"]]
    return Terms(customer, items, method, trial_end, settings=settings)


def complete(work: Work, session: Obj) -> Obj:
    """Close the session: what it asked for is there."""
    hidden = work.hidden(session)
    subscription = work.get("subscription", hidden["subscription"])
    session |= {
        "customer": subscription["customer"],
        "invoice": subscription["latest_invoice"],
        "payment_status": "no_payment_required" if has_trial(work, session) else "paid",
        "status": "complete",
        "subscription": subscription["id"],
        "url": None,
    }
    return work.save(session, also=["checkout.session.completed"])


def go_on(work: Work, session: Obj) -> Outcome:
    """Take a session up again after its buyer passed 3D Secure."""
    hidden = work.hidden(session)
    intent = work.find("setup_intent", hidden.get("waiting", ""))
    if intent:
        customer = work.get("customer", intent["customer"])
        return _begin(work, session, customer, work.get("payment_method", intent["payment_method"]))
    complete(work, session)
    return "paid"
