"""What becomes of a Checkout Session when someone pays on it (docs.stripe.com/payments/checkout)."""

from dataclasses import dataclass

from sandbox.stripe.billing.charging import Outcome, intent_of
from sandbox.stripe.billing.lifecycle import Terms, pay, start
from sandbox.stripe.billing.order import check_order, chosen, has_trial, known_taxpayer, reckon
from sandbox.stripe.billing.purchases import buy, complete_purchase, is_guest, payment_status
from sandbox.stripe.billing.tax_ids import add_tax_id
from sandbox.stripe.billing.taxing import Taxpayer, tax_id_type
from sandbox.stripe.billing.wallet import attach, set_up
from sandbox.stripe.deadlines import DAY
from sandbox.stripe.errors import invalid
from sandbox.stripe.shapes import blank_address
from sandbox.stripe.shapes.customers import customer_shape
from sandbox.stripe.store import Obj
from sandbox.stripe.work import Work, new_id, token


@dataclass(frozen=True)
class Buyer:
    """Who pays, as they typed it; `tax_id` is empty for those who have none.

    `shipping` has a name and an address, where something is sent.
    """

    email: str
    name: str
    country: str
    postal_code: str = ""
    tax_id: str = ""
    phone: str | None = None
    shipping: Obj | None = None


def needs_card(work: Work, session: Obj) -> bool:
    """A card is asked for unless the session says only when required, and nothing is due today."""
    return bool(session["payment_method_collection"] == "always" or session["amount_total"])


def submit(work: Work, session: Obj, buyer: Buyer, method: Obj | None) -> Outcome:
    """Subscribe the buyer with this card, or take a payment. On "action" a page for 3D Secure comes next.

    Raises ApiError 402 for a card that is refused outright, 400 for a session that is closed. A declined
    charge leaves an incomplete subscription or payment, which the next card pays.
    """
    if session["status"] != "open":
        raise invalid("This Checkout Session is no longer open.", code="checkout_session_not_open")
    session["customer_details"] = _details(buyer)
    _collect(session, buyer)
    customer = None if is_guest(session) else _customer(work, session, buyer)
    if _earlier_attempt(work, session) is None:
        reckon(work, session, taxpayer=taxpayer_for(work, session, buyer))
        check_order(work, session)
    if customer is None or session["mode"] == "payment":
        return buy(work, session, customer, method)
    if method is None:
        return _begin(work, session, customer, None)
    if has_trial(work, session):
        intent = set_up(work, method, customer)
        work.save(session, waiting=intent["id"])
        return "action" if intent["status"] == "requires_action" else _begin(work, session, customer, method)
    attach(work, method, customer)
    return _begin(work, session, customer, method)


def _collect(session: Obj, buyer: Buyer) -> None:
    """Note what the page asked for beside the payment; its form is only sent in once terms are agreed to."""
    if buyer.shipping:
        nobody = {"business_name": None, "individual_name": None}
        session["collected_information"] = nobody | {"shipping_details": buyer.shipping}
    if (session["consent_collection"] or {}).get("terms_of_service") == "required":
        session["consent"] = {"promotions": None, "terms_of_service": "accepted"}


def _details(buyer: Buyer) -> Obj:
    return {
        "address": _address(buyer),
        "business_name": None,
        "email": buyer.email,
        "individual_name": None,
        "name": buyer.name,
        "phone": buyer.phone,
        "tax_exempt": "none",
        "tax_ids": [{"type": type, "value": value} for type, value in _tax_ids(buyer)],
    }


def _address(buyer: Buyer) -> Obj:
    return blank_address() | {"country": buyer.country, "postal_code": buyer.postal_code or None}


def _tax_ids(buyer: Buyer) -> tuple[tuple[str, str], ...]:
    type = tax_id_type(buyer.country)
    return ((type, buyer.tax_id),) if buyer.tax_id and type else ()


def may_update(work: Work, session: Obj, what: str) -> bool:
    """Whether `address`, `name` or `shipping` as typed become the customer's. A new customer's always do."""
    allowed = work.hidden(session).get("customer_update") or {}
    return not session["customer"] or allowed.get(what) == "auto"


def taxpayer_for(work: Work, session: Obj, buyer: Buyer) -> Taxpayer:
    """For whom tax is reckoned: as typed where that becomes the customer's, else as the customer stands."""
    known = known_taxpayer(work, session)
    country = buyer.country if may_update(work, session, "address") else known.country
    return Taxpayer(country, known.tax_exempt, (*known.tax_ids, *_tax_ids(buyer)))


def _customer(work: Work, session: Obj, buyer: Buyer) -> Obj:
    known = session["customer"] or work.hidden(session).get("customer")
    if known:
        customer = work.get("customer", known)
    else:
        shape = customer_shape(new_id("cus"), work.now, token(8).upper()) | {"email": buyer.email}
        customer = work.create(
            shape | {"name": buyer.name, "address": _address(buyer)}, event="customer.created"
        )
        work.save(session, customer=customer["id"])
    typed: Obj = {"name": buyer.name, "address": _address(buyer)}
    if buyer.shipping:
        typed["shipping"] = buyer.shipping | {"phone": buyer.phone}
    if buyer.phone and not customer["phone"]:
        customer["phone"] = buyer.phone
    customer |= {key: value for key, value in typed.items() if may_update(work, session, key)}
    work.save(customer, event="customer.updated")
    for type, value in _tax_ids(buyer):
        add_tax_id(work, customer, type, value)
    return customer


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
    if outcome in ("paid", "processing"):
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
    if session["automatic_tax"]["enabled"]:
        liability = {"type": "self"}
        settings["automatic_tax"] = {"disabled_reason": None, "enabled": True, "liability": liability}
    items = [(work.get("price", line["price"]["id"]), line["quantity"]) for line in hidden["line_items"]]
    discounts = chosen(work, session)
    return Terms(
        customer, items, method, trial_end, settings=settings, discounts=discounts, session=session["id"]
    )


def complete(work: Work, session: Obj) -> Obj:
    """Close the session: what it asked for is there."""
    if session["mode"] == "payment":
        paid_by = work.get("payment_intent", session["payment_intent"])
        return complete_purchase(work, session, customer=paid_by["customer"])
    hidden = work.hidden(session)
    subscription = work.get("subscription", hidden["subscription"])
    intent = intent_of(work, work.get("invoice", subscription["latest_invoice"]))
    session |= {
        "customer": subscription["customer"],
        "invoice": subscription["latest_invoice"],
        "payment_status": payment_status(session, intent),
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
